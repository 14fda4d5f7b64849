-- Revert daybook:notifications from pg
-- One table after the other, so that nobody waits for more than one.
BEGIN;
SET LOCAL ROLE daybook_owner;
GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;
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
	EXECUTE format('SELECT EXISTS (SELECT FROM daybook.%I WHERE id = $1)', resource)
		INTO found_one USING id;
	RETURN found_one;
END
$$;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;
COMMIT;

BEGIN;
SET LOCAL ROLE daybook_owner;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.projects'); END $$;
DROP POLICY IF EXISTS jobs ON daybook.projects;
REVOKE ALL (user_id, id, archived) ON daybook.projects FROM daybook_jobs;
COMMIT;

BEGIN;
SET LOCAL ROLE daybook_owner;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
ALTER TABLE daybook.notifications DROP CONSTRAINT IF EXISTS notifications_task_fkey;
DROP POLICY IF EXISTS jobs ON daybook.tasks;
REVOKE ALL (user_id, id, title, completed_at, due_date, due_on, remind_at, project_id)
	ON daybook.tasks FROM daybook_jobs;
COMMIT;

BEGIN;
SET LOCAL ROLE daybook_owner;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
DROP POLICY IF EXISTS jobs ON daybook.users;
REVOKE ALL (id, email, email_verified, timezone) ON daybook.users FROM daybook_jobs;
REVOKE ALL ON daybook.timezones FROM daybook_jobs;
DROP TRIGGER count_bytes ON daybook.notifications;
DROP FUNCTION daybook.row_hash(daybook.notifications), daybook.row_bytes(daybook.notifications);
DROP TABLE daybook.notifications;
SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.keep_forgotten();
REVOKE ALL ON FUNCTION daybook.add_stored_bytes(uuid, bigint) FROM daybook_jobs;
SET LOCAL ROLE daybook_owner;
REVOKE ALL (epoch) ON daybook.change_epochs FROM daybook_jobs;
REVOKE ALL ON FUNCTION daybook.row_hash(daybook.deletions), daybook.sample_bytes(),
	daybook.sampled(bigint, bigint) FROM daybook_jobs;
REVOKE ALL ON daybook.stored_bytes FROM daybook_jobs;
DROP FUNCTION daybook.notification_message(text, text, timestamptz, date, text);
DROP FUNCTION daybook.occasion_of(timestamptz, date);
COMMIT;
