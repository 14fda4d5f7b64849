-- Verify daybook:rate_limits on pg
BEGIN;

SELECT scope, key, window_started_at, window_ends_at, expires_at, count, strikes
FROM daybook.rate_limits WHERE false;

DO $$
BEGIN
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity AND relowner = 'daybook_owner'::regrole
		FROM pg_class WHERE oid = 'daybook.rate_limits'::regclass), 'row-level security';
	ASSERT NOT has_any_column_privilege('daybook_app', 'daybook.rate_limits',
		'SELECT, INSERT, UPDATE'), 'daybook_app must have no rights on it';
	ASSERT (SELECT count(*) = 2 FROM pg_proc
		WHERE oid IN ('daybook.take_attempt(text,text,int,int)'::regprocedure,
				'daybook.forget_attempts(text,text)'::regprocedure)
			AND prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL), 'functions';
	ASSERT daybook.take_attempt('verify', 'x', 1, 60) = 0
		AND daybook.take_attempt('verify', 'x', 1, 60) BETWEEN 59 AND 60, 'take_attempt';
	PERFORM daybook.forget_attempts('verify', 'x');
	ASSERT daybook.take_attempt('verify', 'x', 1, 60) = 0, 'forget_attempts';
END
$$;

ROLLBACK;
