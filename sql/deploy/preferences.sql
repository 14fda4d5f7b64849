-- Deploy daybook:preferences to pg
-- requires: users
-- requires: etags
-- requires: changes
-- What a user wants to be told, and how. The row is made at the first change: without one all is as the
-- defaults say.
BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
CREATE TABLE daybook.preferences (
	user_id uuid PRIMARY KEY REFERENCES daybook.users (id) ON DELETE CASCADE,
	email_notifications boolean NOT NULL DEFAULT true,
	deadline_threshold text COLLATE "C" NOT NULL DEFAULT '24h',
	deadline_approaching boolean NOT NULL DEFAULT true,
	overdue boolean NOT NULL DEFAULT true,
	reminder boolean NOT NULL DEFAULT true,
	version int NOT NULL DEFAULT 1,
	etag uuid,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	change_epoch int NOT NULL DEFAULT 0,
	change_xid xid8 NOT NULL DEFAULT '0',
	CONSTRAINT preferences_deadline_threshold_check CHECK (deadline_threshold IN ('24h', '48h', '1w')),
	CONSTRAINT preferences_version_check CHECK (version >= 1)
);

CREATE TRIGGER touch_row BEFORE UPDATE ON daybook.preferences
	FOR EACH ROW EXECUTE FUNCTION daybook.touch_row();
CREATE TRIGGER stamp_change BEFORE INSERT OR UPDATE ON daybook.preferences
	FOR EACH ROW EXECUTE FUNCTION daybook.stamp_change();

ALTER TABLE daybook.preferences ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON daybook.preferences TO daybook_app
	USING (user_id = daybook.current_user_id()) WITH CHECK (user_id = daybook.current_user_id());
CREATE POLICY auth ON daybook.preferences TO daybook_auth USING (true) WITH CHECK (true);
CREATE POLICY jobs ON daybook.preferences FOR SELECT TO daybook_jobs USING (true);

GRANT SELECT, INSERT (user_id, created_at),
	UPDATE (email_notifications, deadline_threshold, deadline_approaching, overdue, reminder)
	ON daybook.preferences TO daybook_app;
GRANT SELECT, INSERT, UPDATE ON daybook.preferences TO daybook_auth;
GRANT SELECT ON daybook.preferences TO daybook_jobs;

-- How long before its end a task is said to be due soon.
CREATE FUNCTION daybook.threshold_interval(deadline_threshold text) RETURNS interval
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE deadline_threshold WHEN '1w' THEN interval '7 days' WHEN '48h' THEN interval '48 hours'
		ELSE interval '24 hours' END;
GRANT EXECUTE ON FUNCTION daybook.threshold_interval(text) TO daybook_jobs;

COMMIT;
