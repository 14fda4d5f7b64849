-- Verify daybook:login on pg
BEGIN;

DO $$
DECLARE
	opened record;
BEGIN
	ASSERT (SELECT count(*) = 2 FROM pg_proc
		WHERE oid IN ('daybook.find_login(text)'::regprocedure,
				'daybook.start_session(uuid,uuid,text,text,int,text,text)'::regprocedure)
			AND prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL), 'functions';
	ASSERT NOT EXISTS (SELECT FROM daybook.find_login('nobody@login.invalid')), 'find_login';
	SELECT * INTO opened
	FROM daybook.start_session(gen_random_uuid(), gen_random_uuid(), 'verify', '::1', 60, NULL);
	ASSERT NOT FOUND, 'a session of nobody';
END
$$;

ROLLBACK;
