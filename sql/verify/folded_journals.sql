-- Verify daybook:folded_journals on pg
BEGIN;

SELECT user_id, journal_id, tag_fold, tag FROM daybook.journal_tags WHERE false;

DO $$
BEGIN
	ASSERT (SELECT attnotnull FROM pg_attribute
		WHERE attrelid = 'daybook.journals'::regclass AND attname = 'search_key'), 'search_key';
	ASSERT (SELECT array_agg(tgname::text) @> '{keep_journal,keep_journal_tags,touch_row}' FROM pg_trigger
		WHERE tgrelid = 'daybook.journals'::regclass AND NOT tgisinternal), 'triggers';
	ASSERT (SELECT convalidated FROM pg_constraint WHERE conname = 'journals_tags_check'
		AND conrelid = 'daybook.journals'::regclass), 'journals_tags_check';
	ASSERT NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'daybook' AND policyname = 'migration'
		AND tablename IN ('journals', 'journal_tags')), 'policies';
	ASSERT daybook.clean_tags('{B,ΟΔΟΣ,οδος,b,STRASSE,straße}') = '{b,οδος,strasse}', 'clean_tags';
	ASSERT daybook.are_tags('{}') AND daybook.are_tags(ARRAY[repeat(U&'i\0307', 50)])
		AND NOT daybook.are_tags(ARRAY[repeat('x', 51)]) AND NOT daybook.are_tags('{"a,b"}'), 'are_tags';
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity AND relowner = 'daybook_owner'::regrole
		FROM pg_class WHERE oid = 'daybook.journal_tags'::regclass), 'row-level security';
	ASSERT (SELECT count(*) = 1 FROM pg_policies WHERE schemaname = 'daybook'
		AND tablename = 'journal_tags' AND qual IS NOT NULL AND with_check IS NOT NULL), 'policy';
	ASSERT (SELECT indkey::text = '1 2' FROM pg_index
		WHERE indexrelid = 'daybook.journal_tags_journal'::regclass), 'journal_tags_journal';
	ASSERT (SELECT indkey::text = '1 3 2' FROM pg_index
		WHERE indexrelid = 'daybook.journal_tags_pkey'::regclass), 'journal_tags_pkey';
	ASSERT (SELECT confdeltype = 'c' FROM pg_constraint WHERE conname = 'journal_tags_journal_fkey'
		AND conrelid = 'daybook.journal_tags'::regclass), 'journal_tags_journal_fkey';
	ASSERT has_table_privilege('daybook_app', 'daybook.journal_tags', 'SELECT')
		AND NOT has_table_privilege('daybook_app', 'daybook.journal_tags', 'UPDATE, TRUNCATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.journals', 'search_key', 'INSERT, UPDATE'),
		'rights of daybook_app';
END
$$;

ROLLBACK;
