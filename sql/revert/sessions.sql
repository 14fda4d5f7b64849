-- Revert daybook:sessions from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP TABLE daybook.sessions;

COMMIT;
