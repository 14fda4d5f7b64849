-- Verify daybook:schema_version on pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DO $$
BEGIN
	ASSERT daybook.schema_has('schema') AND NOT daybook.schema_has('no such change'), 'schema_has';
	ASSERT has_column_privilege('daybook_app', 'sqitch.changes', 'change', 'SELECT')
		AND has_schema_privilege('daybook_app', 'sqitch', 'USAGE')
		AND has_function_privilege('daybook_app', 'daybook.schema_has(text)', 'EXECUTE'), 'rights';
END
$$;

ROLLBACK;
