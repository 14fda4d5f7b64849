-- Deploy daybook:mail_tokens to pg
-- requires: users
-- requires: text_keys
-- requires: notifications
-- What the links of mails are good for. A token itself is nowhere: daybook-jobs derives it from its key when the
-- mail is sent, and a worker compares the SHA-256 of what it is given.
BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
CREATE TABLE daybook.mail_tokens (
	user_id uuid NOT NULL REFERENCES daybook.users (id) ON DELETE CASCADE,
	token_hash bytea NOT NULL,
	purpose text COLLATE "C" NOT NULL,
	email text NOT NULL, -- where it was sent
	expires_at timestamptz NOT NULL,
	used_at timestamptz,
	PRIMARY KEY (user_id, token_hash),
	CONSTRAINT mail_tokens_purpose_check CHECK (purpose IN ('verify', 'reset', 'change_email', 'unsubscribe'))
);

CREATE INDEX mail_tokens_expires_at ON daybook.mail_tokens (expires_at);

ALTER TABLE daybook.mail_tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs ON daybook.mail_tokens TO daybook_jobs USING (true) WITH CHECK (true);
CREATE POLICY auth ON daybook.mail_tokens TO daybook_auth USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, DELETE ON daybook.mail_tokens TO daybook_jobs;
GRANT SELECT, UPDATE ON daybook.mail_tokens TO daybook_auth;

-- Who has asked for a new password: an address as it came, before anybody looks whose it is. So the answer
-- takes the same work for all addresses.
CREATE TABLE daybook.reset_requests (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	email text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX reset_requests_created_at ON daybook.reset_requests (created_at);

ALTER TABLE daybook.reset_requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY auth ON daybook.reset_requests TO daybook_auth USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON daybook.reset_requests TO daybook_auth;

ALTER TABLE daybook.users
	ADD COLUMN pending_email text,          -- to be the address as soon as its link is used
	ADD COLUMN mail_failed_at timestamptz,  -- mails to the address come back: no more notifications go there
	ADD COLUMN mail_failed_reason text;
GRANT SELECT (pending_email, mail_failed_at) ON daybook.users TO daybook_jobs;
GRANT UPDATE ON daybook.users TO daybook_auth;


COMMIT;
