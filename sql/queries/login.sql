-- login.sql: sessions begin, before a user is known, through functions of the schema that show no more
-- than they must.

-- login_take_attempt(email text, client text, network text, account_count int, account_window_s int,
--     client_count int, client_window_s int)
-- Counts an attempt under every limit; how long to wait before the next, or 0 when this one is allowed.
SELECT take_login_attempt(:email, :client, :network, :account_count, :account_window_s, :client_count,
                          :client_window_s) AS _wait_s;

-- login_find(email text) reads
-- The user behind an address and the hash to compare, nulls for a stranger; and the cost of the dearest hash.
SELECT user_id AS _user, password_hash AS _hash, cost AS _cost FROM find_credentials(:email);

-- login_open_session(user_id uuid, checked_hash text, session_id uuid, agent text, ip text, network text,
--     lifetime_s int, new_hash text)
-- Opens a session; no row when the password was changed since it was compared.
SELECT email AS _email
FROM open_session(:user_id, :checked_hash, :session_id, :agent, :ip, :network, :lifetime_s, :new_hash);
