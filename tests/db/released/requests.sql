-- requests.sql of release v0.1.0, as its workers send it: fragments in their places, `:name` a parameter.
-- A line that ends in `--? a, b=word` is sent only when a is given and b is that word.

-- request_begin(user_id uuid, session_id uuid)
SELECT set_config('app.user_id', user_id::text, true) AS _user,
CASE WHEN last_used_at < now() - interval '60 s' THEN touch_session(user_id, id) END AS _touched
FROM (SELECT set_config('app.user_id', '', true),
set_config('app.session_id', :session_id::text, true)::uuid AS session_id OFFSET 0) AS token,
LATERAL (SELECT user_id, id, last_used_at FROM sessions
WHERE user_id = :user_id AND id = token.session_id OFFSET 0) AS session;

-- request_begin_foreign(user_id uuid, email text)
SELECT FROM begin_foreign_request(:user_id, :email) AS outcome WHERE outcome = 'ok';

-- request_exists_elsewhere(resource text, id uuid)
SELECT exists_elsewhere(:resource, :id) AS _exists;

-- request_claim_key(route text, key text, body_hash bytea)
SELECT outcome AS _outcome, status AS _status, head AS _head, body AS _body
FROM claim_idempotency_key(:route, :key, :body_hash::bytea);

-- request_store_answer(route text, key text, body_hash bytea, status int, head text, body text)
SELECT store_idempotency_answer(:route, :key, :body_hash::bytea, :status::int, :head, :body) AS _done;
