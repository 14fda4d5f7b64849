-- Verify daybook:imports on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT NOT (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb
			OR rolreplication) AND rolinherit
		FROM pg_roles WHERE rolname = 'daybook_import'), 'the role may do too much';
	ASSERT (SELECT array_agg(roleid::regrole::text) = '{daybook_app}' FROM pg_auth_members
		WHERE member = 'daybook_import'::regrole), 'the role must be a member of daybook_app alone';
	ASSERT (SELECT prosecdef AND proowner = 'daybook_import'::regrole AND proconfig IS NOT NULL
			AND has_function_privilege('daybook_app', oid, 'EXECUTE')
		FROM pg_proc WHERE oid = 'daybook.import_rows(text,text[],jsonb,jsonb,boolean)'::regprocedure),
		'import_rows';
	ASSERT has_function_privilege('daybook_app', 'daybook.begin_import(int)', 'EXECUTE'), 'begin_import';
	ASSERT has_column_privilege('daybook_import', 'daybook.tasks', 'completed_at', 'INSERT')
		AND NOT has_column_privilege('daybook_app', 'daybook.tasks', 'completed_at', 'INSERT'), 'columns';
	ASSERT (SELECT bool_and(has_column_privilege('daybook_import', t, 'version', 'UPDATE')
			AND NOT has_column_privilege('daybook_app', t, 'version', 'UPDATE'))
		FROM unnest('{tasks,projects,categories,moods,journals}'::text[]) AS n,
			LATERAL (SELECT ('daybook.' || n)::regclass::oid AS t) AS c), 'versions';
	ASSERT position('daybook_import' IN pg_get_functiondef('daybook.touch_row()'::regprocedure)) > 0,
		'touch_row';
END
$$;

ROLLBACK;
