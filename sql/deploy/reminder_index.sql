-- Deploy daybook:reminder_index to pg
-- requires: tasks
-- Which tasks are to be remembered next, of all users. An attempt that was broken off may have left it half
-- made.
SET ROLE daybook_owner;
SET client_min_messages = warning;
DROP INDEX CONCURRENTLY IF EXISTS daybook.tasks_remind;
CREATE INDEX CONCURRENTLY tasks_remind ON daybook.tasks (remind_at)
	WHERE completed_at IS NULL AND remind_at IS NOT NULL;
RESET client_min_messages;
RESET ROLE;
