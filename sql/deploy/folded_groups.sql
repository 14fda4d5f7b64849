-- Deploy daybook:folded_groups to pg
-- requires: categories
-- requires: text_keys
-- requires: etags
-- Projects and categories are ordered and kept unique by fold_case(), and searched by search_key(). name_key
-- stays for the workers of the version before. Each part can be run again if the deployment is cut off.

BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE OR REPLACE FUNCTION daybook.keep_project_keys() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	NEW.name_fold := daybook.fold_case(NEW.name);
	NEW.search_key := daybook.search_key(NEW.name, NEW.description);
	RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION daybook.keep_category_keys() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	NEW.name_fold := daybook.fold_case(NEW.name);
	NEW.search_key := daybook.search_key(NEW.name);
	RETURN NEW;
END
$$;

-- While older names may still be the same, and until the constraint is there.
CREATE OR REPLACE FUNCTION daybook.refuse_same_name() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF EXISTS (SELECT FROM daybook.categories AS c WHERE c.user_id = NEW.user_id AND c.id <> NEW.id
		AND coalesce(c.name_fold, daybook.fold_case(c.name)) = daybook.fold_case(NEW.name)) THEN
		RAISE 'the name is taken' USING ERRCODE = 'unique_violation', CONSTRAINT = 'categories_name_key';
	END IF;
	RETURN NEW;
END
$$;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.projects'); END $$;
ALTER TABLE daybook.projects
	ADD COLUMN IF NOT EXISTS name_fold text COLLATE "C",
	ADD COLUMN IF NOT EXISTS search_key bytea;
CREATE OR REPLACE TRIGGER keep_project_keys BEFORE INSERT OR UPDATE OF name, description
	ON daybook.projects FOR EACH ROW EXECUTE FUNCTION daybook.keep_project_keys();
DROP POLICY IF EXISTS migration ON daybook.projects;
CREATE POLICY migration ON daybook.projects TO daybook_owner USING (true) WITH CHECK (true);

COMMIT;

BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.categories'); END $$;
ALTER TABLE daybook.categories
	ADD COLUMN IF NOT EXISTS name_fold text COLLATE "C",
	ADD COLUMN IF NOT EXISTS search_key bytea;
CREATE OR REPLACE TRIGGER keep_category_keys BEFORE INSERT OR UPDATE OF name
	ON daybook.categories FOR EACH ROW EXECUTE FUNCTION daybook.keep_category_keys();
CREATE OR REPLACE TRIGGER refuse_same_name AFTER INSERT OR UPDATE OF name
	ON daybook.categories FOR EACH ROW WHEN (current_setting('app.backfill', true) IS DISTINCT FROM 'on')
	EXECUTE FUNCTION daybook.refuse_same_name();
DROP POLICY IF EXISTS migration ON daybook.categories;
CREATE POLICY migration ON daybook.categories TO daybook_owner USING (true) WITH CHECK (true);

COMMIT;

SET ROLE daybook_owner;

CALL daybook.fill_rows('daybook.projects', 'name', 'search_key', 500);
CALL daybook.fill_rows('daybook.categories', 'name', 'search_key', 500);

-- Of the names that are the same from now on, the first one stays as it is.
DO $$
DECLARE
	same record;
	renamed text;
	number int;
BEGIN
	FOR same IN
		SELECT * FROM (SELECT c.user_id, c.id, c.name, row_number() OVER (
				PARTITION BY c.user_id, c.name_fold ORDER BY c.created_at, c.id) AS place
			FROM daybook.categories AS c) AS ranked
		WHERE place > 1
	LOOP
		number := 1;
		LOOP
			number := number + 1;
			renamed := left(same.name, 50 - length(format(' (%s)', number))) || format(' (%s)', number);
			EXIT WHEN NOT EXISTS (SELECT FROM daybook.categories AS c
				WHERE c.user_id = same.user_id AND c.name_fold = daybook.fold_case(renamed));
		END LOOP;
		UPDATE daybook.categories AS c SET name = renamed
		WHERE c.user_id = same.user_id AND c.id = same.id AND c.name = same.name;
		RAISE NOTICE 'category % of user %: "%" is "%" now', same.id, same.user_id, same.name, renamed;
		COMMIT;
	END LOOP;
END
$$;

DROP INDEX CONCURRENTLY IF EXISTS daybook.projects_name_fold;
CREATE INDEX CONCURRENTLY projects_name_fold ON daybook.projects (user_id, name_fold, id);
DROP INDEX CONCURRENTLY IF EXISTS daybook.categories_name_fold;
CREATE UNIQUE INDEX CONCURRENTLY categories_name_fold ON daybook.categories (user_id, name_fold);

CALL daybook.demand_columns('daybook.projects', 'name_fold', 'search_key');
CALL daybook.demand_columns('daybook.categories', 'name_fold', 'search_key');

BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.projects'); END $$;
DROP POLICY migration ON daybook.projects;
COMMIT;

-- The constraint keeps its name, which workers of either version know.
BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.categories'); END $$;
DROP POLICY migration ON daybook.categories;
DROP TRIGGER refuse_same_name ON daybook.categories;
DROP FUNCTION daybook.refuse_same_name();
ALTER TABLE daybook.categories
	DROP CONSTRAINT categories_name_key,
	ADD CONSTRAINT categories_name_key UNIQUE USING INDEX categories_name_fold;
COMMIT;

RESET ROLE;
