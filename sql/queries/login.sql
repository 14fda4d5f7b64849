-- login.sql: sessions begin, before a user is known, through functions of the schema that show no more
-- than they must.

-- login_find(email text) reads
-- The user behind an address and the hash to compare; no row for a stranger.
SELECT user_id AS _user, password_hash AS _hash FROM find_login(:email);

-- login_start_session(user_id uuid, session_id uuid, agent text, ip text, lifetime_s int, new_hash text, checked_hash text)
-- Opens a session; no row when the password was changed since it was compared.
SELECT email AS _email
FROM start_session(:user_id, :session_id, :agent, :ip, :lifetime_s, :new_hash, :checked_hash);

-- login_forget_attempts(scope text, keys text[])
-- A success forgets what was counted under these keys.
SELECT forget_attempts(:scope, key) AS _done FROM unnest(:keys) AS key;
