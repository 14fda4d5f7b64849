-- Deploy daybook:changes to pg
-- requires: imports
-- requires: answer_ends
-- requires: text_keys
-- What /changes reads: of each row the transaction that wrote it last, and of each deleted one a tombstone.
-- Transaction numbers only count within one cluster and one history of it; so each of those is an epoch.
SET ROLE daybook_owner;

BEGIN;

-- The last one is the epoch of what is written now.
CREATE TABLE daybook.change_epochs (
	epoch int NOT NULL,
	identity text COLLATE "C" NOT NULL,
	nonce uuid NOT NULL DEFAULT gen_random_uuid(), -- tells it from the same number in another copy
	secret bytea NOT NULL,                         -- of the cursors; all epochs have the same
	began_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (epoch)
);

-- Where this database is: in which cluster, on which timeline, as which database, since which restore. After
-- a restore or a promotion one of these is another one. It only works where rows can be written.
CREATE FUNCTION daybook.database_identity() RETURNS text
	LANGUAGE sql STABLE
	RETURN concat_ws(' ', (SELECT system_identifier FROM pg_control_system()),
		left(pg_walfile_name(pg_current_wal_lsn()), 8),
		(SELECT oid FROM pg_database WHERE datname = current_database()),
		'daybook.change_epochs'::regclass::oid);

-- The secret is in the database so that all hosts share it, and a copy of the database still knows the
-- cursors of the original.
INSERT INTO daybook.change_epochs (epoch, identity, secret)
VALUES (1, daybook.database_identity(), decode(replace(concat(gen_random_uuid(), gen_random_uuid(),
	gen_random_uuid()), '-', ''), 'hex'));

-- The rows are no user's. Triggers look up the number with the rights of whoever writes.
GRANT SELECT (epoch, identity, nonce) ON daybook.change_epochs TO daybook_app;
GRANT SELECT, INSERT, UPDATE ON daybook.change_epochs TO daybook_auth;

-- Tombstones, kept for 90 days.
CREATE TABLE daybook.deletions (
	user_id uuid NOT NULL REFERENCES daybook.users (id) ON DELETE CASCADE,
	type text COLLATE "C" NOT NULL,
	id uuid NOT NULL,
	change_epoch int NOT NULL,
	change_xid xid8 NOT NULL,
	deleted_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (user_id, type, id)
);

CREATE INDEX deletions_change ON daybook.deletions (user_id, change_epoch, change_xid, type, id);
CREATE INDEX deletions_deleted_at ON daybook.deletions (deleted_at);

ALTER TABLE daybook.deletions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON daybook.deletions FOR SELECT TO daybook_app USING (user_id = daybook.current_user_id());
CREATE POLICY auth ON daybook.deletions TO daybook_auth USING (true) WITH CHECK (true);
GRANT SELECT ON daybook.deletions TO daybook_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON daybook.deletions TO daybook_auth;

-- Trigger BEFORE INSERT OR UPDATE: notes which transaction writes the row. What a migration fills in is no
-- change (see touch_row()). The number is taken first: who sees an epoch end, waits for all who may still
-- write in it (see begin_change_epoch()).
CREATE FUNCTION daybook.stamp_change() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF TG_OP = 'INSERT' OR current_setting('app.backfill', true) IS DISTINCT FROM 'on' THEN
		NEW.change_xid := pg_current_xact_id();
		NEW.change_epoch := (SELECT max(e.epoch) FROM daybook.change_epochs AS e);
	END IF;
	RETURN NEW;
END
$$;

GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- Trigger after a deletion, with the rows in `gone` and their type as its argument: leaves a tombstone for
-- each, unless its user goes as well.
CREATE FUNCTION daybook.keep_deletions() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO daybook.deletions AS d (user_id, type, id, change_epoch, change_xid)
	SELECT g.user_id, TG_ARGV[0], g.id, (SELECT max(e.epoch) FROM daybook.change_epochs AS e),
		pg_current_xact_id()
	FROM gone AS g
	WHERE EXISTS (SELECT FROM daybook.users AS u WHERE u.id = g.user_id)
	ORDER BY g.user_id, g.id
	ON CONFLICT (user_id, type, id) DO UPDATE SET change_epoch = excluded.change_epoch,
		change_xid = excluded.change_xid, deleted_at = excluded.deleted_at;
	RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION daybook.keep_deletions() TO daybook_owner;

-- Deletes some of the tombstones that no cursor needs any more, of all users, at most once an hour; true
-- when more are left. The day more than 90 is for transactions that began long before they ended.
CREATE FUNCTION daybook.sweep_deletions() RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	most CONSTANT int := 5000;
	done int;
