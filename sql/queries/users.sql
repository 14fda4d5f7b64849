-- users.sql: the profile.

-- fragment user_columns
id, email, pending_email, username, name, timezone, email_verified, version, created_at, updated_at

-- fragment user_tag
entity_tag(etag, id, id, created_at, version)

-- fragment user_row
{user_columns}, {user_tag} AS _etag

-- user_get() reads
-- The user's own row.
SELECT {user_row} FROM users WHERE id = current_user_id();

-- user_faults(username text, timezone text) reads
-- What of it the user cannot have: a row for each member, and whether somebody else has it.
SELECT field AS _field, taken AS _taken FROM profile_faults(:username, :timezone);

-- user_update(sent text[], username text, name text, timezone text) many guarded
-- Changes the members that were sent. In another zone many tasks may be due at another moment.
UPDATE users
SET username = merge('username', :sent, :username, username),
    name = merge('name', :sent, :name, name),
    timezone = merge('timezone', :sent, :timezone, timezone)
WHERE id = current_user_id()
  {is_fresh:{user_tag}}
RETURNING {user_row};

-- user_ask_email(email text) guarded
-- Notes the address that is to be the user's, and tells both; no row, or false, if the user is not as it must be.
SELECT ask_my_email(:email, version) AS _done FROM users
WHERE id = current_user_id()
  {is_fresh:{user_tag}};

-- user_delete() guarded
-- Ends the account with everything in it; no row if the user is not as it must be.
SELECT delete_my_account() AS _done FROM users
WHERE id = current_user_id()
  {is_fresh:{user_tag}};
