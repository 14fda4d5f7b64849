-- Revert daybook:local_days from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP FUNCTION daybook.day_start(date, text);

COMMIT;
