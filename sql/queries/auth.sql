-- auth.sql: accounts before and while somebody is logged in. What happens before a user is known goes
-- through functions of the schema that show no more than they must.

-- auth_register(id uuid, email text, username text, name text, timezone text, hash text)
-- Makes a user with a password.
SELECT id, email, username, name, timezone, email_verified, version, created_at, updated_at
FROM register_user(:id, :email, :username, :name, coalesce(:timezone, 'UTC'), :hash);

-- auth_take_attempt(scope text, key text, max_count int, window_s int)
-- Counts an attempt; how long to wait before the next, or 0 when this one is allowed.
SELECT take_attempt(:scope, :key, :max_count, :window_s) AS _wait_s;

-- auth_forget_attempts(scope text, keys text[])
-- A success forgets what was counted under these keys.
SELECT forget_attempts(:scope, key) AS _done FROM unnest(:keys) AS key;

-- auth_find_login(email text) reads
-- The user behind an address and the hash to compare; no row for a stranger.
SELECT user_id AS _user, password_hash AS _hash FROM find_login(:email);

-- auth_start_session(user_id uuid, session_id uuid, agent text, ip text, lifetime_s int, new_hash text, checked_hash text)
-- Opens a session; no row when the password was changed since it was compared.
SELECT email AS _email
FROM start_session(:user_id, :session_id, :agent, :ip, :lifetime_s, :new_hash, :checked_hash);

-- auth_refresh(user_id uuid, session_id uuid, counter int, grace_s int, lifetime_s int)
-- Moves a session to its next refresh token, or ends it when an old one comes again.
SELECT outcome AS _outcome, new_counter AS _counter, email AS _email
FROM refresh_session(:user_id, :session_id, :counter, :grace_s, :lifetime_s);

-- auth_logout(session_id uuid, scope text)
-- Ends this session, the others, or all.
UPDATE sessions SET revoked_at = now(), revoked_reason = 'logout'
WHERE user_id = current_user_id() AND revoked_at IS NULL
  AND id = :session_id     --? scope=this
  AND id <> :session_id    --? scope=others
RETURNING id;

-- auth_my_password() reads
-- The user's own hash; null for one who has no password.
SELECT my_password_hash() AS _hash;

-- auth_change_password(hash text, keep_session uuid)
-- Stores a new hash and ends the other sessions.
SELECT change_my_password(:hash, :keep_session) AS _done;
