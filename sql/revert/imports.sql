-- Revert daybook:imports from pg
-- The role itself stays while another database of the cluster depends on it.
BEGIN;

SET LOCAL ROLE daybook_import;
DROP FUNCTION daybook.import_rows(text, text[], jsonb, jsonb, boolean);

SET LOCAL ROLE daybook_owner;
DROP FUNCTION daybook.begin_import(int);

-- Trigger BEFORE UPDATE: the row gets its next version, another tag, and the time of the change, also
-- when it is written as it was: whoever counts versions counts writes, so a lost one shows. The time
-- never goes back: now() is when the transaction began, and another one may have come in between.
-- A migration that fills a new column sets app.backfill to 'on': that is no change of the row. Triggers
-- run in the order of their names; every table calls this one last.
CREATE OR REPLACE FUNCTION daybook.touch_row() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF current_setting('app.backfill', true) IS DISTINCT FROM 'on' THEN
		NEW.version := OLD.version + 1;
		NEW.etag := gen_random_uuid();
		NEW.updated_at := greatest(now(), OLD.updated_at);
	END IF;
	RETURN NEW;
END
$$;

REVOKE ALL (version, created_at, updated_at, completed_at, place_key) ON daybook.tasks FROM daybook_import;
REVOKE ALL (version, created_at, updated_at)
	ON daybook.projects, daybook.categories, daybook.moods, daybook.journals FROM daybook_import;

RESET ROLE;
DO $$
BEGIN
	DROP ROLE daybook_import;
EXCEPTION
	WHEN dependent_objects_still_exist OR insufficient_privilege THEN
		RAISE NOTICE 'role daybook_import is still in use';
END
$$;

COMMIT;
