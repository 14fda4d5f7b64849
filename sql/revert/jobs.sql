-- Revert daybook:jobs from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP TABLE daybook.jobs;

COMMIT;
