-- Deploy daybook:stored_bytes_backfill to pg
-- requires: stored_bytes
-- Counts what was there before the triggers of stored_bytes. At any moment a user's rows come to the sum of the
-- parts and of what was not counted; both are read in one statement, so nobody has to stand still. It goes
-- into a part of its own, which tells a second run that this user is done. Each user is a transaction.
--
-- The owner sees rows only under a policy of its own, which ends with this change.
SET ROLE daybook_owner;
SET synchronous_commit = off;
SET client_min_messages = warning; -- it may be the second run

DO $$
DECLARE
	target regclass;
BEGIN
	FOREACH target IN ARRAY '{daybook.users,daybook.tasks,daybook.projects,daybook.categories,daybook.moods,
		daybook.journals,daybook.idempotency_keys,daybook.deletions,daybook.stored_bytes}'::regclass[]
	LOOP
		PERFORM daybook.claim_table(target);
		EXECUTE format('DROP POLICY IF EXISTS backfill ON %s', target);
		EXECUTE format('CREATE POLICY backfill ON %s TO daybook_owner USING (true) WITH CHECK (true)', target);
		COMMIT;
	END LOOP;
END
$$;

DO $$
DECLARE
	person uuid;
BEGIN
	FOR person IN
		SELECT u.id FROM daybook.users AS u ORDER BY u.id
	LOOP
		COMMIT; -- the one before
		INSERT INTO daybook.stored_bytes (user_id, part, bytes)
		SELECT u.id, '00000000-0000-0000-0000-000000000000', (
			SELECT coalesce(sum(daybook.sampled(r.bytes, r.hash)), 0) FROM (
				SELECT daybook.row_bytes(t), daybook.row_hash(t) FROM daybook.tasks AS t WHERE t.user_id = u.id
				UNION ALL
				SELECT daybook.row_bytes(p), daybook.row_hash(p) FROM daybook.projects AS p WHERE p.user_id = u.id
				UNION ALL
				SELECT daybook.row_bytes(c), daybook.row_hash(c) FROM daybook.categories AS c WHERE c.user_id = u.id
				UNION ALL
				SELECT daybook.row_bytes(m), daybook.row_hash(m) FROM daybook.moods AS m WHERE m.user_id = u.id
				UNION ALL
				SELECT daybook.row_bytes(j), daybook.row_hash(j) FROM daybook.journals AS j WHERE j.user_id = u.id
				UNION ALL
				SELECT daybook.row_bytes(k), daybook.row_hash(k) FROM daybook.idempotency_keys AS k
				WHERE k.user_id = u.id
				UNION ALL
				SELECT daybook.row_bytes(d), daybook.row_hash(d) FROM daybook.deletions AS d WHERE d.user_id = u.id
			) AS r (bytes, hash))
			- (SELECT coalesce(sum(s.bytes), 0) FROM daybook.stored_bytes AS s WHERE s.user_id = u.id)
		FROM daybook.users AS u WHERE u.id = person FOR KEY SHARE
		ON CONFLICT (user_id, part) DO NOTHING;
	END LOOP;
END
$$;

DO $$
DECLARE
	target regclass;
BEGIN
	FOREACH target IN ARRAY '{daybook.users,daybook.tasks,daybook.projects,daybook.categories,daybook.moods,
		daybook.journals,daybook.idempotency_keys,daybook.deletions,daybook.stored_bytes}'::regclass[]
	LOOP
		PERFORM daybook.claim_table(target);
		EXECUTE format('DROP POLICY IF EXISTS backfill ON %s', target);
		COMMIT;
	END LOOP;
END
$$;

-- From now on the sums are whole, and may be asked.
BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.stored_bytes'); END $$;
CREATE POLICY own ON daybook.stored_bytes FOR SELECT TO daybook_app
	USING (user_id = daybook.current_user_id());
COMMIT;
