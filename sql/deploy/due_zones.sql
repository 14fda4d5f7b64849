-- Deploy daybook:due_zones to pg
-- requires: due_days
-- A user who moves to another zone takes the days along on which tasks are due.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- Trigger: in another zone the user's days end at other moments. What is shown of the tasks stays the same,
-- so they are not changed for anybody.
CREATE FUNCTION daybook.move_due_days() RETURNS trigger
	LANGUAGE plpgsql
AS $$
DECLARE
	before text := coalesce(current_setting('app.backfill', true), '');
BEGIN
	PERFORM set_config('app.backfill', 'on', true);
	UPDATE daybook.tasks SET due_on = due_on WHERE user_id = NEW.id AND due_on IS NOT NULL;
	PERFORM set_config('app.backfill', before, true);
	RETURN NULL;
END
$$;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
CREATE TRIGGER move_due_days AFTER UPDATE OF timezone ON daybook.users
	FOR EACH ROW WHEN (NEW.timezone <> OLD.timezone) EXECUTE FUNCTION daybook.move_due_days();


GRANT EXECUTE ON FUNCTION daybook.move_due_days() TO daybook_app;

COMMIT;
