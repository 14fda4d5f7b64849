-- Verify daybook:task_groups on pg
BEGIN;

SELECT project_id, category_id FROM daybook.tasks WHERE false;

DO $$
DECLARE
	wanted record;
BEGIN
	ASSERT (SELECT array_agg(concat_ws(' ', conname, confdeltype) ORDER BY conname)
			= '{tasks_category_fkey n,tasks_project_fkey c}' FROM pg_constraint
		WHERE conrelid = 'daybook.tasks'::regclass AND conname ~ 'project|category'), 'foreign keys';
	FOR wanted IN
		VALUES ('project_board', '(user_id, project_id, status_rank, "position", id)'),
			('category', '(user_id, category_id) WHERE (category_id IS NOT NULL)'),
			('done', '(user_id, completed_at) INCLUDE (project_id) WHERE (completed_at IS NOT NULL)')
	LOOP
		ASSERT (SELECT split_part(indexdef, 'USING btree ', 2) = wanted.column2 FROM pg_indexes
			WHERE schemaname = 'daybook' AND indexname = 'tasks_' || wanted.column1),
			format('index tasks_%s', wanted.column1);
	END LOOP;
	ASSERT (SELECT prosrc ~ 'project_id' FROM pg_proc
		WHERE oid = 'daybook.keep_task()'::regprocedure), 'keep_task';
	ASSERT has_column_privilege('daybook_app', 'daybook.tasks', 'project_id', 'INSERT')
		AND has_column_privilege('daybook_app', 'daybook.tasks', 'project_id', 'UPDATE')
		AND has_column_privilege('daybook_app', 'daybook.tasks', 'category_id', 'INSERT')
		AND has_column_privilege('daybook_app', 'daybook.tasks', 'category_id', 'UPDATE'),
		'rights of daybook_app';
END
$$;

ROLLBACK;
