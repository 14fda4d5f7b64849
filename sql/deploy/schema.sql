-- Deploy daybook:schema to pg
-- requires: roles
-- The schema, and what nobody may do unless it is granted by name.
BEGIN;

DO $$
BEGIN
	IF current_setting('server_encoding') <> 'UTF8' THEN
		RAISE 'the database must be encoded in UTF8, not %', current_setting('server_encoding');
	END IF;
END
$$;

CREATE SCHEMA daybook AUTHORIZATION daybook_owner;

-- A function can be executed by everybody from birth; here it needs a grant.
SET LOCAL ROLE daybook_owner;
GRANT USAGE ON SCHEMA daybook TO daybook_auth, daybook_app, daybook_jobs;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
SET LOCAL ROLE daybook_auth;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
RESET ROLE;

-- No place for anybody to put a table, a temporary one included. Both belong to the owner of the
-- database; where that is somebody else, they stay as they are.
DO $$
BEGIN
	EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
	REVOKE ALL ON SCHEMA public FROM PUBLIC;
EXCEPTION
	WHEN insufficient_privilege OR invalid_schema_name THEN
		RAISE NOTICE 'the rights of PUBLIC stay as they are: %', SQLERRM;
END
$$;

COMMIT;
