-- Verify daybook:folded_tasks on pg
BEGIN;

DO $$
DECLARE
	wanted record;
BEGIN
	ASSERT (SELECT count(*) = 2 FROM pg_attribute WHERE attrelid = 'daybook.tasks'::regclass
		AND attname IN ('title_fold', 'search_key') AND attnotnull), 'columns';
	ASSERT (SELECT array_agg(tgname::text) @> '{keep_task_keys,touch_row}' FROM pg_trigger
		WHERE tgrelid = 'daybook.tasks'::regclass AND NOT tgisinternal), 'triggers';
	ASSERT NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'daybook'
		AND tablename = 'tasks' AND policyname = 'migration'), 'policies';
	FOR wanted IN
		VALUES ('title_fold', '(user_id, title_fold, id)'),
			('category_projects', '(user_id, category_id) INCLUDE (project_id) WHERE (category_id IS NOT NULL)')
	LOOP
		ASSERT (SELECT split_part(indexdef, 'USING btree ', 2) = wanted.column2 FROM pg_indexes
			WHERE schemaname = 'daybook' AND indexname = 'tasks_' || wanted.column1),
			format('index tasks_%s', wanted.column1);
	END LOOP;
	ASSERT (SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 'daybook.tasks'::regclass),
		'an index is not valid';
	ASSERT NOT has_column_privilege('daybook_app', 'daybook.tasks', 'title_fold', 'INSERT, UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.tasks', 'search_key', 'INSERT, UPDATE'),
		'rights of daybook_app';
END
$$;

ROLLBACK;
