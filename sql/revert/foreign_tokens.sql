-- Revert daybook:foreign_tokens from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.begin_foreign_request(uuid, text);

COMMIT;
