-- Revert daybook:task_indexes from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP INDEX daybook.tasks_created_at, daybook.tasks_updated_at, daybook.tasks_due_date_asc,
	daybook.tasks_due_date_desc, daybook.tasks_priority, daybook.tasks_board, daybook.tasks_title,
	daybook.tasks_open, daybook.tasks_id;
DROP FUNCTION daybook.due_or_before(timestamptz);
DROP FUNCTION daybook.due_or_after(timestamptz);

COMMIT;
