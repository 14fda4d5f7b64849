-- auth.sql: an account's beginning, passwords and attempts. What happens before a
-- user is known goes through functions of the schema that show no more than they must.

-- auth_register(id uuid, email text, username text, name text, timezone text, hash text, mail bool)
-- Makes a user with a password; with `mail` the address is asked whether it is the user's.
SELECT {user_row}
FROM create_account(:id, :email, :username, :name, coalesce(:timezone, 'UTC'), :hash, :mail);

-- auth_faults(email text, username text, timezone text) reads
-- What of it cannot be had: a row for each member, and whether somebody else has it.
SELECT field AS _field, taken AS _taken FROM account_faults(:email, :username, :timezone);

-- auth_take_attempt(scope text, key text, max_count int, window_s int)
-- Counts an attempt; how long to wait before the next, or 0 when this one is allowed.
SELECT take_attempt(:scope, :key, :max_count, :window_s) AS _wait_s;

-- auth_my_password() reads
-- The user's own hash; null for one who has no password.
SELECT my_password_hash() AS _hash;

-- auth_change_password(hash text, keep_session uuid, mail bool)
-- Stores a new hash and ends the other sessions; with `mail` the user is told.
SELECT change_my_password(:hash, :keep_session, :mail) AS _done;
