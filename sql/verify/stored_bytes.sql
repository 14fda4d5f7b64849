-- Verify daybook:stored_bytes on pg
BEGIN;

SELECT user_id, part, bytes FROM daybook.stored_bytes WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class
		WHERE oid = 'daybook.stored_bytes'::regclass), 'row-level security';
	ASSERT 1 = (SELECT count(*) FROM pg_policies WHERE schemaname = 'daybook' AND tablename = 'stored_bytes'
		AND policyname = 'auth'), 'policy';
	ASSERT 7 <= (SELECT count(*) FROM pg_trigger WHERE tgfoid = 'daybook.count_bytes()'::regprocedure), 'triggers';
	ASSERT 14 <= (SELECT count(*) FROM pg_proc WHERE pronamespace = 'daybook'::regnamespace
		AND proname IN ('row_bytes', 'row_hash') AND has_function_privilege('daybook_app', oid, 'EXECUTE')
		AND has_function_privilege('daybook_auth', oid, 'EXECUTE')), 'row_bytes and row_hash';
	ASSERT 1 = (SELECT count(*) FROM pg_proc WHERE oid = 'daybook.add_stored_bytes(uuid, bigint)'::regprocedure
		AND prosecdef AND proowner = 'daybook_auth'::regrole), 'add_stored_bytes';
	ASSERT daybook.sampled(daybook.sample_bytes(), 0) = daybook.sample_bytes(), 'sampled';
	ASSERT has_table_privilege('daybook_app', 'daybook.stored_bytes', 'SELECT')
		AND NOT has_table_privilege('daybook_app', 'daybook.stored_bytes', 'UPDATE'), 'rights of daybook_app';
END
$$;

ROLLBACK;
