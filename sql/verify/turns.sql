-- Verify daybook:turns on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT NOT prosecdef AND proconfig IS NOT NULL
			AND has_function_privilege('daybook_app', oid, 'EXECUTE')
		FROM pg_proc WHERE oid = 'daybook.take_turn(int)'::regprocedure), 'function';
END
$$;

ROLLBACK;
