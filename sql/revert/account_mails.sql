-- Revert daybook:account_mails from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.ask_my_email(text, int);
DROP FUNCTION daybook.note_mail_failure(uuid, text, text);
DROP FUNCTION daybook.unsubscribe(uuid, bytea);
DROP FUNCTION daybook.reset_password(uuid, bytea, text, text);
DROP FUNCTION daybook.find_reset(uuid, bytea);
DROP FUNCTION daybook.confirm_address(uuid, bytea);
DROP FUNCTION daybook.end_mail_tokens(uuid, text);
DROP FUNCTION daybook.use_mail_token(uuid, bytea, text);
DROP FUNCTION daybook.take_reset_request();
DROP FUNCTION daybook.request_reset(text, text, int, int, int, int);
DROP FUNCTION daybook.request_verification(int, int);
DROP FUNCTION daybook.renew_session(uuid, uuid, int, text, text, int, int, boolean);
DROP FUNCTION daybook.change_my_password(text, uuid, boolean);
DROP FUNCTION daybook.forget_pending_email(uuid);
DROP FUNCTION daybook.create_account(uuid, text, text, text, text, text, boolean);

COMMIT;
