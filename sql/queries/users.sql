-- users.sql: the profile.

-- fragment user_columns
id, email, username, name, timezone, email_verified, version, created_at, updated_at

-- fragment my_timezone
(SELECT u.timezone FROM users AS u WHERE u.id = current_user_id())

-- fragment my_clock
clock AS MATERIALIZED (
    SELECT timezone AS zone, now() AT TIME ZONE timezone AS now, (now() AT TIME ZONE timezone)::date AS today
    FROM users WHERE id = current_user_id())

-- user_get() reads
-- The user's own row.
SELECT {user_columns} FROM users WHERE id = current_user_id();

-- user_update(if_match text[], version bigint, sent text[], username text, name text, timezone text)
-- Changes the members that were sent.
UPDATE users
SET username = merge('username', :sent, :username, username),
    name = merge('name', :sent, :name, name),
    timezone = merge('timezone', :sent, :timezone, timezone)
WHERE id = current_user_id()
  AND version::text = ANY (:if_match)    --? if_match
  AND version = :version                 --? version
RETURNING {user_columns};

-- user_delete()
-- Ends the account with everything in it.
SELECT delete_my_account() AS _done;
