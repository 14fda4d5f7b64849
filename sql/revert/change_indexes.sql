-- Revert daybook:change_indexes from pg
SET ROLE daybook_owner;

DROP INDEX CONCURRENTLY IF EXISTS daybook.journals_change;
DROP INDEX CONCURRENTLY IF EXISTS daybook.moods_change;
DROP INDEX CONCURRENTLY IF EXISTS daybook.categories_change;
DROP INDEX CONCURRENTLY IF EXISTS daybook.projects_change;
DROP INDEX CONCURRENTLY IF EXISTS daybook.tasks_change;
