-- Verify daybook:schema on pg
BEGIN;

DO $$
DECLARE
	name text;
BEGIN
	ASSERT (SELECT nspowner = 'daybook_owner'::regrole FROM pg_namespace WHERE nspname = 'daybook'),
		'daybook_owner must own the schema';
	FOREACH name IN ARRAY ARRAY['daybook_auth', 'daybook_app', 'daybook_jobs'] LOOP
		ASSERT has_schema_privilege(name, 'daybook', 'USAGE')
			AND NOT has_schema_privilege(name, 'daybook', 'CREATE'),
			format('%s must be able to use the schema and nothing more', name);
	END LOOP;
	ASSERT (SELECT count(*) = 2 FROM pg_default_acl
		WHERE defaclrole IN ('daybook_owner'::regrole, 'daybook_auth'::regrole)
			AND defaclobjtype = 'f' AND NOT defaclacl::text ~ '[{,]='),
		'new functions must be closed to PUBLIC';
END
$$;

ROLLBACK;
