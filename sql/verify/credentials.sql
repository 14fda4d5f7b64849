-- Verify daybook:credentials on pg
BEGIN;

SELECT user_id, password_hash, changed_at FROM daybook.credentials WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity AND relowner = 'daybook_owner'::regrole
		FROM pg_class WHERE oid = 'daybook.credentials'::regclass), 'row-level security';
	ASSERT (SELECT roles = '{daybook_auth}' FROM pg_policies
		WHERE schemaname = 'daybook' AND tablename = 'credentials'), 'policies';
	ASSERT NOT has_any_column_privilege('daybook_app', 'daybook.credentials',
			'SELECT, INSERT, UPDATE')
		AND NOT has_table_privilege('daybook_app', 'daybook.credentials', 'DELETE, TRUNCATE'),
		'daybook_app must have no rights on it';
	ASSERT (SELECT count(*) = 1 FROM pg_constraint WHERE conrelid = 'daybook.credentials'::regclass
		AND conname = 'credentials_password_hash_check'), 'constraints';
END
$$;

ROLLBACK;
