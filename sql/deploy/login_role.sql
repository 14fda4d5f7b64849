-- Deploy daybook:login_role to pg
-- requires: account
-- requires: foreign_tokens
-- requires: named_sessions
-- requires: schema_version
-- requires: text_keys
-- requires: etags
-- A role for what takes a password: registering, logging in, and what asks for the password again. The
-- role of the other workers needs none of it. It keeps its rights on the functions for as long as workers
-- of the version before run; sql/login_functions.sql takes them away.
BEGIN;

DO $$
BEGIN
	CREATE ROLE daybook_login LOGIN;
EXCEPTION
	-- unique_violation: another database of this cluster is being migrated just now.
	WHEN duplicate_object OR unique_violation THEN
		NULL;
END
$$;

GRANT USAGE ON SCHEMA sqitch TO daybook_login;
GRANT SELECT (project, change) ON sqitch.changes TO daybook_login;

SET LOCAL ROLE daybook_owner;

GRANT USAGE ON SCHEMA daybook TO daybook_login;
GRANT EXECUTE ON FUNCTION daybook.schema_has(text), daybook.current_user_id(), daybook.current_session_id(),
	daybook.entity_tag(uuid, uuid, uuid, timestamptz, int) TO daybook_login;

-- What the first statement of a request looks at, and the user's own row.
DO $$ BEGIN PERFORM daybook.claim_table('daybook.sessions'); END $$;
CREATE POLICY login_named ON daybook.sessions FOR SELECT TO daybook_login
	USING (id = daybook.current_session_id() AND revoked_at IS NULL AND expires_at > now());
GRANT SELECT (user_id, id, last_used_at, revoked_at, expires_at) ON daybook.sessions TO daybook_login;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
CREATE POLICY login_own ON daybook.users FOR SELECT TO daybook_login
	USING (id = daybook.current_user_id());
GRANT SELECT ON daybook.users TO daybook_login;

SET LOCAL ROLE daybook_auth;

GRANT EXECUTE ON FUNCTION daybook.touch_session(uuid, uuid), daybook.begin_foreign_request(uuid, text),
	daybook.take_attempt(text, text, int, int), daybook.my_password_hash(),
	daybook.change_my_password(text, uuid), daybook.delete_my_account(),
	daybook.create_account(uuid, text, text, text, text, text) TO daybook_login;

COMMIT;
