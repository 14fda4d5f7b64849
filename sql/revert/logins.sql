-- Revert daybook:logins from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.open_session(uuid, text, uuid, text, text, text, int, text);
DROP FUNCTION daybook.find_credentials(text);
DROP FUNCTION daybook.take_login_attempt(text, text, text, int, int, int, int);
DROP FUNCTION daybook.was_there(text, text);
DROP FUNCTION daybook.attempt_wait(text, text, int);
SET LOCAL ROLE daybook_owner;
DROP FUNCTION daybook.account_key(text);
DROP INDEX daybook.credentials_cost;

COMMIT;
