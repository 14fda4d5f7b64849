-- Deploy daybook:folded_tasks to pg
-- requires: task_groups
-- requires: text_keys
-- requires: etags
-- Tasks are ordered by the fold_case() of their titles, and searched by search_key(). title_key stays for
-- the workers of the version before. Each part can be run again if the deployment is cut off.

BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE OR REPLACE FUNCTION daybook.keep_task_keys() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF TG_OP = 'INSERT' OR OLD.search_key IS NULL
		OR (NEW.title, NEW.description) IS DISTINCT FROM (OLD.title, OLD.description) THEN
		NEW.title_fold := daybook.fold_case(NEW.title);
		NEW.search_key := daybook.search_key(NEW.title, NEW.description);
	END IF;
	RETURN NEW;
END
$$;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
ALTER TABLE daybook.tasks
	ADD COLUMN IF NOT EXISTS title_fold text COLLATE "C",
	ADD COLUMN IF NOT EXISTS search_key bytea;
CREATE OR REPLACE TRIGGER keep_task_keys BEFORE INSERT OR UPDATE OF title, description
	ON daybook.tasks FOR EACH ROW EXECUTE FUNCTION daybook.keep_task_keys();
DROP POLICY IF EXISTS migration ON daybook.tasks;
CREATE POLICY migration ON daybook.tasks TO daybook_owner USING (true) WITH CHECK (true);

COMMIT;

SET ROLE daybook_owner;

CALL daybook.fill_rows('daybook.tasks', 'title', 'search_key', 500);

DROP INDEX CONCURRENTLY IF EXISTS daybook.tasks_title_fold;
CREATE INDEX CONCURRENTLY tasks_title_fold ON daybook.tasks (user_id, title_fold, id);
-- How many tasks of a category are in no archived project, without a look at the rows.
DROP INDEX CONCURRENTLY IF EXISTS daybook.tasks_category_projects;
CREATE INDEX CONCURRENTLY tasks_category_projects ON daybook.tasks (user_id, category_id)
	INCLUDE (project_id) WHERE category_id IS NOT NULL;

CALL daybook.demand_columns('daybook.tasks', 'title_fold', 'search_key');

BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
DROP POLICY migration ON daybook.tasks;
COMMIT;

RESET ROLE;
