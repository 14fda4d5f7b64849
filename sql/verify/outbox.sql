-- Verify daybook:outbox on pg
BEGIN;

DO $$
BEGIN
	PERFORM user_id, id, kind, recipient, state, attempt, refusals, due_at, lease_until, expires_at, code, error,
		created_at, sent_at FROM daybook.outbox;
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = 'daybook.outbox'::regclass), 'wall';
	ASSERT has_table_privilege('daybook_jobs', 'daybook.outbox', 'UPDATE')
		AND NOT has_table_privilege('daybook_app', 'daybook.outbox', 'SELECT')
		AND NOT has_table_privilege('daybook_login', 'daybook.outbox', 'SELECT'), 'rights';
	ASSERT daybook.mail_life('reset_password') = interval '1 hour', 'mail_life';
	ASSERT NOT has_function_privilege('daybook_app', 'daybook.queue_mail(uuid,text,text)', 'EXECUTE'), 'queue_mail';
	ASSERT 2 = (SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid IN
		('daybook.outbox_due'::regclass, 'daybook.outbox_created_at'::regclass)), 'indexes';
END
$$;

ROLLBACK;
