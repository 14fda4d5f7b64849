-- auth.sql of release v0.1.0, as its workers send it: fragments in their places, `:name` a parameter.
-- A line that ends in `--? a, b=word` is sent only when a is given and b is that word.

-- auth_register(id uuid, email text, username text, name text, timezone text, hash text)
SELECT id, email, username, name, timezone, email_verified, version, created_at, updated_at
FROM register_user(:id, :email, :username, :name, coalesce(:timezone, 'UTC'), :hash);

-- auth_take_attempt(scope text, key text, max_count int, window_s int)
SELECT take_attempt(:scope, :key, :max_count::int, :window_s::int) AS _wait_s;

-- auth_logout(session_id uuid, scope text)
UPDATE sessions SET revoked_at = now(), revoked_reason = 'logout'
WHERE user_id = current_user_id() AND revoked_at IS NULL
AND id = :session_id    --? scope=this
AND id <> :session_id    --? scope=others
RETURNING id;

-- auth_my_password()
SELECT my_password_hash() AS _hash;

-- auth_change_password(hash text, keep_session uuid)
SELECT change_my_password(:hash, :keep_session) AS _done;
