-- Verify daybook:preferences on pg
BEGIN;

DO $$
BEGIN
	PERFORM user_id, email_notifications, deadline_threshold, deadline_approaching, overdue, reminder, version, etag,
		created_at, updated_at, change_epoch, change_xid FROM daybook.preferences;
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class
		WHERE oid = 'daybook.preferences'::regclass), 'wall';
	ASSERT has_column_privilege('daybook_app', 'daybook.preferences', 'overdue', 'UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.preferences', 'version', 'UPDATE')
		AND NOT has_table_privilege('daybook_jobs', 'daybook.preferences', 'UPDATE'), 'rights';
	ASSERT daybook.threshold_interval('1w') = interval '7 days', 'threshold_interval';
	ASSERT 2 = (SELECT count(*) FROM pg_trigger WHERE tgrelid = 'daybook.preferences'::regclass
		AND tgname IN ('touch_row', 'stamp_change')), 'triggers';
END
$$;

ROLLBACK;
