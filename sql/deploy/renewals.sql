-- Deploy daybook:renewals to pg
-- requires: refresh
-- requires: text_keys
-- A lost answer of a refresh ends no session. refresh_session() stays for workers of the version before.
BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.sessions'); END $$;
ALTER TABLE daybook.sessions ADD COLUMN renewed_ip inet; -- to which the current tokens were given

GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- What is given for the session's refresh token with this number. outcome:
--   ok       the tokens with the number new_counter: the next ones, or once more the current ones when
--            those of this number are a step behind. These may have been lost until the current refresh
--            token is used, and grace_s longer. `elsewhere`: the current ones went to another network.
--   reused   an older token, or one that was never given: somebody copied it, and the session ends
--   expired  nobody has refreshed for too long
--   revoked  the session is gone or was ended
CREATE FUNCTION daybook.renew_session(user_id uuid, session_id uuid, counter int, ip text, network text,
		grace_s int, lifetime_s int)
	RETURNS TABLE (outcome text, new_counter int, email text, elsewhere boolean)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	session daybook.sessions;
	steps_behind int;
BEGIN
	SELECT s.* INTO session FROM daybook.sessions AS s
	WHERE s.user_id = renew_session.user_id AND s.id = session_id FOR UPDATE;
	SELECT u.email INTO email FROM daybook.users AS u WHERE u.id = session.user_id;
	steps_behind := session.refresh_counter - counter;
	elsewhere := false;

	IF session.id IS NULL OR session.revoked_at IS NOT NULL THEN
		outcome := 'revoked';
	ELSIF session.expires_at <= now() THEN
		outcome := 'expired';
	ELSIF steps_behind = 0 THEN
		outcome := 'ok';
		new_counter := counter + 1;
		UPDATE daybook.sessions AS s
		SET refresh_counter = new_counter, refreshed_at = now(), last_used_at = now(),
			expires_at = now() + make_interval(secs => lifetime_s), renewed_ip = renew_session.ip::inet
		WHERE s.user_id = session.user_id AND s.id = session.id;
	ELSIF steps_behind = 1
		OR steps_behind = 2 AND session.refreshed_at >= now() - make_interval(secs => grace_s) THEN
		outcome := 'ok';
		new_counter := session.refresh_counter;
		elsewhere := coalesce(NOT coalesce(session.renewed_ip, session.ip) <<= network::cidr, false);
	ELSE
		outcome := 'reused';
		UPDATE daybook.sessions AS s SET revoked_at = now(), revoked_reason = 'refresh_reuse'
		WHERE s.user_id = session.user_id AND s.id = session.id;
	END IF;
	RETURN NEXT;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.renew_session(uuid, uuid, int, text, text, int, int) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
