-- Revert daybook:account from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.delete_my_account();
DROP FUNCTION daybook.change_my_password(text, uuid);
DROP FUNCTION daybook.my_password_hash();

COMMIT;
