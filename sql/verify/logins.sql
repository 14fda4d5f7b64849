-- Verify daybook:logins on pg
BEGIN;

DO $$
DECLARE
	looked_up record;
BEGIN
	ASSERT (SELECT count(*) = 3 FROM pg_proc
		WHERE oid IN ('daybook.take_login_attempt(text,text,text,int,int,int,int)'::regprocedure,
				'daybook.find_credentials(text)'::regprocedure,
				'daybook.open_session(uuid,text,uuid,text,text,text,int,text)'::regprocedure)
			AND prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL
			AND has_function_privilege('daybook_login', oid, 'EXECUTE')), 'functions';
	SELECT * INTO looked_up FROM daybook.find_credentials('nobody@login.invalid');
	ASSERT looked_up.user_id IS NULL AND looked_up.password_hash IS NULL, 'find_credentials';
	SELECT * INTO looked_up FROM daybook.open_session(gen_random_uuid(), '', gen_random_uuid(), 'verify', '::1',
		'::/64', 60, NULL);
	ASSERT NOT FOUND, 'a session of nobody';
	ASSERT 0 = daybook.take_login_attempt('nobody@login.invalid', '::1', '::/64', 1, 60, 1, 60), 'attempts';
	ASSERT to_regclass('daybook.credentials_cost') IS NOT NULL, 'index';
END
$$;

ROLLBACK;
