-- requests.sql: what the library itself asks, on the way of any request; and what all lists share.

-- Orders by time, which every list of resources has besides others.

-- fragment time_key
created_at::text AS _key    --? sort_by=created_at
updated_at::text AS _key    --? sort_by=updated_at

-- fragment after_time
AND (created_at, id) > (:after_key::timestamptz, :after_id)    --? after_id, sort_by=created_at, sort_order=asc
AND (created_at, id) < (:after_key::timestamptz, :after_id)    --? after_id, sort_by=created_at, sort_order=desc
AND (updated_at, id) > (:after_key::timestamptz, :after_id)    --? after_id, sort_by=updated_at, sort_order=asc
AND (updated_at, id) < (:after_key::timestamptz, :after_id)    --? after_id, sort_by=updated_at, sort_order=desc

-- fragment time_order
ORDER BY created_at, id              --? sort_by=created_at, sort_order=asc
ORDER BY created_at DESC, id DESC    --? sort_by=created_at, sort_order=desc
ORDER BY updated_at, id              --? sort_by=updated_at, sort_order=asc
ORDER BY updated_at DESC, id DESC    --? sort_by=updated_at, sort_order=desc

-- request_name_session(session_id uuid) reads
-- The first statement of a transaction: of all rows, that of this session is seen, if it lives.
SELECT set_config('app.user_id', '', true) AS _nobody,
       set_config('app.session_id', :session_id::text, true) AS _session;

-- request_begin(user_id uuid, session_id uuid) reads
-- The second one: if the session lives and is this user's there is a row, and the user's rows are seen.
SELECT set_config('app.user_id', user_id::text, true) AS _user,
       CASE WHEN last_used_at < now() - interval '60 s' THEN touch_session(user_id, id) END AS _touched
FROM sessions WHERE user_id = :user_id AND id = :session_id;

-- request_begin_foreign(user_id uuid, email text) reads
-- The first one for a user of another issuer, who is made at first sight; no row if the address belongs
-- to somebody else here, or the id to an account of this server.
SELECT FROM begin_foreign_request(:user_id, :email) AS outcome WHERE outcome = 'ok';

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
