-- Revert daybook:users from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP TABLE daybook.users;

COMMIT;
