-- Verify daybook:idempotency on pg
BEGIN;

SELECT user_id, route, key, body_hash, status, head, body, created_at
FROM daybook.idempotency_keys WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity AND relowner = 'daybook_owner'::regrole
		FROM pg_class WHERE oid = 'daybook.idempotency_keys'::regclass), 'row-level security';
	ASSERT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'daybook' AND tablename = 'idempotency_keys'
		AND policyname = 'own' AND qual IS NOT NULL AND with_check IS NOT NULL), 'policies';
	ASSERT (SELECT split_part(indexdef, 'USING btree ', 2) = '(user_id, created_at)' FROM pg_indexes
		WHERE schemaname = 'daybook' AND indexname = 'idempotency_keys_created_at'), 'index';
	ASSERT has_table_privilege('daybook_app', 'daybook.idempotency_keys', 'SELECT')
		AND has_table_privilege('daybook_app', 'daybook.idempotency_keys', 'DELETE')
		AND has_column_privilege('daybook_app', 'daybook.idempotency_keys', 'body', 'INSERT')
		AND NOT has_column_privilege('daybook_app', 'daybook.idempotency_keys', 'created_at', 'INSERT')
		AND NOT has_any_column_privilege('daybook_app', 'daybook.idempotency_keys', 'UPDATE')
		AND has_function_privilege('daybook_app',
			'daybook.store_idempotency_answer(text, text, bytea, int, text, text)', 'EXECUTE'),
		'rights of daybook_app';
	ASSERT (SELECT outcome = 'fresh' FROM daybook.claim_idempotency_key('verify', 'verify', '')),
		'claim_idempotency_key';
END
$$;

ROLLBACK;
