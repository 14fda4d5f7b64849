-- Deploy daybook:registration to pg
-- requires: credentials
BEGIN;

SET LOCAL ROLE daybook_owner;
GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- Makes a user with a password; answers the row. What is taken or unknown fails on users_email_key,
-- users_username_key or users_timezone_fkey.
CREATE FUNCTION daybook.register_user(new_id uuid, new_email text, new_username text, new_name text,
		new_timezone text, password_hash text)
	RETURNS TABLE (id uuid, email text, username text, name text, timezone text,
		email_verified boolean, version int, created_at timestamptz, updated_at timestamptz)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	INSERT INTO daybook.users AS u (id, email, username, name, timezone)
	VALUES (new_id, new_email, new_username, new_name, new_timezone)
	RETURNING u.id, u.email, u.username, u.name, u.timezone, u.email_verified, u.version,
		u.created_at, u.updated_at;
	INSERT INTO daybook.credentials VALUES (new_id, password_hash);
END
$$;

GRANT EXECUTE ON FUNCTION daybook.register_user(uuid, text, text, text, text, text) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
