-- Deploy daybook:roles to pg
-- Whoever migrates is a superuser, or a role with CREATEROLE that may create schemas in this
-- database (managed PostgreSQL). Roles belong to the whole cluster: one that exists is taken as it
-- is, and the verify script says whether it is fit.
--   daybook_owner  owns the schema; migrations SET ROLE to it
--   daybook_auth   owns the SECURITY DEFINER functions, which have policies of their own
--   daybook_app    the workers
--   daybook_jobs   the jobs
BEGIN;

DO $$
DECLARE
	wanted record;
BEGIN
	FOR wanted IN
		VALUES ('daybook_owner', 'NOLOGIN'), ('daybook_auth', 'NOLOGIN'),
			('daybook_app', 'LOGIN'), ('daybook_jobs', 'LOGIN')
	LOOP
		BEGIN
			EXECUTE format('CREATE ROLE %I %s', wanted.column1, wanted.column2);
		EXCEPTION
			-- unique_violation: another database of this cluster is being migrated just now.
			WHEN duplicate_object OR unique_violation THEN
				NULL;
		END;
	END LOOP;
	IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
		GRANT daybook_owner, daybook_auth TO CURRENT_USER;
	END IF;
END
$$;

COMMIT;
