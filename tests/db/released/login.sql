-- login.sql of release v0.1.0, as its workers send it: fragments in their places, `:name` a parameter.
-- A line that ends in `--? a, b=word` is sent only when a is given and b is that word.

-- login_find(email text)
SELECT user_id AS _user, password_hash AS _hash FROM find_login(:email);

-- login_start_session(user_id uuid, session_id uuid, agent text, ip text, lifetime_s int, new_hash text, checked_hash text)
SELECT email AS _email
FROM start_session(:user_id, :session_id, :agent, :ip, :lifetime_s::int, :new_hash, :checked_hash);

-- login_forget_attempts(scope text, keys text[])
SELECT forget_attempts(:scope, key) AS _done FROM unnest(:keys) AS key;

-- login_refresh(user_id uuid, session_id uuid, counter int, grace_s int, lifetime_s int)
SELECT outcome AS _outcome, new_counter AS _counter, email AS _email
FROM refresh_session(:user_id, :session_id, :counter::int, :grace_s::int, :lifetime_s::int);
