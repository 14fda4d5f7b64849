-- Verify daybook:recurrences on pg
BEGIN;

DO $$
BEGIN
	ASSERT daybook.local_moment('2026-10-25 02:30', 'Europe/Berlin') = '2026-10-25 00:30+00', 'local_moment';
	ASSERT (SELECT count(*) FROM pg_trigger WHERE tgname = 'keep_recurrence'
		AND tgrelid = 'daybook.tasks'::regclass) = 1, 'keep_recurrence';
	ASSERT (SELECT indisunique AND indisvalid FROM pg_index
		WHERE indexrelid = 'daybook.tasks_series'::regclass), 'tasks_series';
	ASSERT (SELECT count(*) FROM pg_constraint WHERE conrelid = 'daybook.tasks'::regclass AND convalidated
		AND conname IN ('tasks_recurrence_check', 'tasks_recurrence_from_check', 'tasks_recurrence_due_check')) = 3,
		'constraints';
	ASSERT has_function_privilege('daybook_app', 'daybook.repeat_task(uuid,uuid,date,text)', 'EXECUTE'),
		'repeat_task';
	ASSERT position('recurrence' IN pg_get_functiondef('daybook.board_update(jsonb)'::regprocedure)) > 0,
		'bulk changes';
END
$$;

ROLLBACK;
