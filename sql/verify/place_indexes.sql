-- Verify daybook:place_indexes on pg
BEGIN;

DO $$
DECLARE
	wanted record;
BEGIN
	FOR wanted IN
		VALUES ('tasks_place', true, '(user_id, status_rank, place_key)'),
			('tasks_project_place', false, '(user_id, project_id, status_rank, place_key)')
	LOOP
		ASSERT (SELECT indisvalid AND indisunique = wanted.column2
				AND split_part(pg_get_indexdef(indexrelid), 'USING btree ', 2) = wanted.column3
			FROM pg_index WHERE indexrelid = to_regclass('daybook.' || wanted.column1)), wanted.column1;
	END LOOP;
END
$$;

ROLLBACK;
