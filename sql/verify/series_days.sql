-- Verify daybook:series_days on pg
BEGIN;

DO $$
BEGIN
	ASSERT has_column_privilege('daybook_app', 'daybook.tasks', 'due_day', 'INSERT')
		AND has_column_privilege('daybook_app', 'daybook.tasks', 'due_day', 'UPDATE'), 'due_day';
	ASSERT has_function_privilege('daybook_app', 'daybook.due_after(daybook.tasks,date)', 'EXECUTE'), 'due_after';
	ASSERT (SELECT count(*) FROM pg_proc WHERE pronamespace = 'daybook'::regnamespace
		AND proname IN ('keep_recurrence', 'move_due_days', 'repeat_task') AND prosrc LIKE '%due_day%') = 3, 'series';
END
$$;

ROLLBACK;
