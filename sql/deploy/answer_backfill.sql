-- Deploy daybook:answer_backfill to pg
-- requires: answer_ids
-- What was stored before answer_ids: dead answers go, the others are read for the ids that they show.
-- Some rows at a time, and indexes made while others write; a run that was cut short is done again.
SET ROLE daybook_auth;
SET synchronous_commit = off;

DO $$
DECLARE
	done int;
BEGIN
	LOOP
		DELETE FROM daybook.idempotency_keys WHERE ctid = ANY (ARRAY(
			SELECT ctid FROM daybook.idempotency_keys WHERE created_at < now() - interval '24 h' LIMIT 1000
			FOR UPDATE SKIP LOCKED));
		GET DIAGNOSTICS done = ROW_COUNT;
		COMMIT;
		EXIT WHEN done = 0;
	END LOOP;
	LOOP
		UPDATE daybook.idempotency_keys SET resource_ids = daybook.answer_ids(body) WHERE ctid = ANY (ARRAY(
			SELECT ctid FROM daybook.idempotency_keys WHERE resource_ids IS NULL LIMIT 1000 FOR UPDATE));
		GET DIAGNOSTICS done = ROW_COUNT;
		COMMIT;
		EXIT WHEN done = 0;
	END LOOP;
END
$$;

SET ROLE daybook_owner;
SET client_min_messages = warning;

DROP INDEX CONCURRENTLY IF EXISTS daybook.idempotency_keys_resource_ids;
CREATE INDEX CONCURRENTLY idempotency_keys_resource_ids ON daybook.idempotency_keys
	USING gin (resource_ids) WITH (fastupdate = off);
DROP INDEX CONCURRENTLY IF EXISTS daybook.idempotency_keys_age;
CREATE INDEX CONCURRENTLY idempotency_keys_age ON daybook.idempotency_keys (created_at);
