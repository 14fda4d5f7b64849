-- Deploy daybook:notifications to pg
-- requires: changes
-- requires: due_days
-- requires: exists_elsewhere
-- requires: imports
-- requires: outbox
-- requires: preferences
-- requires: stored_bytes
-- What a user was told of tasks, once for each task and occasion: the unique key sees to that, however many
-- processes make them. A row that its user has deleted stays, without its words, as the memory that this
-- occasion was told.
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE TABLE daybook.notifications (
	user_id uuid NOT NULL,
	id uuid NOT NULL DEFAULT gen_random_uuid(),
	task_id uuid,
	type text COLLATE "C" NOT NULL,
	occasion timestamptz NOT NULL, -- when it is due or to be remembered; see occasion_of()
	message text NOT NULL,
	read boolean NOT NULL DEFAULT false,
	mail_id uuid,                  -- the mail of the outbox that tells it, too
	sent_at timestamptz,           -- when that mail was taken
	created_at timestamptz NOT NULL DEFAULT now(),
	deleted_at timestamptz,
	change_epoch int NOT NULL DEFAULT 0,
	change_xid xid8 NOT NULL DEFAULT '0',
	PRIMARY KEY (user_id, id),
	CONSTRAINT notifications_occasion_key UNIQUE NULLS NOT DISTINCT (user_id, task_id, type, occasion),
	CONSTRAINT notifications_type_check CHECK (type IN ('DEADLINE_APPROACHING', 'OVERDUE', 'REMINDER',
		'GOOGLE_RECONNECT')),
	CONSTRAINT notifications_message_check CHECK (length(message) <= 1000
		AND (message <> '') = (deleted_at IS NULL))
);

CREATE INDEX notifications_created_at ON daybook.notifications (user_id, created_at, id);
CREATE INDEX notifications_unread ON daybook.notifications (user_id) WHERE NOT read AND deleted_at IS NULL;
CREATE INDEX notifications_mail ON daybook.notifications (user_id, mail_id) WHERE mail_id IS NOT NULL;
CREATE INDEX notifications_id ON daybook.notifications (id); -- for exists_elsewhere()
CREATE INDEX notifications_change ON daybook.notifications (user_id, change_epoch, change_xid, id);
CREATE INDEX notifications_age ON daybook.notifications (created_at); -- for what is too old

CREATE TRIGGER stamp_change BEFORE INSERT OR UPDATE ON daybook.notifications
	FOR EACH ROW EXECUTE FUNCTION daybook.stamp_change();
CREATE TRIGGER keep_deletions AFTER DELETE ON daybook.notifications
	REFERENCING OLD TABLE AS gone FOR EACH STATEMENT
	EXECUTE FUNCTION daybook.keep_deletions('notification');

-- What it counts as (see stored_bytes). The hash of the key is one under the seed of the others. No jobs are refused
-- anything: they name no quota.
CREATE FUNCTION daybook.row_bytes(n daybook.notifications) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN 1000 + octet_length(n.message);
CREATE FUNCTION daybook.row_hash(n daybook.notifications) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN daybook.row_hash(ROW(n.user_id, NULL, n.id, NULL, NULL, NULL)::daybook.deletions);
GRANT EXECUTE ON FUNCTION daybook.row_bytes(daybook.notifications), daybook.row_hash(daybook.notifications)
	TO daybook_app, daybook_auth, daybook_jobs;
GRANT EXECUTE ON FUNCTION daybook.row_hash(daybook.deletions), daybook.sample_bytes(),
	daybook.sampled(bigint, bigint) TO daybook_jobs;
GRANT SELECT ON daybook.stored_bytes TO daybook_jobs;
CREATE TRIGGER count_bytes AFTER INSERT OR UPDATE OR DELETE ON daybook.notifications
	FOR EACH ROW EXECUTE FUNCTION daybook.count_bytes('0');

ALTER TABLE daybook.notifications ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON daybook.notifications TO daybook_app
	USING (user_id = daybook.current_user_id()) WITH CHECK (user_id = daybook.current_user_id());
CREATE POLICY auth ON daybook.notifications TO daybook_auth USING (true) WITH CHECK (true);
CREATE POLICY jobs ON daybook.notifications TO daybook_jobs USING (true) WITH CHECK (true);

GRANT SELECT, UPDATE (read, deleted_at, message) ON daybook.notifications TO daybook_app;
GRANT INSERT (user_id, id, task_id, type, occasion, message, read, sent_at, created_at),
	UPDATE (task_id, type, occasion, message, read, sent_at, created_at) ON daybook.notifications TO daybook_import;
GRANT SELECT (user_id, id) ON daybook.notifications TO daybook_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON daybook.notifications TO daybook_jobs;

