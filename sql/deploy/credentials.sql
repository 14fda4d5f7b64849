-- Deploy daybook:credentials to pg
-- requires: users
-- Password hashes live apart from users, so that no statement of a worker can ever select one: only
-- the functions of daybook_auth read this table.
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE TABLE daybook.credentials (
	user_id uuid PRIMARY KEY REFERENCES daybook.users (id) ON DELETE CASCADE,
	password_hash text NOT NULL,
	changed_at timestamptz NOT NULL DEFAULT now(),
	-- bcrypt; crypt's failure "*0" can never be stored.
	CONSTRAINT credentials_password_hash_check CHECK (password_hash ~ '^\$2b\$\d\d\$.{53}$')
);

ALTER TABLE daybook.credentials ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY auth ON daybook.credentials TO daybook_auth USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE ON daybook.credentials TO daybook_auth;

COMMIT;
