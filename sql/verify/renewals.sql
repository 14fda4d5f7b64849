-- Verify daybook:renewals on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL
			AND has_function_privilege('daybook_app', oid, 'EXECUTE')
		FROM pg_proc WHERE oid = 'daybook.renew_session(uuid,uuid,int,text,text,int,int)'::regprocedure),
		'function';
	ASSERT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'daybook.sessions'::regclass
		AND attname = 'renewed_ip' AND atttypid = 'inet'::regtype), 'column';
END
$$;

ROLLBACK;
