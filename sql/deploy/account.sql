-- Deploy daybook:account to pg
-- requires: credentials
-- requires: sessions
-- What a logged-in user does to the account itself; each acts on current_user_id() alone.
BEGIN;

SET LOCAL ROLE daybook_owner;
GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- Null for a user without a password.
CREATE FUNCTION daybook.my_password_hash() RETURNS text
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT c.password_hash FROM daybook.credentials AS c
		WHERE c.user_id = daybook.current_user_id());
END
$$;

-- Stores the hash and ends the user's other sessions. False: nobody, or a user without a password.
CREATE FUNCTION daybook.change_my_password(new_hash text, keep_session uuid) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE daybook.credentials AS c SET password_hash = new_hash, changed_at = now()
	WHERE c.user_id = daybook.current_user_id();
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	UPDATE daybook.sessions AS s SET revoked_at = now(), revoked_reason = 'password_changed'
	WHERE s.user_id = daybook.current_user_id() AND s.id IS DISTINCT FROM keep_session
		AND s.revoked_at IS NULL;
	RETURN true;
END
$$;

-- Deletes the user with everything that hangs on it. False: there was nobody.
CREATE FUNCTION daybook.delete_my_account() RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM daybook.users AS u WHERE u.id = daybook.current_user_id();
	RETURN FOUND;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.my_password_hash(), daybook.change_my_password(text, uuid),
	daybook.delete_my_account() TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
