-- Verify daybook:login_role on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT rolcanlogin
			AND NOT (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
		FROM pg_roles WHERE rolname = 'daybook_login'), 'the role may do too much, or may not log in';
	ASSERT NOT EXISTS (SELECT FROM pg_auth_members WHERE member = 'daybook_login'::regrole),
		'the role must not be a member of others';
	ASSERT has_schema_privilege('daybook_login', 'daybook', 'USAGE')
		AND NOT has_schema_privilege('daybook_login', 'daybook', 'CREATE'), 'schema';
	ASSERT (SELECT bool_and(has_function_privilege('daybook_login', f, 'EXECUTE'))
		FROM unnest(ARRAY['daybook.create_account(uuid,text,text,text,text,text)',
			'daybook.take_attempt(text,text,int,int)', 'daybook.my_password_hash()',
			'daybook.change_my_password(text,uuid)', 'daybook.delete_my_account()']) AS f), 'functions';
	ASSERT 2 = (SELECT count(*) FROM pg_policy WHERE polroles = ARRAY['daybook_login'::regrole::oid]
		AND polcmd = 'r' AND (polname, polrelid) IN (('login_named', 'daybook.sessions'::regclass),
			('login_own', 'daybook.users'::regclass))), 'policies';
END
$$;

ROLLBACK;
