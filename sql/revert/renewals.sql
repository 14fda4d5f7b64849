-- Revert daybook:renewals from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.renew_session(uuid, uuid, int, text, text, int, int);
SET LOCAL ROLE daybook_owner;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.sessions'); END $$;
ALTER TABLE daybook.sessions DROP COLUMN renewed_ip;

COMMIT;
