-- Revert daybook:projects from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP TABLE daybook.projects;
DROP FUNCTION daybook.keep_name_key();

COMMIT;
