-- Verify daybook:named_sessions on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL
			AND has_function_privilege('daybook_app', oid, 'EXECUTE')
		FROM pg_proc WHERE oid = 'daybook.touch_session(uuid,uuid)'::regprocedure), 'function';
	ASSERT daybook.current_session_id() IS NULL, 'a session of nobody';
	ASSERT (SELECT polcmd = 'r' AND polpermissive AND polroles = ARRAY['daybook_app'::regrole::oid]
			AND pg_get_expr(polqual, polrelid) ~ 'current_session_id.*revoked_at.*expires_at'
		FROM pg_policy WHERE polrelid = 'daybook.sessions'::regclass AND polname = 'named'), 'policy';
END
$$;

ROLLBACK;
