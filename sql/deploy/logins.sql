-- Deploy daybook:logins to pg
-- requires: login_role
-- requires: rate_limits
-- requires: login
-- Logging in: attempts are counted so that a flood from one network locks nobody out, and a session
-- begins for whoever has had the hash of the password. find_login() and start_session() stay for workers
-- of the version before.

-- Which cost is the dearest in use. An attempt that was broken off may have left it half made.
SET ROLE daybook_owner;
SET client_min_messages = warning;
DROP INDEX IF EXISTS daybook.credentials_cost;
CREATE INDEX CONCURRENTLY credentials_cost ON daybook.credentials (substr(password_hash, 5, 2));
RESET client_min_messages;
RESET ROLE;

BEGIN;

SET LOCAL ROLE daybook_owner;

-- What attempts on an account are counted under, whether or not there is one.
CREATE FUNCTION daybook.account_key(email text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN encode(sha256(convert_to(daybook.fold(email), 'UTF8')), 'hex');

GRANT EXECUTE ON FUNCTION daybook.account_key(text) TO daybook_auth;

GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- How long to wait where no more attempts pass; counts nothing.
CREATE FUNCTION daybook.attempt_wait(scope text, key text, max_count int) RETURNS int
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(max(ceil(extract(epoch FROM r.window_ends_at - clock_timestamp()))), 0)::int
	FROM daybook.rate_limits AS r
	WHERE r.scope = attempt_wait.scope AND r.key = attempt_wait.key AND r.count >= max_count
		AND r.window_ends_at > clock_timestamp();
$$;

-- Whether the user of this address had a session from there in the last 30 days.
CREATE FUNCTION daybook.was_there(email text, network text) RETURNS boolean
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (
		SELECT FROM daybook.users AS u JOIN daybook.sessions AS s ON s.user_id = u.id
		WHERE daybook.fold(u.email) COLLATE "C" = daybook.fold(was_there.email) COLLATE "C"
			AND s.ip <<= network::cidr AND s.last_used_at > now() - interval '30 days');
END
$$;

-- Counts one attempt to log in, from a client in a network; null where these are unknown. 0: it may go on,
-- else the seconds to wait. What one limit refuses does not count for the next:
--   login_address   client_count in a window from the client, on whatever accounts
--   login_here      account_count in a window on the account from the network
--   login_anywhere  ten times as many in sixty windows on the account from all networks together. Of these
--                   one network has a share of two times account_count (login_share), so it takes several to
--                   use them up; and a network in which the user has been is left out.
-- A count of 0 switches its limit off. As with take_attempt(), the transaction must commit.
CREATE FUNCTION daybook.take_login_attempt(email text, client text, network text, account_count int,
		account_window_s int, client_count int, client_window_s int) RETURNS int
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	account CONSTANT text := daybook.account_key(email);
	here CONSTANT text := concat_ws(' ', network, account);
	wait_s int := 0;
BEGIN
	IF client_count > 0 AND client IS NOT NULL THEN
		wait_s := daybook.take_attempt('login_address', client, client_count, client_window_s);
	END IF;
	IF wait_s > 0 OR account_count = 0 THEN
		RETURN wait_s;
	END IF;
	wait_s := daybook.take_attempt('login_here', here, account_count, account_window_s);
	IF wait_s > 0 OR daybook.was_there(email, network) THEN
		RETURN wait_s;
	END IF;
	IF daybook.take_attempt('login_share', here, 2 * account_count, 60 * account_window_s) > 0 THEN
		RETURN daybook.attempt_wait('login_anywhere', account, 10 * account_count);
	END IF;
	RETURN daybook.take_attempt('login_anywhere', account, 10 * account_count, 60 * account_window_s);
END
$$;

-- Whose password is to be compared: nulls for an unknown address or a user without a password. `cost` is
-- the dearest of all hashes: whoever spends less on somebody unknown tells him apart.
CREATE FUNCTION daybook.find_credentials(email text)
	RETURNS TABLE (user_id uuid, password_hash text, cost int)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT c.user_id, c.password_hash INTO user_id, password_hash
	FROM daybook.users AS u JOIN daybook.credentials AS c ON c.user_id = u.id
	WHERE daybook.fold(u.email) COLLATE "C" = daybook.fold(find_credentials.email) COLLATE "C";
	SELECT max(substr(c.password_hash, 5, 2)) INTO cost FROM daybook.credentials AS c;
	RETURN NEXT;
END
$$;

-- Opens a session for whoever knows the user's hash, which the password was compared with. No row when it
-- is no longer current: a login that was under way while the password was changed must not get in. Stores
-- the hash of another cost if there is one, forgets the attempts that were counted, ends the sessions
-- unused longest where a user would have more than 100, and sweeps those that ended long ago.
CREATE FUNCTION daybook.open_session(user_id uuid, checked_hash text, session_id uuid, user_agent text,
		ip text, network text, lifetime_s int, new_hash text)
	RETURNS TABLE (email text, created_at timestamptz, expires_at timestamptz)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	account text;
BEGIN
	PERFORM FROM daybook.credentials AS c
	WHERE c.user_id = open_session.user_id AND c.password_hash = checked_hash FOR UPDATE;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	UPDATE daybook.credentials AS c SET password_hash = new_hash
	WHERE c.user_id = open_session.user_id AND new_hash IS NOT NULL;

	SELECT u.email, daybook.account_key(u.email) INTO email, account
	FROM daybook.users AS u WHERE u.id = open_session.user_id;
	PERFORM daybook.forget_attempts(f.scope, f.key)
	FROM (VALUES ('login_here', concat_ws(' ', network, account)),
		('login_share', concat_ws(' ', network, account)), ('login_anywhere', account)) AS f (scope, key);

	DELETE FROM daybook.sessions AS s
	WHERE s.user_id = open_session.user_id
		AND least(s.revoked_at, s.expires_at) < now() - interval '30 days';
	UPDATE daybook.sessions AS s SET revoked_at = now(), revoked_reason = 'too_many'
	WHERE s.user_id = open_session.user_id AND s.id IN (
		SELECT l.id FROM daybook.sessions AS l
		WHERE l.user_id = open_session.user_id AND l.revoked_at IS NULL AND l.expires_at > now()
		ORDER BY l.last_used_at DESC, l.id DESC OFFSET 99);
	INSERT INTO daybook.sessions AS s (user_id, id, user_agent, ip, expires_at)
	VALUES (open_session.user_id, session_id, left(open_session.user_agent, 256), open_session.ip::inet,
		now() + make_interval(secs => lifetime_s))
	RETURNING s.created_at, s.expires_at INTO created_at, expires_at;
	RETURN NEXT;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.take_login_attempt(text, text, text, int, int, int, int),
	daybook.find_credentials(text), daybook.open_session(uuid, text, uuid, text, text, text, int, text)
	TO daybook_login, daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
