-- Verify daybook:projects on pg
BEGIN;

SELECT user_id, id, name, description, color, archived, version, created_at, updated_at, name_key
FROM daybook.projects WHERE false;

DO $$
DECLARE
	wanted record;
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity AND relowner = 'daybook_owner'::regrole
		FROM pg_class WHERE oid = 'daybook.projects'::regclass), 'row-level security';
	ASSERT (SELECT count(*) = 2 FROM pg_policies WHERE schemaname = 'daybook'
		AND tablename = 'projects' AND qual IS NOT NULL AND with_check IS NOT NULL), 'policies';
	ASSERT (SELECT count(*) = 4 FROM pg_constraint
		WHERE conrelid = 'daybook.projects'::regclass AND contype = 'c'), 'constraints';
	ASSERT (SELECT array_agg(tgname::text) @> '{keep_name_key,touch_row}' FROM pg_trigger
		WHERE tgrelid = 'daybook.projects'::regclass AND NOT tgisinternal), 'triggers';
	FOR wanted IN
		VALUES ('name', '(user_id, name_key, id)'),
			('created_at', '(user_id, created_at, id)'),
			('updated_at', '(user_id, updated_at, id)'),
			('id', '(id)')
	LOOP
		ASSERT (SELECT split_part(indexdef, 'USING btree ', 2) = wanted.column2 FROM pg_indexes
			WHERE schemaname = 'daybook' AND indexname = 'projects_' || wanted.column1),
			format('index projects_%s', wanted.column1);
	END LOOP;
	ASSERT has_table_privilege('daybook_app', 'daybook.projects', 'SELECT')
		AND has_table_privilege('daybook_app', 'daybook.projects', 'DELETE')
		AND has_column_privilege('daybook_app', 'daybook.projects', 'name', 'INSERT')
		AND has_column_privilege('daybook_app', 'daybook.projects', 'name', 'UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.projects', 'name_key', 'INSERT, UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.projects', 'user_id', 'UPDATE')
		AND NOT has_table_privilege('daybook_app', 'daybook.projects', 'TRUNCATE'),
		'rights of daybook_app';
END
$$;

ROLLBACK;
