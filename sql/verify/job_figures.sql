-- Verify daybook:job_figures on pg
BEGIN;

DO $$
BEGIN
	ASSERT daybook.job_state() IN ('none', 'ok', 'late'), 'job_state';
	ASSERT EXISTS (SELECT FROM daybook.job_figures() AS f WHERE f.metric = 'outbox_oldest_seconds'), 'job_figures';
	ASSERT daybook.sweep_dead_rows(0) >= 0, 'sweep_dead_rows';
	ASSERT (SELECT count(*) = 3 FROM pg_proc WHERE oid = ANY (ARRAY['daybook.job_state()', 'daybook.job_figures()',
			'daybook.sweep_dead_rows(int)']::regprocedure[])
		AND prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL), 'functions';
	ASSERT has_function_privilege('daybook_app', 'daybook.job_state()', 'EXECUTE')
		AND NOT has_function_privilege('daybook_app', 'daybook.sweep_dead_rows(int)', 'EXECUTE'), 'rights';
END
$$;

ROLLBACK;
