-- Verify daybook:categories on pg
BEGIN;

SELECT user_id, id, name, color, version, created_at, updated_at, name_key
FROM daybook.categories WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity AND relowner = 'daybook_owner'::regrole
		FROM pg_class WHERE oid = 'daybook.categories'::regclass), 'row-level security';
	ASSERT (SELECT count(*) = 2 FROM pg_policies WHERE schemaname = 'daybook'
		AND tablename = 'categories' AND qual IS NOT NULL AND with_check IS NOT NULL), 'policies';
	ASSERT (SELECT count(*) = 3 FROM pg_constraint
		WHERE conrelid = 'daybook.categories'::regclass AND contype = 'c'), 'constraints';
	ASSERT (SELECT array_agg(tgname::text) @> '{keep_name_key,touch_row}' FROM pg_trigger
		WHERE tgrelid = 'daybook.categories'::regclass AND NOT tgisinternal), 'triggers';
	ASSERT (SELECT contype = 'u' FROM pg_constraint WHERE conname = 'categories_name_key'
		AND conrelid = 'daybook.categories'::regclass), 'categories_name_key';
	ASSERT (SELECT split_part(indexdef, 'USING btree ', 2) = '(id)' FROM pg_indexes
		WHERE schemaname = 'daybook' AND indexname = 'categories_id'), 'index categories_id';
	ASSERT has_table_privilege('daybook_app', 'daybook.categories', 'SELECT')
		AND has_table_privilege('daybook_app', 'daybook.categories', 'DELETE')
		AND has_column_privilege('daybook_app', 'daybook.categories', 'name', 'INSERT')
		AND has_column_privilege('daybook_app', 'daybook.categories', 'name', 'UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.categories', 'name_key', 'INSERT, UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.categories', 'user_id', 'UPDATE')
		AND NOT has_table_privilege('daybook_app', 'daybook.categories', 'TRUNCATE'),
		'rights of daybook_app';
END
$$;

ROLLBACK;
