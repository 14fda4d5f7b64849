-- Verify daybook:text_keys on pg
BEGIN;

DO $$
DECLARE
	wanted text;
BEGIN
	ASSERT daybook.fold_case('ΟΔΟΣ') = daybook.fold_case('οδος'), 'final sigma';
	ASSERT daybook.fold_case(U&'STRASSE\00C9') = daybook.fold_case(U&'straßee\0301'), 'canonical equality';
	ASSERT daybook.fold_case(U&'\0390') = daybook.fold_case(U&'\03AA\0301'), 'a second folding';
	ASSERT daybook.search_key('Café', NULL, 'İ') = convert_to(U&'cafe\034Fi', 'UTF8'), 'search_key';
	ASSERT daybook.search_key(NULL) IS NULL, 'no text has no key';
	FOREACH wanted IN ARRAY ARRAY['fold_letters(text)', 'fold_case(text)', 'search_key(text[])']
	LOOP
		ASSERT has_function_privilege('daybook_app', 'daybook.' || wanted, 'EXECUTE'), wanted;
		ASSERT (SELECT provolatile = 'i' AND NOT prosecdef FROM pg_proc
			WHERE oid = ('daybook.' || wanted)::regprocedure), wanted;
	END LOOP;
	FOREACH wanted IN ARRAY ARRAY['claim_table(regclass)', 'fill_rows(regclass, name, name, int)',
		'demand_columns(regclass, name[])']
	LOOP
		ASSERT NOT has_function_privilege('daybook_app', 'daybook.' || wanted, 'EXECUTE'), wanted;
	END LOOP;
END
$$;

ROLLBACK;
