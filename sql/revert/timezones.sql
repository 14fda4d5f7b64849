-- Revert daybook:timezones from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP TABLE daybook.timezones;

COMMIT;
