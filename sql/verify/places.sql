-- Verify daybook:places on pg
BEGIN;

DO $$
DECLARE
	low text := daybook.place_last(NULL);
	high text := daybook.place_last(low);
	wanted text;
BEGIN
	ASSERT (SELECT attcollation = '"C"'::regcollation AND has_column_privilege('daybook_app', attrelid,
			attnum, 'UPDATE') AND NOT has_column_privilege('daybook_app', attrelid, attnum, 'INSERT')
		FROM pg_attribute
		WHERE attrelid = 'daybook.tasks'::regclass AND attname = 'place_key'), 'column';
	ASSERT daybook.place_text(daybook.place_number('V0000zk', 14), 14) = 'V0000zk', 'digits';
	ASSERT low ~ '^V00000' AND high ~ '^V00001' AND daybook.place_first(high) ~ '^Uzzzzz', 'ends';
	wanted := daybook.place_between(low, high, 'after');
	ASSERT low < wanted COLLATE "C" AND wanted < high COLLATE "C", 'between';
	FOREACH wanted IN ARRAY ARRAY['digits()', 'number(text, int)', 'text(numeric, int)', 'in_slot(numeric)',
		'last(text)', 'first(text)', 'between(text, text, text)']
	LOOP
		ASSERT has_function_privilege('daybook_app', 'daybook.place_' || wanted, 'EXECUTE'), wanted;
	END LOOP;
END
$$;

ROLLBACK;
