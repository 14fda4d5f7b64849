-- Revert daybook:preferences from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
DROP TABLE daybook.preferences;
DROP FUNCTION daybook.threshold_interval(text);

COMMIT;
