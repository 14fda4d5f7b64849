-- Revert daybook:account_faults from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.profile_faults(text, text);
DROP FUNCTION daybook.account_faults(text, text, text);

COMMIT;
