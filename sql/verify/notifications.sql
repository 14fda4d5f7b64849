-- Verify daybook:notifications on pg
BEGIN;

DO $$
BEGIN
	PERFORM user_id, id, task_id, type, occasion, message, read, mail_id, sent_at, created_at, deleted_at,
		change_epoch, change_xid
	FROM daybook.notifications;
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class
		WHERE oid = 'daybook.notifications'::regclass), 'wall';
	ASSERT (SELECT indnullsnotdistinct FROM pg_index
		WHERE indexrelid = 'daybook.notifications_occasion_key'::regclass), 'the memory of what was told';
	ASSERT 4 = (SELECT count(*) FROM pg_trigger WHERE tgrelid = 'daybook.notifications'::regclass
		AND tgname IN ('stamp_change', 'keep_deletions', 'keep_forgotten',
			'count_bytes')), 'triggers';
	ASSERT 6 = (SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid = ANY (ARRAY[
		'daybook.notifications_created_at', 'daybook.notifications_unread', 'daybook.notifications_mail',
		'daybook.notifications_id', 'daybook.notifications_age', 'daybook.notifications_change']::regclass[])), 'indexes';
	ASSERT has_column_privilege('daybook_app', 'daybook.notifications', 'read', 'UPDATE')
		AND NOT has_column_privilege('daybook_app', 'daybook.notifications', 'type', 'UPDATE')
		AND NOT has_table_privilege('daybook_app', 'daybook.notifications', 'DELETE'), 'rights';
	ASSERT 'Pay rent is due on Friday, 27 November 2026 17:00' = daybook.notification_message(
		'DEADLINE_APPROACHING', 'Pay rent', '2026-11-27T16:00Z', NULL, 'Europe/Berlin'), 'notification_message';
	ASSERT daybook.occasion_of('2026-11-27T22:59Z', '2026-11-27') = '2026-11-27T00:00Z', 'occasion_of';
	ASSERT position('DISTINCT' IN pg_get_functiondef('daybook.exists_elsewhere(text,uuid)'::regprocedure)) > 0,
		'exists_elsewhere';
	ASSERT 3 = (SELECT count(*) FROM pg_policy WHERE polname = 'jobs' AND polcmd = 'r' AND polrelid IN
		('daybook.users'::regclass, 'daybook.tasks'::regclass, 'daybook.projects'::regclass)), 'policies';
	ASSERT has_column_privilege('daybook_jobs', 'daybook.tasks', 'title', 'SELECT')
		AND NOT has_column_privilege('daybook_jobs', 'daybook.tasks', 'description', 'SELECT')
		AND NOT has_column_privilege('daybook_jobs', 'daybook.users', 'name', 'SELECT'), 'columns';
END
$$;

ROLLBACK;