-- The occasion on which a task is due. A day is one wherever its user goes: another time zone tells nothing
-- twice.
CREATE FUNCTION daybook.occasion_of(due_date timestamptz, due_on date) RETURNS timestamptz
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN coalesce(due_on::timestamp AT TIME ZONE 'UTC', due_date);

-- What a notification says of a task, in the zone of its user.
CREATE FUNCTION daybook.notification_message(type text, title text, due_date timestamptz, due_on date, zone text)
	RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN CASE type WHEN 'REMINDER' THEN 'Reminder: ' ELSE '' END || title
		|| CASE WHEN due_date IS NULL THEN '' ELSE
			CASE type WHEN 'REMINDER' THEN ', due on ' WHEN 'OVERDUE' THEN ' was due on ' ELSE ' is due on ' END
			|| coalesce(to_char(due_on, 'FMDay, FMDD FMMonth FMYYYY'),
				to_char(due_date AT TIME ZONE zone, 'FMDay, FMDD FMMonth FMYYYY HH24:MI')) END;
GRANT EXECUTE ON FUNCTION daybook.occasion_of(timestamptz, date),
	daybook.notification_message(text, text, timestamptz, date, text) TO daybook_jobs;
-- Of the epochs the trigger asks.
GRANT SELECT (epoch) ON daybook.change_epochs TO daybook_jobs;

GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- Trigger after an update that forgets a notification's words: to whoever follows the changes it is gone.
CREATE FUNCTION daybook.keep_forgotten() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO daybook.deletions AS d (user_id, type, id, change_epoch, change_xid)
	VALUES (NEW.user_id, 'notification', NEW.id, NEW.change_epoch, NEW.change_xid)
	ON CONFLICT (user_id, type, id) DO UPDATE SET change_epoch = excluded.change_epoch,
		change_xid = excluded.change_xid, deleted_at = excluded.deleted_at;
	RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION daybook.keep_forgotten() TO daybook_owner;
GRANT EXECUTE ON FUNCTION daybook.add_stored_bytes(uuid, bigint) TO daybook_jobs;

-- Whether somebody else has a row with this id: it tells 403 from 404 after the own rows had none that is shown. A
-- resource is any table with a user_id and an id; daybook_auth needs a policy there and the right to select the
-- two, and an index on the id. Another word is a mistake of the program and raises 20000 (case_not_found).
CREATE OR REPLACE FUNCTION daybook.exists_elsewhere(resource text, id uuid) RETURNS boolean
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_one boolean;
BEGIN
	IF (SELECT count(*) FROM pg_attribute AS a
		WHERE a.attrelid = to_regclass(format('daybook.%I', resource))
			AND a.attname IN ('user_id', 'id') AND NOT a.attisdropped) < 2 THEN
		RAISE case_not_found USING MESSAGE = format('there is no resource %L', resource);
	END IF;
	EXECUTE format('SELECT EXISTS (SELECT FROM daybook.%I WHERE id = $1 AND user_id IS DISTINCT FROM $2)', resource)
		INTO found_one USING id, daybook.current_user_id();
	RETURN found_one;
END
$$;

SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

CREATE TRIGGER keep_forgotten AFTER UPDATE OF deleted_at ON daybook.notifications
	FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
	EXECUTE FUNCTION daybook.keep_forgotten();

COMMIT;

-- What it refers to, and what the jobs see there: where mails go and how late it is at that place, what is due,
-- and what is archived. One table after the other, so that nobody waits for more than one.
BEGIN;
SET LOCAL ROLE daybook_owner;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
ALTER TABLE daybook.notifications ADD CONSTRAINT notifications_user_id_fkey
	FOREIGN KEY (user_id) REFERENCES daybook.users (id) ON DELETE CASCADE;
CREATE POLICY jobs ON daybook.users FOR SELECT TO daybook_jobs USING (true);
GRANT SELECT (id, email, email_verified, timezone) ON daybook.users TO daybook_jobs;
GRANT SELECT ON daybook.timezones TO daybook_jobs;
COMMIT;

BEGIN;
SET LOCAL ROLE daybook_owner;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
ALTER TABLE daybook.notifications ADD CONSTRAINT notifications_task_fkey
	FOREIGN KEY (user_id, task_id) REFERENCES daybook.tasks (user_id, id) ON DELETE CASCADE;
CREATE POLICY jobs ON daybook.tasks FOR SELECT TO daybook_jobs USING (true);
GRANT SELECT (user_id, id, title, completed_at, due_date, due_on, remind_at, project_id)
	ON daybook.tasks TO daybook_jobs;
COMMIT;

BEGIN;
SET LOCAL ROLE daybook_owner;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.projects'); END $$;
CREATE POLICY jobs ON daybook.projects FOR SELECT TO daybook_jobs USING (true);
GRANT SELECT (user_id, id, archived) ON daybook.projects TO daybook_jobs;
COMMIT;
