-- Revert daybook:place_backfill from pg
-- The places stay: those that appending gave cannot be told from them.
BEGIN;

SET LOCAL ROLE daybook_owner;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
ALTER TABLE daybook.tasks ALTER COLUMN place_key DROP NOT NULL;

COMMIT;
