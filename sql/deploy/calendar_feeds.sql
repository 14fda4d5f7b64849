-- Deploy daybook:calendar_feeds to pg
-- requires: users
-- requires: text_keys
-- requires: turns
-- The calendar feed of a user. Its address is its key, so only a digest of that is kept, and no role of a
-- worker can read it.
BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
CREATE TABLE daybook.calendar_feeds (
	user_id uuid NOT NULL REFERENCES daybook.users (id) ON DELETE CASCADE,
	secret_hash bytea NOT NULL, -- SHA-256 of the last part of the address
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (user_id),
	CONSTRAINT calendar_feeds_secret_hash_key UNIQUE (secret_hash),
	CONSTRAINT calendar_feeds_secret_hash_check CHECK (length(secret_hash) = 32)
);

ALTER TABLE daybook.calendar_feeds ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON daybook.calendar_feeds TO daybook_app
	USING (user_id = daybook.current_user_id()) WITH CHECK (user_id = daybook.current_user_id());
CREATE POLICY auth ON daybook.calendar_feeds FOR SELECT TO daybook_auth USING (true);

GRANT SELECT (user_id, created_at), INSERT (user_id, secret_hash), UPDATE (secret_hash, created_at), DELETE
	ON daybook.calendar_feeds TO daybook_app;
GRANT SELECT (user_id, secret_hash) ON daybook.calendar_feeds TO daybook_auth;

GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- The first statement for a feed's reader, who has no token. When there is such a feed, row-level security
-- shows its user's rows for the rest of this transaction.
CREATE FUNCTION daybook.begin_feed_request(secret_hash bytea) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	owner CONSTANT uuid := (SELECT f.user_id FROM daybook.calendar_feeds AS f
		WHERE f.secret_hash = begin_feed_request.secret_hash);
BEGIN
	PERFORM set_config('app.user_id', coalesce(owner::text, ''), true);
	RETURN owner IS NOT NULL;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.begin_feed_request(bytea) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
