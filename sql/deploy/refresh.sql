-- Deploy daybook:refresh to pg
-- requires: sessions
BEGIN;

SET LOCAL ROLE daybook_owner;
GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- Moves the session to its next refresh token. outcome:
--   ok       counter is that of the token to give: the next one, or the current one when the token
--            before it comes within grace_s (two tabs, a lost answer)
--   reused   an older token, or one that was never given: somebody copied it; the session is revoked
--   revoked  the session is gone, revoked or expired
CREATE FUNCTION daybook.refresh_session(user_id uuid, session_id uuid, counter int, grace_s int,
		lifetime_s int)
	RETURNS TABLE (outcome text, new_counter int, email text)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	session daybook.sessions;
BEGIN
	outcome := 'revoked';
	SELECT s.* INTO session FROM daybook.sessions AS s
	WHERE s.user_id = refresh_session.user_id AND s.id = session_id
		AND s.revoked_at IS NULL AND s.expires_at > now()
	FOR UPDATE;
	IF NOT FOUND THEN
		RETURN NEXT;
		RETURN;
	END IF;
	SELECT u.email INTO email FROM daybook.users AS u WHERE u.id = session.user_id;
	IF counter = session.refresh_counter THEN
		outcome := 'ok';
		new_counter := counter + 1;
		UPDATE daybook.sessions AS s
		SET refresh_counter = new_counter, refreshed_at = now(), last_used_at = now(),
			expires_at = now() + make_interval(secs => lifetime_s)
		WHERE s.user_id = session.user_id AND s.id = session.id;
	ELSIF counter = session.refresh_counter - 1
		AND session.refreshed_at >= now() - make_interval(secs => grace_s) THEN
		outcome := 'ok';
		new_counter := session.refresh_counter;
	ELSE
		outcome := 'reused';
		UPDATE daybook.sessions AS s SET revoked_at = now(), revoked_reason = 'refresh_reuse'
		WHERE s.user_id = session.user_id AND s.id = session.id;
	END IF;
	RETURN NEXT;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.refresh_session(uuid, uuid, int, int, int) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
