-- Verify daybook:exists_elsewhere on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL
			AND has_function_privilege('daybook_app', oid, 'EXECUTE')
		FROM pg_proc WHERE oid = 'daybook.exists_elsewhere(text,uuid)'::regprocedure), 'function';
	ASSERT NOT daybook.exists_elsewhere('tasks', gen_random_uuid())
		AND NOT daybook.exists_elsewhere('sessions', gen_random_uuid()), 'nobody has such a row';
END
$$;

ROLLBACK;
