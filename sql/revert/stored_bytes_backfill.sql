-- Revert daybook:stored_bytes_backfill from pg
-- The next run counts everybody anew.
BEGIN;

SET LOCAL ROLE daybook_owner;
TRUNCATE daybook.stored_bytes;
DROP POLICY own ON daybook.stored_bytes;

COMMIT;
