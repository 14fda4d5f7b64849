-- Deploy daybook:users to pg
-- requires: helpers
-- requires: timezones
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE TABLE daybook.users (
	id uuid PRIMARY KEY,
	email text NOT NULL,
	username text NOT NULL,
	name text,
	timezone text COLLATE "C" NOT NULL DEFAULT 'UTC',
	email_verified boolean NOT NULL DEFAULT false,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT users_email_check CHECK (length(email) <= 254
		AND email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$'),
	CONSTRAINT users_username_check CHECK (username ~ '^[A-Za-z0-9_.-]{3,30}$'),
	CONSTRAINT users_name_check CHECK (length(name) BETWEEN 1 AND 100 AND NOT daybook.blank(name)),
	CONSTRAINT users_version_check CHECK (version >= 1),
	CONSTRAINT users_timezone_fkey FOREIGN KEY (timezone) REFERENCES daybook.timezones (name)
);

CREATE UNIQUE INDEX users_email_key ON daybook.users ((daybook.fold(email) COLLATE "C"));
CREATE UNIQUE INDEX users_username_key ON daybook.users ((daybook.fold(username) COLLATE "C"));

CREATE TRIGGER touch_row BEFORE UPDATE ON daybook.users
	FOR EACH ROW EXECUTE FUNCTION daybook.touch_row();

ALTER TABLE daybook.users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON daybook.users TO daybook_app
	USING (id = daybook.current_user_id()) WITH CHECK (id = daybook.current_user_id());
CREATE POLICY auth ON daybook.users TO daybook_auth USING (true) WITH CHECK (true);

GRANT SELECT, UPDATE (username, name, timezone) ON daybook.users TO daybook_app;
GRANT SELECT, INSERT, DELETE ON daybook.users TO daybook_auth;

COMMIT;
