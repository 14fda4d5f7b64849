-- Verify daybook:roles on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT count(*) = 4 FROM pg_roles
		WHERE rolname IN ('daybook_owner', 'daybook_auth', 'daybook_app', 'daybook_jobs')),
		'a role is missing';
	ASSERT (SELECT bool_and(rolcanlogin = (rolname IN ('daybook_app', 'daybook_jobs'))
			AND NOT (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication))
		FROM pg_roles
		WHERE rolname IN ('daybook_owner', 'daybook_auth', 'daybook_app', 'daybook_jobs')),
		'a role may do too much, or may not log in';
	ASSERT NOT EXISTS (SELECT FROM pg_auth_members
		WHERE member IN ('daybook_app'::regrole, 'daybook_jobs'::regrole)),
		'the workers and the jobs must not be members of other roles';
	ASSERT pg_has_role('daybook_owner', 'USAGE') AND pg_has_role('daybook_auth', 'USAGE'),
		'the migrating role must be a member of daybook_owner and daybook_auth';
END
$$;

ROLLBACK;
