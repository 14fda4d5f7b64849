-- Verify daybook:moods on pg
BEGIN;

SELECT user_id, id, score, emotions, note, recorded_at, version, created_at, updated_at
FROM daybook.moods WHERE false;

DO $$
DECLARE
	wanted record;
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity AND relowner = 'daybook_owner'::regrole
		FROM pg_class WHERE oid = 'daybook.moods'::regclass), 'row-level security';
	ASSERT (SELECT count(*) = 2 FROM pg_policies WHERE schemaname = 'daybook'
		AND tablename = 'moods' AND qual IS NOT NULL AND with_check IS NOT NULL), 'policies';
	ASSERT (SELECT count(*) = 5 FROM pg_constraint
		WHERE conrelid = 'daybook.moods'::regclass AND contype = 'c'), 'constraints';
	ASSERT (SELECT array_agg(tgname) @> '{touch_row}' FROM pg_trigger
		WHERE tgrelid = 'daybook.moods'::regclass AND NOT tgisinternal), 'triggers';
	ASSERT daybook.short_texts('{a,b}', 2) AND daybook.short_texts('{}', 2)
		AND NOT daybook.short_texts('{a,b,c}', 2) AND NOT daybook.short_texts('{NULL}', 2),
		'short_texts';
	FOR wanted IN
		VALUES ('recorded_at', '(user_id, recorded_at, id) INCLUDE (score)'),
			('id', '(id)')
	LOOP
		ASSERT (SELECT split_part(indexdef, 'USING btree ', 2) = wanted.column2 FROM pg_indexes
			WHERE schemaname = 'daybook' AND indexname = 'moods_' || wanted.column1),
			format('index moods_%s', wanted.column1);
	END LOOP;
	ASSERT has_table_privilege('daybook_app', 'daybook.moods', 'SELECT')
		AND has_table_privilege('daybook_app', 'daybook.moods', 'DELETE')
		AND has_column_privilege('daybook_app', 'daybook.moods', 'score', 'INSERT')
		AND has_column_privilege('daybook_app', 'daybook.moods', 'score', 'UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.moods', 'version', 'INSERT, UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.moods', 'user_id', 'UPDATE')
		AND NOT has_table_privilege('daybook_app', 'daybook.moods', 'TRUNCATE'),
		'rights of daybook_app';
END
$$;

ROLLBACK;
