-- Deploy daybook:answer_ends to pg
-- requires: answer_backfill
-- requires: rate_limits
-- requires: account
-- requires: tasks
-- requires: projects
-- requires: categories
-- requires: moods
-- requires: journals
-- Nothing that was deleted is kept in a stored answer, and no answer outlives its day.
BEGIN;

SET LOCAL ROLE daybook_owner;
GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- Trigger after a deletion, with the rows in `gone`: empties the stored answers that show one of them. Who
-- sends such a request again hears 404, as an answer without a body says to the workers.
CREATE OR REPLACE FUNCTION daybook.forget_answers() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE daybook.idempotency_keys AS k SET status = 404, head = '', body = '', resource_ids = '{}'
	FROM gone AS g
	WHERE k.resource_ids @> ARRAY[g.id] AND k.user_id = g.user_id;
	RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION daybook.forget_answers() TO daybook_owner;

-- Deletes some of the answers that are older than a day, of all users, at most once an hour; true when
-- more are left. Any worker asks in an idle moment.
CREATE OR REPLACE FUNCTION daybook.sweep_stored_answers() RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	most CONSTANT int := 5000;
	done int;
BEGIN
	IF NOT pg_try_advisory_xact_lock(hashtextextended('sweep idempotency_keys', 0))
		OR daybook.take_attempt('sweep', 'idempotency_keys', 1, 3600) > 0 THEN
		RETURN false;
	END IF;
	DELETE FROM daybook.idempotency_keys WHERE ctid = ANY (ARRAY(
		SELECT ctid FROM daybook.idempotency_keys WHERE created_at < now() - interval '24 h'
		ORDER BY created_at LIMIT most FOR UPDATE SKIP LOCKED));
	GET DIAGNOSTICS done = ROW_COUNT;
	IF done = most THEN
		PERFORM daybook.forget_attempts('sweep', 'idempotency_keys');
	END IF;
	RETURN done = most;
END
$$;
GRANT EXECUTE ON FUNCTION daybook.sweep_stored_answers() TO daybook_app;

-- Deletes the user with everything that hangs on it. False: there was nobody. The stored answers go first,
-- so that none has to be emptied.
CREATE OR REPLACE FUNCTION daybook.delete_my_account() RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM daybook.idempotency_keys AS k WHERE k.user_id = daybook.current_user_id();
	DELETE FROM daybook.users AS u WHERE u.id = daybook.current_user_id();
	RETURN FOUND;
END
$$;

SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;

-- One table after the other, so that nobody waits for more than one.
SET ROLE daybook_owner;

BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
CREATE OR REPLACE TRIGGER forget_answers AFTER DELETE ON daybook.tasks
	REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION daybook.forget_answers();
COMMIT;

BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.projects'); END $$;
CREATE OR REPLACE TRIGGER forget_answers AFTER DELETE ON daybook.projects
	REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION daybook.forget_answers();
COMMIT;

BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.categories'); END $$;
CREATE OR REPLACE TRIGGER forget_answers AFTER DELETE ON daybook.categories
	REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION daybook.forget_answers();
COMMIT;

BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.moods'); END $$;
CREATE OR REPLACE TRIGGER forget_answers AFTER DELETE ON daybook.moods
	REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION daybook.forget_answers();
COMMIT;

BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.journals'); END $$;
CREATE OR REPLACE TRIGGER forget_answers AFTER DELETE ON daybook.journals
	REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION daybook.forget_answers();
COMMIT;
