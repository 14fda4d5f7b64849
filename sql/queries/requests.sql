-- requests.sql: what the library itself asks, on the way of any request.

-- request_begin(user_id uuid, session_id uuid) reads
-- The first statement of a request. The inner SELECT names the session, which makes its row visible while
-- it lives (policy "named"); if it is this user's there is a row, and from now on the user's rows are seen.
-- LATERAL and OFFSET 0 see to it that the name comes first, whatever the plan.
SELECT set_config('app.user_id', user_id::text, true) AS _user,
       CASE WHEN last_used_at < now() - interval '60 s' THEN touch_session(user_id, id) END AS _touched
FROM (SELECT set_config('app.user_id', '', true),
             set_config('app.session_id', :session_id::text, true)::uuid AS session_id OFFSET 0) AS token,
     LATERAL (SELECT user_id, id, last_used_at FROM sessions
              WHERE user_id = :user_id AND id = token.session_id OFFSET 0) AS session;

-- request_begin_foreign(user_id uuid, email text) reads
-- The first one for a user of another issuer, who is made at first sight; no row if the address belongs
-- to somebody else here, or the id to an account of this server.
SELECT FROM begin_foreign_request(:user_id, :email) AS outcome WHERE outcome = 'ok';

-- request_take_turn(patience_ms int) reads waits
-- Takes one of the user's turns at what may take long; it ends with the transaction.
SELECT take_turn(:patience_ms) AS _done;

-- request_schema_has(change text) reads
-- Whether the schema is at least the one that the program was built for.
SELECT schema_has(:change) AS _ok;

-- request_exists_elsewhere(resource text, id uuid) reads
-- Whether somebody has a row with this id.
SELECT exists_elsewhere(:resource, :id) AS _exists;

-- request_claim_key(route text, key text, body_hash bytea)
-- What is known of an Idempotency-Key: fresh, replay with its answer, mismatch, or in_flight.
SELECT outcome AS _outcome, status AS _status, head AS _head, body AS _body
FROM claim_idempotency_key(:route, :key, :body_hash);

-- request_store_answer(route text, key text, body_hash bytea, status int, head text, body text)
-- Keeps the answer of a fresh key for its next use.
SELECT store_idempotency_answer(:route, :key, :body_hash, :status, :head, :body) AS _done;

-- request_sweep_answers() many
-- Deletes stored answers that are older than a day; whether more are left.
SELECT sweep_stored_answers() AS _more;
