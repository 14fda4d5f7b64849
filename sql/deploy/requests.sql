-- Deploy daybook:requests to pg
-- requires: sessions
BEGIN;

SET LOCAL ROLE daybook_owner;
GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- The first statement of every request. True: the session lives, and for the rest of this
-- transaction row-level security shows the user's rows. False: nobody's rows are shown.
CREATE FUNCTION daybook.begin_request(user_id uuid, session_id uuid) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	used_at timestamptz;
	setting text;
BEGIN
	SELECT s.last_used_at INTO used_at FROM daybook.sessions AS s
	WHERE s.user_id = begin_request.user_id AND s.id = session_id
		AND s.revoked_at IS NULL AND s.expires_at > now();
	IF NOT FOUND THEN
		setting := set_config('app.user_id', '', true);
		RETURN false;
	END IF;
	-- Once a minute is enough for a list of sessions, and only by whoever need not wait for it.
	IF used_at < now() - interval '60 s' THEN
		UPDATE daybook.sessions AS s SET last_used_at = now()
		FROM (SELECT FROM daybook.sessions AS l
			WHERE l.user_id = begin_request.user_id AND l.id = session_id
			FOR NO KEY UPDATE SKIP LOCKED) AS locked
		WHERE s.user_id = begin_request.user_id AND s.id = session_id;
	END IF;
	setting := set_config('app.user_id', user_id::text, true);
	RETURN true;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.begin_request(uuid, uuid) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
