-- Verify daybook:tasks on pg
BEGIN;

SELECT user_id, id, title, description, status, priority, due_date, remind_at, completed_at,
	position, version, created_at, updated_at, status_rank, priority_rank, title_key
FROM daybook.tasks WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity AND relowner = 'daybook_owner'::regrole
		FROM pg_class WHERE oid = 'daybook.tasks'::regclass), 'row-level security';
	ASSERT (SELECT count(*) = 2 FROM pg_policies WHERE schemaname = 'daybook'
		AND tablename = 'tasks' AND qual IS NOT NULL AND with_check IS NOT NULL), 'policies';
	ASSERT (SELECT count(*) = 6 FROM pg_constraint
		WHERE conrelid = 'daybook.tasks'::regclass AND contype = 'c' AND conname IN ('tasks_title_check',
			'tasks_description_check', 'tasks_due_date_check', 'tasks_remind_at_check',
			'tasks_completed_at_check', 'tasks_version_check')), 'constraints';
	ASSERT (SELECT array_agg(tgname) @> '{keep_task,touch_row}' FROM pg_trigger
		WHERE tgrelid = 'daybook.tasks'::regclass AND NOT tgisinternal), 'triggers';
	ASSERT (SELECT bool_and(daybook.status_rank(s) = n) FROM
		unnest(enum_range(NULL::daybook.task_status)) WITH ORDINALITY AS e (s, n)), 'status_rank';
	ASSERT (SELECT bool_and(daybook.priority_rank(p) = n) FROM
		unnest(enum_range(NULL::daybook.task_priority)) WITH ORDINALITY AS e (p, n)), 'priority_rank';
	ASSERT has_table_privilege('daybook_app', 'daybook.tasks', 'SELECT')
		AND has_table_privilege('daybook_app', 'daybook.tasks', 'DELETE')
		AND has_column_privilege('daybook_app', 'daybook.tasks', 'title', 'INSERT')
		AND has_column_privilege('daybook_app', 'daybook.tasks', 'title', 'UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.tasks', 'version', 'INSERT, UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.tasks', 'user_id', 'UPDATE')
		AND NOT has_table_privilege('daybook_app', 'daybook.tasks', 'TRUNCATE'),
		'rights of daybook_app';
END
$$;

ROLLBACK;
