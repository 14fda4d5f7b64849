-- Verify daybook:changes on pg
BEGIN;

SELECT epoch, identity, nonce, secret, began_at FROM daybook.change_epochs WHERE false;
SELECT user_id, type, id, change_epoch, change_xid, deleted_at FROM daybook.deletions WHERE false;

DO $$
BEGIN
	ASSERT 6 <= (SELECT count(*) FROM information_schema.columns
		WHERE table_schema = 'daybook' AND table_name <> 'deletions' AND column_name = 'change_xid'
			AND udt_name = 'xid8' AND is_nullable = 'NO'), 'columns';
	ASSERT 6 <= (SELECT count(*) FROM pg_trigger WHERE tgfoid = 'daybook.stamp_change()'::regprocedure),
		'stamp_change';
	ASSERT 5 <= (SELECT count(*) FROM pg_trigger WHERE tgfoid = 'daybook.keep_deletions()'::regprocedure),
		'keep_deletions';
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class
		WHERE oid = 'daybook.deletions'::regclass), 'row-level security';
	ASSERT 2 = (SELECT count(*) FROM pg_policies WHERE schemaname = 'daybook' AND tablename = 'deletions'
		AND policyname IN ('own', 'auth')), 'policies';
	ASSERT 2 = (SELECT count(*) FROM pg_indexes WHERE schemaname = 'daybook'
		AND indexname IN ('deletions_change', 'deletions_deleted_at')), 'indexes';
	ASSERT 4 = (SELECT count(*) FROM pg_proc WHERE pronamespace = 'daybook'::regnamespace AND prosecdef
		AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL
		AND proname IN ('keep_deletions', 'sweep_deletions', 'change_clock', 'begin_change_epoch')), 'functions';
	ASSERT NOT has_column_privilege('daybook_app', 'daybook.change_epochs', 'secret', 'SELECT')
		AND has_column_privilege('daybook_app', 'daybook.change_epochs', 'epoch', 'SELECT')
		AND has_table_privilege('daybook_app', 'daybook.deletions', 'SELECT')
		AND has_function_privilege('daybook_app', 'daybook.change_from(text, text, uuid)', 'EXECUTE'),
		'rights of daybook_app';
	ASSERT EXISTS (SELECT FROM daybook.change_epochs), 'epoch';
END
$$;

ROLLBACK;
