-- Deploy daybook:rate_limits to pg
-- requires: helpers
-- Attempts counted for all workers alike: the first max_count of a window pass. A window in which
-- more were tried is a strike, and each strike in a row doubles the next window, to 15 minutes at
-- most. One window without any attempt forgets the strikes: nobody is locked out for good.
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE TABLE daybook.rate_limits (
	scope text COLLATE "C" NOT NULL,
	key text COLLATE "C" NOT NULL,
	window_started_at timestamptz NOT NULL,
	window_ends_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL, -- from then on the row means nothing
	count int NOT NULL,              -- max_count + 1: more were tried
	strikes int NOT NULL,
	PRIMARY KEY (scope, key)
);

CREATE INDEX rate_limits_expires_at ON daybook.rate_limits (expires_at);

ALTER TABLE daybook.rate_limits ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY auth ON daybook.rate_limits TO daybook_auth USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON daybook.rate_limits TO daybook_auth;

GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- Counts one attempt. 0: it may go on; else the seconds to wait. The count stands when the
-- transaction commits, so this is called in one of its own, before the work that it guards.
CREATE FUNCTION daybook.take_attempt(scope text, key text, max_count int, window_s int) RETURNS int
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	moment timestamptz;
	size interval := make_interval(secs => window_s);
	spent daybook.rate_limits;
BEGIN
	-- A flood that is refused anyway writes nothing and waits for nobody.
	SELECT r.* INTO spent FROM daybook.rate_limits AS r
	WHERE r.scope = take_attempt.scope AND r.key = take_attempt.key;
	moment := clock_timestamp(); -- not before the window that was read began
	IF spent.count > max_count AND spent.window_ends_at > moment THEN
		RETURN greatest(1, ceil(extract(epoch FROM spent.window_ends_at - moment)))::int;
	END IF;

	LOOP
		SELECT r.* INTO spent FROM daybook.rate_limits AS r
		WHERE r.scope = take_attempt.scope AND r.key = take_attempt.key FOR UPDATE;
		EXIT WHEN FOUND;
		INSERT INTO daybook.rate_limits AS r
		VALUES (scope, key, moment, moment + size, moment + 2 * size, 1, 0)
		ON CONFLICT DO NOTHING;
		IF FOUND THEN
			-- Each new row takes some dead ones along, so the table holds little more than the living.
			DELETE FROM daybook.rate_limits AS r WHERE (r.scope, r.key) IN (
				SELECT d.scope, d.key FROM daybook.rate_limits AS d WHERE d.expires_at < moment
				ORDER BY d.expires_at LIMIT 4 FOR UPDATE SKIP LOCKED);
			RETURN 0;
		END IF;
	END LOOP;

	moment := clock_timestamp(); -- the lock may have taken its time
	IF spent.window_ends_at <= moment THEN
		spent.strikes := CASE WHEN spent.count > max_count AND spent.expires_at > moment
			THEN least(spent.strikes + 1, 16) ELSE 0 END;
		size := make_interval(secs => least(window_s * 2.0 ^ spent.strikes, greatest(900, window_s)));
		UPDATE daybook.rate_limits AS r
		SET window_started_at = moment, window_ends_at = moment + size,
			expires_at = moment + 2 * size, count = 1, strikes = spent.strikes
		WHERE r.scope = take_attempt.scope AND r.key = take_attempt.key;
		RETURN 0;
	END IF;
	IF spent.count <= max_count THEN
		UPDATE daybook.rate_limits AS r SET count = spent.count + 1
		WHERE r.scope = take_attempt.scope AND r.key = take_attempt.key;
	END IF;
	IF spent.count < max_count THEN
		RETURN 0;
	END IF;
	RETURN greatest(1, ceil(extract(epoch FROM spent.window_ends_at - moment)))::int;
END
$$;

-- After a success: what was counted is forgotten.
CREATE FUNCTION daybook.forget_attempts(scope text, key text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM daybook.rate_limits AS r
	WHERE r.scope = forget_attempts.scope AND r.key = forget_attempts.key;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.take_attempt(text, text, int, int),
	daybook.forget_attempts(text, text) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
