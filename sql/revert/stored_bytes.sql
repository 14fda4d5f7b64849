-- Revert daybook:stored_bytes from pg
SET ROLE daybook_owner;

DO $$
DECLARE
	target text;
BEGIN
	FOREACH target IN ARRAY '{tasks,projects,categories,moods,journals,idempotency_keys,deletions}'::text[]
	LOOP
		PERFORM daybook.claim_table(format('daybook.%I', target)::regclass);
		EXECUTE format('DROP TRIGGER IF EXISTS count_bytes ON daybook.%I', target);
		COMMIT;
		EXECUTE format('DROP FUNCTION IF EXISTS daybook.row_hash(daybook.%1$I), daybook.row_bytes(daybook.%1$I)', target);
	END LOOP;
END
$$;

BEGIN;

DROP FUNCTION daybook.count_bytes();
SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.add_stored_bytes(uuid, bigint);
SET LOCAL ROLE daybook_owner;
DROP FUNCTION daybook.sampled(bigint, bigint);
DROP FUNCTION daybook.sample_bytes();
DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
DROP TABLE daybook.stored_bytes;

COMMIT;
