-- Revert daybook:place_indexes from pg
SET ROLE daybook_owner;

DROP INDEX CONCURRENTLY IF EXISTS daybook.tasks_project_place;
DROP INDEX CONCURRENTLY IF EXISTS daybook.tasks_place;
