-- login_functions.sql -- the functions that daybook_login alone needs, or nobody any more. The workers' own
-- role has rights on them until the last worker of the release before is gone; scripts/migrate runs this with
-- `verb` and `direction` set to REVOKE and FROM, or to GRANT and TO.
BEGIN;

SET LOCAL ROLE daybook_auth;
:verb EXECUTE ON FUNCTION
	daybook.account_faults(text, text, text),
	daybook.ask_my_email(text, int),
	daybook.begin_request(uuid, uuid),
	daybook.change_my_password(text, uuid),
	daybook.change_my_password(text, uuid, boolean),
	daybook.create_account(uuid, text, text, text, text, text),
	daybook.create_account(uuid, text, text, text, text, text, boolean),
	daybook.delete_my_account(),
	daybook.find_credentials(text),
	daybook.find_login(text),
	daybook.find_reset(uuid, bytea),
	daybook.forget_attempts(text, text),
	daybook.my_password_hash(),
	daybook.open_session(uuid, text, uuid, text, text, text, int, text),
	daybook.refresh_session(uuid, uuid, int, int, int),
	daybook.register_user(uuid, text, text, text, text, text),
	daybook.renew_session(uuid, uuid, int, text, text, int, int),
	daybook.reset_password(uuid, bytea, text, text),
	daybook.start_session(uuid, uuid, text, text, int, text, text),
	daybook.take_attempt(text, text, int, int),
	daybook.take_login_attempt(text, text, text, int, int, int, int)
	:direction daybook_app;

COMMIT;
