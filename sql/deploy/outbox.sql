-- Deploy daybook:outbox to pg
-- requires: users
-- requires: text_keys
-- Mails that wait, and what became of those that do not. A row is written by the transaction whose change it
-- tells of; daybook-jobs claims it with a lease, writes it down as `sending`, and speaks to the mail server.
BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
CREATE TABLE daybook.outbox (
	user_id uuid NOT NULL REFERENCES daybook.users (id) ON DELETE CASCADE,
	id uuid NOT NULL,
	kind text COLLATE "C" NOT NULL,
	recipient text,                             -- null: the user's address when it is sent
	state text COLLATE "C" NOT NULL DEFAULT 'queued',
	attempt int NOT NULL DEFAULT 0,             -- counts the claims; what an older one writes is too late
	refusals int NOT NULL DEFAULT 0,            -- how often the server has put it off
	due_at timestamptz NOT NULL DEFAULT now(),
	lease_until timestamptz NOT NULL DEFAULT '-infinity',
	expires_at timestamptz NOT NULL,            -- from then on it is pointless
	code int,                                   -- of the server's last reply
	error text,
	created_at timestamptz NOT NULL DEFAULT now(),
	sent_at timestamptz,
	PRIMARY KEY (user_id, id),
	CONSTRAINT outbox_kind_check CHECK (kind IN ('verify_email', 'reset_password', 'password_changed',
		'confirm_new_email', 'email_changed', 'session_ended', 'notifications')),
	CONSTRAINT outbox_state_check CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'dropped')),
	CONSTRAINT outbox_sent_at_check CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);

CREATE INDEX outbox_due ON daybook.outbox (due_at) WHERE state IN ('queued', 'sending');
CREATE INDEX outbox_created_at ON daybook.outbox (created_at);

ALTER TABLE daybook.outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs ON daybook.outbox TO daybook_jobs USING (true) WITH CHECK (true);
CREATE POLICY auth ON daybook.outbox TO daybook_auth USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON daybook.outbox TO daybook_jobs;
GRANT SELECT, INSERT, UPDATE ON daybook.outbox TO daybook_auth;

-- How long a mail is worth sending.
CREATE FUNCTION daybook.mail_life(kind text) RETURNS interval
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN kind = 'reset_password' THEN interval '1 hour'
		WHEN kind IN ('verify_email', 'confirm_new_email', 'notifications') THEN interval '24 hours'
		ELSE interval '7 days' END;
GRANT EXECUTE ON FUNCTION daybook.mail_life(text) TO daybook_auth, daybook_jobs;

GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- Queues a mail to a user; only the other functions of this role may call it. One of the same kind that still waits
-- is replaced: nobody needs two links.
CREATE FUNCTION daybook.queue_mail(user_id uuid, kind text, recipient text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE daybook.outbox AS o SET state = 'dropped', error = 'replaced'
	WHERE o.user_id = queue_mail.user_id AND o.kind = queue_mail.kind AND o.state = 'queued';
	INSERT INTO daybook.outbox (user_id, id, kind, recipient, expires_at)
	VALUES (queue_mail.user_id, gen_random_uuid(), kind, recipient, now() + daybook.mail_life(kind));
END
$$;

SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
