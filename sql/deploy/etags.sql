-- Deploy daybook:etags to pg
-- requires: moods
-- requires: journals
-- requires: task_groups
-- requires: text_keys
-- Entity tags that never come twice: a random one for each write of a row. A version counts from 1 in
-- every row, so it is the same for two users, and for two rows that had one id after each other.
SET ROLE daybook_owner;

-- Rows from before have none until they are written; entity_tag() makes one for them. One table at a time:
-- whoever held two could wait for somebody who waits for the other.
DO $$
DECLARE
	target regclass;
BEGIN
	FOREACH target IN ARRAY '{daybook.users,daybook.tasks,daybook.projects,daybook.categories,daybook.moods,daybook.journals}'::regclass[]
	LOOP
		PERFORM daybook.claim_table(target);
		EXECUTE format('ALTER TABLE %s ADD COLUMN IF NOT EXISTS etag uuid', target);
		EXECUTE format('ALTER TABLE %s ALTER COLUMN etag SET DEFAULT gen_random_uuid()', target);
		COMMIT;
	END LOOP;
END
$$;

BEGIN;

-- The entity tag of a row. One that was not written since there are tags is told by its owner, its
-- birth and its version.
CREATE FUNCTION daybook.entity_tag(etag uuid, user_id uuid, id uuid, born timestamptz, version int)
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN coalesce(etag::text, md5(concat_ws(' ', user_id, id, extract(epoch FROM born), version)));

GRANT EXECUTE ON FUNCTION daybook.entity_tag(uuid, uuid, uuid, timestamptz, int)
	TO daybook_auth, daybook_app, daybook_jobs;

-- Trigger BEFORE UPDATE: the row gets its next version, another tag, and the time of the change, also
-- when it is written as it was: whoever counts versions counts writes, so a lost one shows. The time
-- never goes back: now() is when the transaction began, and another one may have come in between.
-- A migration that fills a new column sets app.backfill to 'on': that is no change of the row. Triggers
-- run in the order of their names; every table calls this one last.
CREATE OR REPLACE FUNCTION daybook.touch_row() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF current_setting('app.backfill', true) IS DISTINCT FROM 'on' THEN
		NEW.version := OLD.version + 1;
		NEW.etag := gen_random_uuid();
		NEW.updated_at := greatest(now(), OLD.updated_at);
	END IF;
	RETURN NEW;
END
$$;

GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- Makes a user with a password, and answers the row. What is taken or unknown fails on users_email_key,
-- users_username_key or users_timezone_fkey. register_user() stays for workers of the version before.
CREATE FUNCTION daybook.create_account(id uuid, email text, username text, name text, timezone text,
		password_hash text)
	RETURNS SETOF daybook.users
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	INSERT INTO daybook.users AS u (id, email, username, name, timezone)
	VALUES (create_account.id, create_account.email, create_account.username, create_account.name,
		create_account.timezone)
	RETURNING u.*;
	INSERT INTO daybook.credentials VALUES (create_account.id, password_hash);
END
$$;

GRANT EXECUTE ON FUNCTION daybook.create_account(uuid, text, text, text, text, text) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
