-- Verify daybook:foreign_tokens on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL
			AND has_function_privilege('daybook_app', oid, 'EXECUTE')
		FROM pg_proc WHERE oid = 'daybook.begin_foreign_request(uuid,text)'::regprocedure), 'function';
END
$$;

ROLLBACK;
