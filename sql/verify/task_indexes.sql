-- Verify daybook:task_indexes on pg
BEGIN;

DO $$
DECLARE
	wanted record;
BEGIN
	FOR wanted IN
		VALUES ('created_at', '(user_id, created_at, id)'),
			('updated_at', '(user_id, updated_at, id)'),
			('due_date_asc', '(user_id, daybook.due_or_after(due_date), id)'),
			('due_date_desc', '(user_id, daybook.due_or_before(due_date), id)'),
			('priority', '(user_id, priority_rank, id)'),
			('board', '(user_id, status_rank, "position", id)'),
			('title', '(user_id, title_key, id)'),
			('open', '(user_id, due_date) WHERE ((completed_at IS NULL) AND (due_date IS NOT NULL))'),
			('id', '(id)')
	LOOP
		ASSERT (SELECT split_part(indexdef, 'USING btree ', 2) = wanted.column2 FROM pg_indexes
			WHERE schemaname = 'daybook' AND indexname = 'tasks_' || wanted.column1),
			format('index tasks_%s', wanted.column1);
	END LOOP;
END
$$;

ROLLBACK;
