-- Revert daybook:registration from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.register_user(uuid, text, text, text, text, text);

COMMIT;
