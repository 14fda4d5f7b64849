-- Deploy daybook:stored_bytes to pg
-- requires: changes
-- How many bytes a user has stored, and an end to it. To note each write exactly would make it a quarter
-- dearer. So large rows count as what they are, and of the others a sample: a row of n bytes counts as
-- sample_bytes() with the chance n / sample_bytes(), which its key decides. The same rows always come to
-- the same sum, so nothing drifts; it is right on average, and for S bytes in small rows the standard
-- deviation is at most sqrt(S * sample_bytes()): 0.6 % of 1 GiB, 1.8 % of 100 MiB.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- The parts of a user's sum. There are as many as transactions that counted at once, so none waits for another.
-- Nobody is refused anything before stored_bytes_backfill: until then the workers see no part.
CREATE TABLE daybook.stored_bytes (
	user_id uuid NOT NULL REFERENCES daybook.users (id) ON DELETE CASCADE,
	part uuid NOT NULL,
	bytes bigint NOT NULL,
	PRIMARY KEY (user_id, part)
) WITH (fillfactor = 50);

ALTER TABLE daybook.stored_bytes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY auth ON daybook.stored_bytes TO daybook_auth USING (true) WITH CHECK (true);
GRANT SELECT ON daybook.stored_bytes TO daybook_app;
GRANT SELECT, INSERT, UPDATE ON daybook.stored_bytes TO daybook_auth;

CREATE FUNCTION daybook.sample_bytes() RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN 32768;

-- What a row of so many bytes adds to the sum; the hash of its key is its chance.
CREATE FUNCTION daybook.sampled(bytes bigint, hash bigint) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN bytes >= daybook.sample_bytes() THEN bytes
		WHEN hash & (daybook.sample_bytes() - 1) < bytes THEN daybook.sample_bytes()
		ELSE 0 END;

-- The bytes of a row: its texts as UTF-8 has them, and about what the rest of it takes with its indexes. A tag
-- is a row of its own.
CREATE FUNCTION daybook.row_bytes(t daybook.tasks) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN 1000 + octet_length(t.title) + coalesce(octet_length(t.description), 0)
		+ coalesce(octet_length(t.recurrence), 0);
CREATE FUNCTION daybook.row_bytes(p daybook.projects) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN 1000 + octet_length(p.name) + coalesce(octet_length(p.description), 0);
CREATE FUNCTION daybook.row_bytes(c daybook.categories) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN 1000 + octet_length(c.name);
CREATE FUNCTION daybook.row_bytes(m daybook.moods) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN 1000 + coalesce(octet_length(m.note), 0) + 200 * cardinality(m.emotions);
CREATE FUNCTION daybook.row_bytes(j daybook.journals) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN 1000 + octet_length(j.content) + coalesce(octet_length(j.title), 0) + 200 * cardinality(j.tags);
-- One without a body tells of a deletion, or is emptied by one; neither may ever be too much.
CREATE FUNCTION daybook.row_bytes(k daybook.idempotency_keys) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN k.body = '' THEN 0 ELSE 1000 + octet_length(k.head) + octet_length(k.body) END;
CREATE FUNCTION daybook.row_bytes(d daybook.deletions) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN 200;

-- The hash of a row's key, under a seed that is this database's: clients choose ids, but not their chance.
DO $$
DECLARE
	seed CONSTANT bigint := ('x' || left(replace(gen_random_uuid()::text, '-', ''), 16))::bit(64)::bigint;
	source record;
