-- Deploy daybook:sessions to pg
-- requires: users
-- A row per login. refresh_counter is the number of the refresh token that is current.
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE TABLE daybook.sessions (
	user_id uuid NOT NULL REFERENCES daybook.users (id) ON DELETE CASCADE,
	id uuid NOT NULL,
	user_agent text,
	ip inet,
	created_at timestamptz NOT NULL DEFAULT now(),
	last_used_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz NOT NULL,
	refresh_counter int NOT NULL DEFAULT 0,
	refreshed_at timestamptz,
	revoked_at timestamptz,
	revoked_reason text,
	PRIMARY KEY (user_id, id),
	CONSTRAINT sessions_user_agent_check CHECK (length(user_agent) <= 256),
	CONSTRAINT sessions_revoked_check CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
);

-- For exists_elsewhere(): a stranger's session is told from none.
CREATE INDEX sessions_id ON daybook.sessions (id);

ALTER TABLE daybook.sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON daybook.sessions TO daybook_app
	USING (user_id = daybook.current_user_id()) WITH CHECK (user_id = daybook.current_user_id());
CREATE POLICY auth ON daybook.sessions TO daybook_auth USING (true) WITH CHECK (true);

GRANT SELECT, UPDATE (revoked_at, revoked_reason) ON daybook.sessions TO daybook_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON daybook.sessions TO daybook_auth;

COMMIT;
