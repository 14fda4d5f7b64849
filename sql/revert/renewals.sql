-- Revert daybook:renewals from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.renew_session(uuid, uuid, int, text, text, int, int);
SET LOCAL ROLE daybook_owner;
SELECT daybook.claim_table('daybook.sessions');
ALTER TABLE daybook.sessions DROP COLUMN renewed_ip;

COMMIT;
