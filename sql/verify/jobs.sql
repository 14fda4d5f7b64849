-- Verify daybook:jobs on pg
BEGIN;

DO $$
BEGIN
	PERFORM name, period_s, due_at, known_since, last_ok_at, last_error_at, last_error, failures FROM daybook.jobs;
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = 'daybook.jobs'::regclass), 'wall';
	ASSERT has_table_privilege('daybook_jobs', 'daybook.jobs', 'UPDATE')
		AND NOT has_table_privilege('daybook_app', 'daybook.jobs', 'SELECT'), 'rights';
END
$$;

ROLLBACK;
