-- Revert daybook:credentials from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP TABLE daybook.credentials;

COMMIT;
