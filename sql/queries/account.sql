-- account.sql: what the links of mails do, before or without a login. Functions of the schema compare the tokens.

-- account_request_reset(email text, client text, email_count int, email_window_s int, client_count int,
--     client_window_s int)
-- Notes that somebody wants a new password; how long the client has to wait, or 0.
SELECT request_reset(:email, :client, :email_count, :email_window_s, :client_count, :client_window_s) AS _wait_s;

-- account_find_reset(user_id uuid, hash text) reads
-- Whom a token lets choose a new password.
SELECT email AS _email, username AS _username, name AS _name FROM find_reset(:user_id, decode(:hash, 'hex'));

-- account_reset_password(user_id uuid, hash text, new_hash text, network text)
-- Stores the new password, and ends all sessions; whether the token was good.
SELECT reset_password(:user_id, decode(:hash, 'hex'), :new_hash, :network) AS _done;

-- account_confirm_address(user_id uuid, hash text)
-- Confirms the address that a link was sent to; no row if the token is not good.
SELECT {user_row} FROM confirm_address(:user_id, decode(:hash, 'hex'));

-- account_request_verification(max_count int, window_s int)
-- Sends the link of an address that is not confirmed once more; how long to wait, or 0.
SELECT request_verification(:max_count, :window_s) AS _wait_s;

-- account_unsubscribe(user_id uuid, hash text)
-- Turns the mails about tasks off; whether the token was good.
SELECT unsubscribe(:user_id, decode(:hash, 'hex')) AS _done;
