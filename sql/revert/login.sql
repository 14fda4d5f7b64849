-- Revert daybook:login from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.start_session(uuid, uuid, text, text, int, text, text);
DROP FUNCTION daybook.find_login(text);

COMMIT;
