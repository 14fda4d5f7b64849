-- Verify daybook:journals on pg
BEGIN;

SELECT user_id, id, title, content, entry_date, tags, mood_id, version, created_at, updated_at,
	content_key
FROM daybook.journals WHERE false;

DO $$
DECLARE
	wanted record;
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity AND relowner = 'daybook_owner'::regrole
		FROM pg_class WHERE oid = 'daybook.journals'::regclass), 'row-level security';
	ASSERT (SELECT count(*) = 2 FROM pg_policies WHERE schemaname = 'daybook'
		AND tablename = 'journals' AND qual IS NOT NULL AND with_check IS NOT NULL), 'policies';
	ASSERT (SELECT count(*) = 5 FROM pg_constraint
		WHERE conrelid = 'daybook.journals'::regclass AND contype = 'c'), 'constraints';
	ASSERT (SELECT array_agg(tgname) @> '{keep_journal,touch_row}' FROM pg_trigger
		WHERE tgrelid = 'daybook.journals'::regclass AND NOT tgisinternal), 'triggers';
	ASSERT daybook.fold_tags('{B,a,b}') = '{b,a}' AND daybook.fold_tags('{}') = '{}', 'fold_tags';
	ASSERT (SELECT confdeltype = 'n' FROM pg_constraint WHERE conname = 'journals_mood_fkey'
		AND conrelid = 'daybook.journals'::regclass), 'journals_mood_fkey';
	FOR wanted IN
		VALUES ('entry_date', '(user_id, entry_date, id)'),
			('created_at', '(user_id, created_at, id)'),
			('updated_at', '(user_id, updated_at, id)'),
			('mood', '(user_id, mood_id) WHERE (mood_id IS NOT NULL)'),
			('id', '(id)')
	LOOP
		ASSERT (SELECT split_part(indexdef, 'USING btree ', 2) = wanted.column2 FROM pg_indexes
			WHERE schemaname = 'daybook' AND indexname = 'journals_' || wanted.column1),
			format('index journals_%s', wanted.column1);
	END LOOP;
	ASSERT has_table_privilege('daybook_app', 'daybook.journals', 'SELECT')
		AND has_table_privilege('daybook_app', 'daybook.journals', 'DELETE')
		AND has_column_privilege('daybook_app', 'daybook.journals', 'content', 'INSERT')
		AND has_column_privilege('daybook_app', 'daybook.journals', 'content', 'UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.journals', 'content_key', 'INSERT, UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.journals', 'user_id', 'UPDATE')
		AND NOT has_table_privilege('daybook_app', 'daybook.journals', 'TRUNCATE'),
		'rights of daybook_app';
END
$$;

ROLLBACK;
