-- Deploy daybook:place_indexes to pg
-- requires: places
-- No two tasks of a user and status share a place; that index is also the order of the list by position,
-- and finds the neighbours of a place. The other one is the same within a project. The list needs no id
-- behind the place, since no two are equal.
--
-- Made while others write, so not in a transaction. A try that was cut short leaves an index that is not
-- valid; the next one removes it first.
SET ROLE daybook_owner;

DROP INDEX CONCURRENTLY IF EXISTS daybook.tasks_place;
CREATE UNIQUE INDEX CONCURRENTLY tasks_place ON daybook.tasks (user_id, status_rank, place_key);
DROP INDEX CONCURRENTLY IF EXISTS daybook.tasks_project_place;
CREATE INDEX CONCURRENTLY tasks_project_place
	ON daybook.tasks (user_id, project_id, status_rank, place_key);
