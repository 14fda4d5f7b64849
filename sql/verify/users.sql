-- Verify daybook:users on pg
BEGIN;

SELECT id, email, username, name, timezone, email_verified, version, created_at, updated_at
FROM daybook.users WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity AND relowner = 'daybook_owner'::regrole
		FROM pg_class WHERE oid = 'daybook.users'::regclass), 'row-level security';
	ASSERT (SELECT count(*) = 2 FROM pg_policies WHERE schemaname = 'daybook' AND tablename = 'users'
		AND qual IS NOT NULL AND with_check IS NOT NULL), 'policies';
	ASSERT (SELECT count(*) = 2 FROM pg_index
		WHERE indisunique AND indexrelid IN ('daybook.users_email_key'::regclass,
			'daybook.users_username_key'::regclass)), 'unique indexes';
	ASSERT (SELECT count(*) = 5 FROM pg_constraint
		WHERE conrelid = 'daybook.users'::regclass
			AND conname IN ('users_email_check', 'users_username_check', 'users_name_check',
				'users_version_check', 'users_timezone_fkey')), 'constraints';
	ASSERT has_column_privilege('daybook_app', 'daybook.users', 'name', 'UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.users', 'email', 'UPDATE')
		AND NOT has_table_privilege('daybook_app', 'daybook.users', 'INSERT, DELETE, TRUNCATE'),
		'rights of daybook_app';
END
$$;

ROLLBACK;
