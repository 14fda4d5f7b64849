-- Deploy daybook:change_indexes to pg
-- requires: changes
-- The order of /changes in each table. A user's own row needs none.
--
-- Made while others write, so not in a transaction. A try that was cut short leaves an index that is not
-- valid; the next one removes it first.
SET ROLE daybook_owner;

DROP INDEX CONCURRENTLY IF EXISTS daybook.tasks_change;
CREATE INDEX CONCURRENTLY tasks_change ON daybook.tasks (user_id, change_epoch, change_xid, id);
DROP INDEX CONCURRENTLY IF EXISTS daybook.projects_change;
CREATE INDEX CONCURRENTLY projects_change ON daybook.projects (user_id, change_epoch, change_xid, id);
DROP INDEX CONCURRENTLY IF EXISTS daybook.categories_change;
CREATE INDEX CONCURRENTLY categories_change ON daybook.categories (user_id, change_epoch, change_xid, id);
DROP INDEX CONCURRENTLY IF EXISTS daybook.moods_change;
CREATE INDEX CONCURRENTLY moods_change ON daybook.moods (user_id, change_epoch, change_xid, id);
DROP INDEX CONCURRENTLY IF EXISTS daybook.journals_change;
CREATE INDEX CONCURRENTLY journals_change ON daybook.journals (user_id, change_epoch, change_xid, id);
