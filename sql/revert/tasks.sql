-- Revert daybook:tasks from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP TABLE daybook.tasks;
DROP FUNCTION daybook.keep_task();
DROP FUNCTION daybook.next_position();
DROP SEQUENCE daybook.task_positions;
DROP FUNCTION daybook.priority_rank(daybook.task_priority);
DROP FUNCTION daybook.status_rank(daybook.task_status);
DROP TYPE daybook.task_priority;
DROP TYPE daybook.task_status;

COMMIT;
