-- Deploy daybook:idempotency to pg
-- requires: users
-- Answers kept under the keys that clients chose, for 24 hours. The key, the change and the answer are
-- one transaction: a request that died left nothing.
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE TABLE daybook.idempotency_keys (
	user_id uuid NOT NULL REFERENCES daybook.users (id) ON DELETE CASCADE,
	route text COLLATE "C" NOT NULL,
	key text COLLATE "C" NOT NULL,
	body_hash bytea NOT NULL,
	status int NOT NULL,
	head text NOT NULL,
	body text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (user_id, route, key),
	CONSTRAINT idempotency_keys_key_check CHECK (length(key) BETWEEN 1 AND 128),
	CONSTRAINT idempotency_keys_status_check CHECK (status BETWEEN 200 AND 499)
);

CREATE INDEX idempotency_keys_created_at ON daybook.idempotency_keys (user_id, created_at);

ALTER TABLE daybook.idempotency_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON daybook.idempotency_keys TO daybook_app
	USING (user_id = daybook.current_user_id()) WITH CHECK (user_id = daybook.current_user_id());

GRANT SELECT, DELETE, INSERT (user_id, route, key, body_hash, status, head, body)
	ON daybook.idempotency_keys TO daybook_app;

-- What is known of a key. outcome:
--   fresh      nothing; it is held to the end of this transaction, which does the work and stores the
--              answer
--   replay     the answer of the same request
--   mismatch   the answer of a request with another body
--   in_flight  another transaction holds it
CREATE FUNCTION daybook.claim_idempotency_key(route text, key text, body_hash bytea)
	RETURNS TABLE (outcome text, status int, head text, body text)
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	me uuid := daybook.current_user_id();
	since timestamptz := now() - interval '24 h';
	held boolean := false;
BEGIN
	-- Looks before it takes the lock, so that replays do not meet, and again under it: the holder may
	-- have stored its answer in between.
	LOOP
		SELECT CASE WHEN k.body_hash = claim_idempotency_key.body_hash THEN 'replay' ELSE 'mismatch' END,
			k.status, k.head, k.body INTO outcome, status, head, body
		FROM daybook.idempotency_keys AS k
		WHERE k.user_id = me AND k.route = claim_idempotency_key.route
			AND k.key = claim_idempotency_key.key AND k.created_at > since;
		EXIT WHEN FOUND OR held;
		held := pg_try_advisory_xact_lock(hashtextextended(format('key %s %s %s', me, route, key), 0));
		IF NOT held THEN
			outcome := 'in_flight';
			EXIT;
		END IF;
	END LOOP;
	IF outcome IS NULL THEN
		outcome := 'fresh';
		DELETE FROM daybook.idempotency_keys AS k
		WHERE k.user_id = me AND k.route = claim_idempotency_key.route
			AND k.key = claim_idempotency_key.key;
		-- Each new key takes some dead ones along, unless another one is at it.
		IF pg_try_advisory_xact_lock(hashtextextended(format('dead keys %s', me), 0)) THEN
			DELETE FROM daybook.idempotency_keys AS k
			WHERE k.user_id = me AND (k.route, k.key) IN (
				SELECT d.route, d.key FROM daybook.idempotency_keys AS d
				WHERE d.user_id = me AND d.created_at <= since ORDER BY d.created_at LIMIT 4);
		END IF;
	END IF;
	IF outcome = 'mismatch' THEN
		status := NULL;
		head := NULL;
		body := NULL;
	END IF;
	RETURN NEXT;
END
$$;

-- Keeps the answer under the key that this transaction has claimed.
CREATE FUNCTION daybook.store_idempotency_answer(route text, key text, body_hash bytea, status int,
		head text, body text)
	RETURNS void
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO daybook.idempotency_keys (user_id, route, key, body_hash, status, head, body)
	VALUES (daybook.current_user_id(), route, key, body_hash, status, head, body);
END
$$;

GRANT EXECUTE ON FUNCTION daybook.claim_idempotency_key(text, text, bytea),
	daybook.store_idempotency_answer(text, text, bytea, int, text, text) TO daybook_app;

COMMIT;
