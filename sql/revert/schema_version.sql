-- Revert daybook:schema_version from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP FUNCTION daybook.schema_has(text);
RESET ROLE;
REVOKE SELECT (project, change) ON sqitch.changes FROM daybook_owner, daybook_app, daybook_jobs;
REVOKE USAGE ON SCHEMA sqitch FROM daybook_owner, daybook_app, daybook_jobs;

COMMIT;
