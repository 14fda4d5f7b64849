-- Verify daybook:account_faults on pg
BEGIN;

DO $$
BEGIN
	ASSERT 2 = (SELECT count(*) FROM pg_proc
		WHERE oid IN ('daybook.account_faults(text,text,text)'::regprocedure,
				'daybook.profile_faults(text,text)'::regprocedure)
			AND prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL), 'functions';
	ASSERT (SELECT array_agg(field) = '{timezone}'
		FROM daybook.account_faults('nobody@faults.invalid', NULL, 'Mars/Olympus')), 'account_faults';
END
$$;

ROLLBACK;
