-- Revert daybook:due_zones from pg
BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
DROP TRIGGER move_due_days ON daybook.users;
DROP FUNCTION daybook.move_due_days();

COMMIT;
