-- Revert daybook:zone_locks from pg
BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
DROP TRIGGER lock_tasks ON daybook.users;

COMMIT;
