-- Verify daybook:bulk on pg
BEGIN;

DO $$
DECLARE
	wanted text;
	faults text;
BEGIN
	FOREACH wanted IN ARRAY ARRAY['bulk_fault(text, bigint, text, int, text)',
		'bulk_missing(text, bigint, uuid)', 'bulk_reject(jsonb)', 'bulk_update_tasks(jsonb)',
		'bulk_delete_tasks(uuid[])']
	LOOP
		ASSERT has_function_privilege('daybook_app', 'daybook.' || wanted, 'EXECUTE'), wanted;
		ASSERT (SELECT NOT prosecdef FROM pg_proc
			WHERE oid = ('daybook.' || wanted)::regprocedure), 'row-level security binds ' || wanted;
	END LOOP;
	PERFORM daybook.bulk_delete_tasks(ARRAY[gen_random_uuid()]);
	ASSERT false, 'bulk_delete_tasks';
EXCEPTION
	WHEN SQLSTATE 'DB400' THEN
		GET STACKED DIAGNOSTICS faults = PG_EXCEPTION_DETAIL;
		ASSERT faults::jsonb -> 0 ->> 'field' = 'ids[0]' AND faults::jsonb -> 0 -> 'status' = '404',
			'faults';
END
$$;

ROLLBACK;