BEGIN
	IF NOT pg_try_advisory_xact_lock(hashtextextended('sweep deletions', 0))
		OR daybook.take_attempt('sweep', 'deletions', 1, 3600) > 0 THEN
		RETURN false;
	END IF;
	DELETE FROM daybook.deletions WHERE ctid = ANY (ARRAY(
		SELECT ctid FROM daybook.deletions WHERE deleted_at < now() - interval '91 days'
		ORDER BY deleted_at LIMIT most FOR UPDATE SKIP LOCKED));
	GET DIAGNOSTICS done = ROW_COUNT;
	IF done = most THEN
		PERFORM daybook.forget_attempts('sweep', 'deletions');
	END IF;
	RETURN done = most;
END
$$;

-- The epoch of now, and whether it is this database's: it is not on the first look after a restore or a
-- promotion. STABLE, so that it sees what the statement around it sees. No connection outlives its server's
-- place; so app.database_identity spares the next look.
CREATE FUNCTION daybook.change_clock(OUT epoch int, OUT nonce uuid, OUT secret text, OUT settled boolean)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF coalesce(current_setting('app.database_identity', true), '') = '' THEN
		PERFORM set_config('app.database_identity', daybook.database_identity(), false);
	END IF;
	SELECT e.epoch, e.nonce, encode(e.secret, 'hex'),
		e.identity = current_setting('app.database_identity')
	INTO change_clock.epoch, change_clock.nonce, change_clock.secret, change_clock.settled
	FROM daybook.change_epochs AS e ORDER BY e.epoch DESC LIMIT 1;
END
$$;

-- Begins the next epoch, unless the last one is this database's already. Who wrote in the epoch before has
-- looked it up, and holds that lock to its end: so all of it is committed when the next one begins.
CREATE FUNCTION daybook.begin_change_epoch() RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	LOCK TABLE daybook.change_epochs IN ACCESS EXCLUSIVE MODE;
	INSERT INTO daybook.change_epochs (epoch, identity, secret)
	SELECT e.epoch + 1, daybook.database_identity(), e.secret
	FROM (SELECT * FROM daybook.change_epochs ORDER BY epoch DESC LIMIT 1) AS e
	WHERE e.identity <> daybook.database_identity();
END
$$;

GRANT EXECUTE ON FUNCTION daybook.sweep_deletions(), daybook.change_clock(), daybook.begin_change_epoch()
	TO daybook_app;
SET LOCAL ROLE daybook_owner;
GRANT EXECUTE ON FUNCTION daybook.database_identity() TO daybook_auth;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

-- Where a type's ids go on behind a place that is another type's, in a transaction that wrote both.
CREATE FUNCTION daybook.change_from(type text, after_type text, after_id uuid) RETURNS uuid
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN type COLLATE "C" > after_type THEN '00000000-0000-0000-0000-000000000000'::uuid
		WHEN type = after_type THEN after_id
		ELSE 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid END;
GRANT EXECUTE ON FUNCTION daybook.change_from(text, text, uuid) TO daybook_app;

COMMIT;

-- One table after the other, so that nobody waits for more than one. Rows from before belong to no epoch,
-- and come first. A constant default rewrites nothing.
DO $$
DECLARE
	kind text;
	target regclass;
BEGIN
	FOREACH kind IN ARRAY '{user,project,category,mood,task,journal}'::text[]
	LOOP
		target := ('daybook.' || CASE kind WHEN 'category' THEN 'categories' ELSE kind || 's' END)::regclass;
		PERFORM daybook.claim_table(target);
		EXECUTE format('ALTER TABLE %s ADD COLUMN IF NOT EXISTS change_epoch int NOT NULL DEFAULT 0,
			ADD COLUMN IF NOT EXISTS change_xid xid8 NOT NULL DEFAULT ''0''', target);
		EXECUTE format('CREATE OR REPLACE TRIGGER stamp_change BEFORE INSERT OR UPDATE ON %s
			FOR EACH ROW EXECUTE FUNCTION daybook.stamp_change()', target);
		IF kind <> 'user' THEN
			EXECUTE format('CREATE OR REPLACE TRIGGER keep_deletions AFTER DELETE ON %s
				REFERENCING OLD TABLE AS gone FOR EACH STATEMENT
				EXECUTE FUNCTION daybook.keep_deletions(%L)', target, kind);
		END IF;
		COMMIT;
	END LOOP;
END
$$;
