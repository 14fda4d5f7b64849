-- Verify daybook:sessions on pg
BEGIN;

SELECT user_id, id, user_agent, ip, created_at, last_used_at, expires_at, refresh_counter,
	refreshed_at, revoked_at, revoked_reason
FROM daybook.sessions WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity AND relowner = 'daybook_owner'::regrole
		FROM pg_class WHERE oid = 'daybook.sessions'::regclass), 'row-level security';
	ASSERT (SELECT count(*) = 2 FROM pg_policies WHERE schemaname = 'daybook'
		AND tablename = 'sessions' AND qual IS NOT NULL AND with_check IS NOT NULL), 'policies';
	ASSERT to_regclass('daybook.sessions_id') IS NOT NULL, 'index';
	ASSERT has_column_privilege('daybook_app', 'daybook.sessions', 'revoked_at', 'UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.sessions', 'expires_at', 'UPDATE')
		AND NOT has_table_privilege('daybook_app', 'daybook.sessions', 'INSERT, DELETE, TRUNCATE'),
		'rights of daybook_app';
END
$$;

ROLLBACK;
