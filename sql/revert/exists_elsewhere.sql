-- Revert daybook:exists_elsewhere from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.exists_elsewhere(text, uuid);

COMMIT;
