-- Revert daybook:requests from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.begin_request(uuid, uuid);

COMMIT;
