-- Revert daybook:mail_tokens from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
REVOKE UPDATE ON daybook.users FROM daybook_auth;
REVOKE ALL (pending_email, mail_failed_at) ON daybook.users FROM daybook_jobs;
ALTER TABLE daybook.users DROP COLUMN pending_email, DROP COLUMN mail_failed_at, DROP COLUMN mail_failed_reason;
DROP TABLE daybook.reset_requests;
DROP TABLE daybook.mail_tokens;

COMMIT;
