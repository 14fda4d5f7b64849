-- Revert daybook:rate_limits from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.forget_attempts(text, text);
DROP FUNCTION daybook.take_attempt(text, text, int, int);
SET LOCAL ROLE daybook_owner;
DROP TABLE daybook.rate_limits;

COMMIT;
