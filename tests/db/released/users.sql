-- users.sql of release v0.1.0, as its workers send it: fragments in their places, `:name` a parameter.
-- A line that ends in `--? a, b=word` is sent only when a is given and b is that word.

-- user_get()
SELECT
id, email, username, name, timezone, email_verified, version, created_at, updated_at
FROM users WHERE id = current_user_id();

-- user_update(if_match text[], version bigint, sent text[], username text, name text, timezone text)
UPDATE users
SET username = merge('username', :sent, :username, username),
name = merge('name', :sent, :name, name),
timezone = merge('timezone', :sent, :timezone, timezone)
WHERE id = current_user_id()
AND version::text = ANY (:if_match)    --? if_match
AND version = :version    --? version
RETURNING
id, email, username, name, timezone, email_verified, version, created_at, updated_at
;

-- user_delete()
SELECT delete_my_account() AS _done;