BEGIN
	FOR source IN
		VALUES ('tasks', 'uuid_hash_extended(r.id, %s)'), ('projects', 'uuid_hash_extended(r.id, %s)'),
			('categories', 'uuid_hash_extended(r.id, %s)'), ('moods', 'uuid_hash_extended(r.id, %s)'),
			('journals', 'uuid_hash_extended(r.id, %s)'), ('deletions', 'uuid_hash_extended(r.id, %s)'),
			('idempotency_keys', 'hashtextextended(r.route || '' '' || r.key, %s)')
	LOOP
		EXECUTE format('CREATE FUNCTION daybook.row_hash(r daybook.%I) RETURNS bigint
			LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %s', source.column1, format(source.column2, seed));
		EXECUTE format('GRANT EXECUTE ON FUNCTION daybook.row_hash(daybook.%1$I), daybook.row_bytes(daybook.%1$I)
			TO daybook_app, daybook_auth', source.column1);
	END LOOP;
END
$$;

GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- Adds to a user's sum, or takes from it, in a part that nobody else holds. Only triggers may.
CREATE FUNCTION daybook.add_stored_bytes(owner uuid, more bigint) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF pg_trigger_depth() = 0 THEN
		RAISE EXCEPTION 'only triggers count' USING ERRCODE = 'insufficient_privilege';
	END IF;
	UPDATE daybook.stored_bytes AS s SET bytes = s.bytes + more
	WHERE s.user_id = owner AND s.part = (SELECT f.part FROM daybook.stored_bytes AS f
		WHERE f.user_id = owner ORDER BY f.part LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED);
	IF NOT FOUND THEN
		-- Not while the user itself goes.
		INSERT INTO daybook.stored_bytes (user_id, part, bytes)
		SELECT u.id, gen_random_uuid(), more FROM daybook.users AS u WHERE u.id = owner;
	END IF;
END
$$;
GRANT EXECUTE ON FUNCTION daybook.add_stored_bytes(uuid, bigint) TO daybook_app, daybook_owner;

SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;
GRANT EXECUTE ON FUNCTION daybook.sample_bytes(), daybook.sampled(bigint, bigint) TO daybook_app, daybook_auth;

-- Trigger after a row is written or deleted: counts it, and refuses (DB413) what makes it larger when its user
-- has more than app.quota_bytes, and as many hundredths of it as the argument says; without one nothing is
-- refused. Another transaction is not seen before it ends: so a user's requests of one moment may together
-- go beyond the limit, each by what it brings.
CREATE FUNCTION daybook.count_bytes() RETURNS trigger
	LANGUAGE plpgsql
AS $$
DECLARE
	bytes bigint := 0;
	bytes_before bigint := 0;
	more bigint := 0;
	quota bigint;
	owner uuid;
BEGIN
	IF TG_OP <> 'INSERT' THEN
		owner := OLD.user_id;
		bytes_before := daybook.row_bytes(OLD);
		more := -daybook.sampled(bytes_before, daybook.row_hash(OLD));
	END IF;
	IF TG_OP <> 'DELETE' THEN
		owner := NEW.user_id;
		bytes := daybook.row_bytes(NEW);
		more := more + daybook.sampled(bytes, daybook.row_hash(NEW));
	END IF;
	IF more <> 0 THEN
		PERFORM daybook.add_stored_bytes(owner, more);
	END IF;
	IF bytes > bytes_before AND TG_NARGS > 0 THEN
		quota := nullif(current_setting('app.quota_bytes', true), '')::bigint;
		IF (SELECT sum(s.bytes) FROM daybook.stored_bytes AS s WHERE s.user_id = owner)
			> quota + quota / 100 * TG_ARGV[0]::int
		THEN
			RAISE EXCEPTION 'the user has stored too much' USING ERRCODE = 'DB413';
		END IF;
	END IF;
	RETURN NULL;
END
$$;

COMMIT;

-- One table after the other, so that nobody waits for more than one. Stored answers have a tenth more: who is
-- at the limit may still move a task under an Idempotency-Key.
DO $$
DECLARE
	source record;
BEGIN
	FOR source IN
		VALUES ('tasks', '0'), ('projects', '0'), ('categories', '0'), ('moods', '0'), ('journals', '0'),
			('idempotency_keys', '10'), ('deletions', '')
	LOOP
		PERFORM daybook.claim_table(format('daybook.%I', source.column1)::regclass);
		EXECUTE format('CREATE OR REPLACE TRIGGER count_bytes AFTER INSERT OR UPDATE OR DELETE ON daybook.%I
			FOR EACH ROW EXECUTE FUNCTION daybook.count_bytes(%s)', source.column1, source.column2);
		COMMIT;
	END LOOP;
END
$$;
