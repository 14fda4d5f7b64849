-- Revert daybook:refresh from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.refresh_session(uuid, uuid, int, int, int);

COMMIT;
