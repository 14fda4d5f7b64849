-- Verify daybook:calendar_feeds on pg
BEGIN;

SELECT user_id, secret_hash, created_at FROM daybook.calendar_feeds WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity AND relowner = 'daybook_owner'::regrole
		FROM pg_class WHERE oid = 'daybook.calendar_feeds'::regclass), 'row-level security';
	ASSERT (SELECT count(*) = 2 FROM pg_policies WHERE schemaname = 'daybook' AND tablename = 'calendar_feeds'
		AND policyname IN ('own', 'auth')), 'policies';
	ASSERT (SELECT prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL
			AND has_function_privilege('daybook_app', oid, 'EXECUTE')
		FROM pg_proc WHERE oid = 'daybook.begin_feed_request(bytea)'::regprocedure), 'function';
	ASSERT NOT has_column_privilege('daybook_app', 'daybook.calendar_feeds', 'secret_hash', 'SELECT')
		AND has_column_privilege('daybook_app', 'daybook.calendar_feeds', 'created_at', 'SELECT')
		AND has_column_privilege('daybook_app', 'daybook.calendar_feeds', 'secret_hash', 'INSERT')
		AND has_column_privilege('daybook_app', 'daybook.calendar_feeds', 'secret_hash', 'UPDATE')
		AND has_table_privilege('daybook_app', 'daybook.calendar_feeds', 'DELETE'), 'rights of daybook_app';
END
$$;

ROLLBACK;
