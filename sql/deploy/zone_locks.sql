-- Deploy daybook:zone_locks to pg
-- requires: series_days
-- requires: board
-- Who moves to another time zone changes many tasks, so like all that do it takes their lock before any row. The
-- next task of a series is made under that lock, and asks for the user's row.
BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
CREATE TRIGGER lock_tasks BEFORE UPDATE OF timezone ON daybook.users
	FOR EACH STATEMENT EXECUTE FUNCTION daybook.lock_tasks_first();

COMMIT;
