-- Deploy daybook:login to pg
-- requires: credentials
-- requires: sessions
BEGIN;

SET LOCAL ROLE daybook_owner;
GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- Whose password is to be compared; no row for an unknown address or a user without a password.
CREATE FUNCTION daybook.find_login(email text) RETURNS TABLE (user_id uuid, password_hash text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT c.user_id, c.password_hash
	FROM daybook.users AS u JOIN daybook.credentials AS c ON c.user_id = u.id
	WHERE daybook.fold(u.email) COLLATE "C" = daybook.fold(find_login.email) COLLATE "C";
END
$$;

-- Opens a session, stores the password's new hash if there is one (a higher cost), and sweeps the
-- user's sessions that ended long ago. No row when the user is gone, or when checked_hash, the hash
-- that the password was compared with, is given and no longer current: a login that was under way
-- while the password was changed must not get in.
CREATE FUNCTION daybook.start_session(user_id uuid, session_id uuid, user_agent text, ip text,
		lifetime_s int, new_password_hash text, checked_hash text DEFAULT NULL)
	RETURNS TABLE (email text, created_at timestamptz, expires_at timestamptz)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	current_hash text;
BEGIN
	SELECT c.password_hash INTO current_hash FROM daybook.credentials AS c
	WHERE c.user_id = start_session.user_id FOR UPDATE;
	IF current_hash IS DISTINCT FROM coalesce(checked_hash, current_hash) THEN
		RETURN;
	END IF;
	IF new_password_hash IS NOT NULL THEN
		UPDATE daybook.credentials AS c SET password_hash = new_password_hash
		WHERE c.user_id = start_session.user_id;
	END IF;
	DELETE FROM daybook.sessions AS s
	WHERE s.user_id = start_session.user_id
		AND least(s.revoked_at, s.expires_at) < now() - interval '30 days';
	RETURN QUERY
	WITH opened AS (
		INSERT INTO daybook.sessions AS s (user_id, id, user_agent, ip, expires_at)
		SELECT u.id, session_id, left(start_session.user_agent, 256),
			nullif(start_session.ip, '')::inet, now() + make_interval(secs => lifetime_s)
		FROM daybook.users AS u WHERE u.id = start_session.user_id
		RETURNING s.user_id, s.created_at, s.expires_at)
	SELECT u.email, o.created_at, o.expires_at
	FROM opened AS o JOIN daybook.users AS u ON u.id = o.user_id;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.find_login(text),
	daybook.start_session(uuid, uuid, text, text, int, text, text) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
