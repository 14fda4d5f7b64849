-- Deploy daybook:named_sessions to pg
-- requires: requests
-- A request's session is checked by a plain statement (sql/queries/requests.sql), which costs less than
-- begin_request(). That one stays for workers of the version before, until they are replaced.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- The session that the request's token names; null outside a request.
CREATE FUNCTION daybook.current_session_id() RETURNS uuid
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN nullif(current_setting('app.session_id', true), '')::uuid;
GRANT EXECUTE ON FUNCTION daybook.current_session_id() TO daybook_app;

-- Before its user is known, a request sees this one row, and only while the session lives.
CREATE POLICY named ON daybook.sessions FOR SELECT TO daybook_app
	USING (id = daybook.current_session_id() AND revoked_at IS NULL AND expires_at > now());

GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- Notes that a session is in use, unless somebody else holds its row: a request does not wait for that.
CREATE FUNCTION daybook.touch_session(user_id uuid, session_id uuid) RETURNS void
	LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
	UPDATE daybook.sessions AS s SET last_used_at = now()
	FROM (SELECT FROM daybook.sessions AS l
		WHERE l.user_id = touch_session.user_id AND l.id = session_id
		FOR NO KEY UPDATE SKIP LOCKED) AS locked
	WHERE s.user_id = touch_session.user_id AND s.id = session_id;
$$;

GRANT EXECUTE ON FUNCTION daybook.touch_session(uuid, uuid) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
