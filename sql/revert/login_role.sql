-- Revert daybook:login_role from pg
-- The role itself stays while another database of the cluster depends on it.
BEGIN;

SET LOCAL ROLE daybook_auth;
REVOKE EXECUTE ON FUNCTION daybook.touch_session(uuid, uuid), daybook.begin_foreign_request(uuid, text),
	daybook.take_attempt(text, text, int, int), daybook.my_password_hash(),
	daybook.change_my_password(text, uuid), daybook.delete_my_account(),
	daybook.create_account(uuid, text, text, text, text, text) FROM daybook_login;
-- What sql/login_functions.sql may have taken.
GRANT EXECUTE ON FUNCTION daybook.take_attempt(text, text, int, int), daybook.forget_attempts(text, text),
	daybook.register_user(uuid, text, text, text, text, text),
	daybook.create_account(uuid, text, text, text, text, text), daybook.find_login(text),
	daybook.start_session(uuid, uuid, text, text, int, text, text),
	daybook.refresh_session(uuid, uuid, int, int, int), daybook.begin_request(uuid, uuid),
	daybook.my_password_hash(), daybook.change_my_password(text, uuid), daybook.delete_my_account()
	TO daybook_app;

SET LOCAL ROLE daybook_owner;
DROP POLICY login_named ON daybook.sessions;
DROP POLICY login_own ON daybook.users;
REVOKE ALL ON daybook.users, daybook.sessions FROM daybook_login;
REVOKE ALL (user_id, id, last_used_at, revoked_at, expires_at) ON daybook.sessions FROM daybook_login;
REVOKE EXECUTE ON FUNCTION daybook.schema_has(text), daybook.current_user_id(), daybook.current_session_id(),
	daybook.entity_tag(uuid, uuid, uuid, timestamptz, int) FROM daybook_login;
REVOKE USAGE ON SCHEMA daybook FROM daybook_login;

RESET ROLE;
REVOKE SELECT (project, change) ON sqitch.changes FROM daybook_login;
REVOKE USAGE ON SCHEMA sqitch FROM daybook_login;

DO $$
BEGIN
	DROP ROLE daybook_login;
EXCEPTION
	WHEN dependent_objects_still_exist OR insufficient_privilege THEN
		RAISE NOTICE 'role daybook_login is still in use';
END
$$;

COMMIT;
