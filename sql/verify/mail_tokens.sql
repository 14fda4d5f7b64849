-- Verify daybook:mail_tokens on pg
BEGIN;

DO $$
BEGIN
	PERFORM user_id, token_hash, purpose, email, expires_at, used_at FROM daybook.mail_tokens;
	PERFORM id, email, created_at FROM daybook.reset_requests;
	PERFORM pending_email, mail_failed_at, mail_failed_reason FROM daybook.users;
	ASSERT (SELECT bool_and(relrowsecurity AND relforcerowsecurity) FROM pg_class
		WHERE oid IN ('daybook.mail_tokens'::regclass, 'daybook.reset_requests'::regclass)), 'wall';
	ASSERT (SELECT bool_and(NOT has_table_privilege(r, t, 'SELECT'))
		FROM unnest('{daybook_app,daybook_login}'::text[]) AS r,
			unnest('{daybook.mail_tokens,daybook.reset_requests}'::text[]) AS t), 'rights';
	ASSERT has_column_privilege('daybook_auth', 'daybook.users', 'email', 'UPDATE')
		AND has_column_privilege('daybook_jobs', 'daybook.users', 'pending_email', 'SELECT'), 'columns';
END
$$;

ROLLBACK;
