-- Verify daybook:folded_groups on pg
BEGIN;

DO $$
DECLARE
	wanted record;
BEGIN
	FOR wanted IN
		VALUES ('projects', 'keep_project_keys'), ('categories', 'keep_category_keys')
	LOOP
		ASSERT (SELECT count(*) = 2 FROM pg_attribute WHERE attrelid = ('daybook.' || wanted.column1)::regclass
			AND attname IN ('name_fold', 'search_key') AND attnotnull), wanted.column1 || ' columns';
		ASSERT (SELECT array_agg(tgname::text) @> ARRAY[wanted.column2, 'touch_row'] FROM pg_trigger
			WHERE tgrelid = ('daybook.' || wanted.column1)::regclass AND NOT tgisinternal),
			wanted.column1 || ' triggers';
		ASSERT NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'daybook'
			AND tablename = wanted.column1 AND policyname = 'migration'), wanted.column1 || ' policies';
		ASSERT NOT has_column_privilege('daybook_app', 'daybook.' || wanted.column1, 'name_fold',
			'INSERT, UPDATE') AND NOT has_column_privilege('daybook_app', 'daybook.' || wanted.column1,
			'search_key', 'INSERT, UPDATE'), wanted.column1 || ' rights of daybook_app';
	END LOOP;
	FOR wanted IN
		VALUES ('projects_name_fold', '(user_id, name_fold, id)'),
			('categories_name_key', '(user_id, name_fold)')
	LOOP
		ASSERT (SELECT split_part(indexdef, 'USING btree ', 2) = wanted.column2 FROM pg_indexes
			WHERE schemaname = 'daybook' AND indexname = wanted.column1), format('index %s', wanted.column1);
	END LOOP;
	ASSERT (SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid IN ('daybook.projects'::regclass,
		'daybook.categories'::regclass)), 'an index is not valid';
END
$$;

ROLLBACK;
