-- Deploy daybook:imports to pg
-- requires: board_moves
-- requires: folded_groups
-- requires: folded_tasks
-- requires: folded_journals
-- requires: turns
-- An import brings rows as an export had them, with what only the server sets otherwise: versions, times and
-- places. daybook_import owns the one function that may write these. It is a member of daybook_app, so the
-- policies of the tables let it see and write no more than the user's own rows.
BEGIN;

DO $$
BEGIN
	BEGIN
		CREATE ROLE daybook_import NOLOGIN;
	EXCEPTION
		-- unique_violation: another database of this cluster is being migrated just now.
		WHEN duplicate_object OR unique_violation THEN
			NULL;
	END;
	GRANT daybook_app TO daybook_import;
	IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
		GRANT daybook_import TO CURRENT_USER;
	END IF;
END
$$;

SET LOCAL ROLE daybook_owner;

GRANT INSERT (version, created_at, updated_at, completed_at, place_key),
	UPDATE (version, created_at, updated_at, completed_at) ON daybook.tasks TO daybook_import;
GRANT INSERT (version, created_at, updated_at), UPDATE (version, created_at, updated_at)
	ON daybook.projects, daybook.categories, daybook.moods, daybook.journals TO daybook_import;

-- Trigger BEFORE UPDATE: the row gets its next version, another tag, and the time of the change, also
-- when it is written as it was: whoever counts versions counts writes, so a lost one shows. The time
-- never goes back: now() is when the transaction began, and another one may have come in between.
-- An import brings version and time itself. A migration that fills a new column sets app.backfill to 'on':
-- that is no change of the row. Triggers run in the order of their names; every table calls this one last.
CREATE OR REPLACE FUNCTION daybook.touch_row() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF current_setting('app.backfill', true) IS DISTINCT FROM 'on' THEN
		NEW.etag := gen_random_uuid();
		IF current_user <> 'daybook_import' THEN
			NEW.version := OLD.version + 1;
			NEW.updated_at := greatest(now(), OLD.updated_at);
		END IF;
	END IF;
	RETURN NEW;
END
$$;

-- Lets one import of a user run at a time, to the end of this transaction; another one waits for up to
-- patience_ms, and then fails with DB429. The user's board is this transaction's from then on: an import
-- changes many tasks, in the order of its document.
CREATE FUNCTION daybook.begin_import(patience_ms int) RETURNS void
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	give_up_at CONSTANT timestamptz := clock_timestamp() + patience_ms * interval '1 ms';
BEGIN
	WHILE NOT pg_try_advisory_xact_lock(hashtextextended('import ' || daybook.current_user_id(), 0)) LOOP
		IF clock_timestamp() >= give_up_at THEN
			RAISE EXCEPTION 'another import of this user is running' USING ERRCODE = 'DB429';
		END IF;
		PERFORM pg_sleep(0.05);
	END LOOP;
	PERFORM daybook.lock_tasks();
END
$$;

GRANT EXECUTE ON FUNCTION daybook.begin_import(int) TO daybook_app;

GRANT CREATE ON SCHEMA daybook TO daybook_import;
SET LOCAL ROLE daybook_import;

-- Takes rows of one table into the user's account. Their members are columns, and of those only `columns`
-- are written; no two have one id. What a new row does not bring comes from `defaults`, and it was made and
-- changed just now, for the first time. Tells of each row, by its place among them, what became of it:
-- `imported`; `skipped`, since there is one with this id and content already; `replaced`, if `overwrite` says
-- so and the content was another; else `conflict`, and it stays as it was.
CREATE FUNCTION daybook.import_rows(kind text, columns text[], defaults jsonb, rows jsonb, overwrite boolean)
	RETURNS TABLE (index bigint, outcome text)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	me CONSTANT uuid := daybook.current_user_id();
	names CONSTANT text := (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) AS c);
	wanted CONSTANT text := (SELECT string_agg('w.' || quote_ident(c), ', ') FROM unnest(columns) AS c);
	made uuid[];
	changed uuid[] := '{}';
	again uuid[];
BEGIN
	EXECUTE format($q$
		WITH made AS (
			INSERT INTO daybook.%1$I (user_id, id, %2$s)
			SELECT $1, w.id, %3$s
			FROM jsonb_array_elements($2) WITH ORDINALITY AS e (row, n), LATERAL jsonb_populate_record(
				NULL::daybook.%1$I, $3 || jsonb_build_object('version', 1, 'created_at', now(),
					'updated_at', coalesce(e.row -> 'created_at', to_jsonb(now()))) || e.row) AS w
			ORDER BY e.n
			ON CONFLICT (user_id, id) DO NOTHING RETURNING id)
		SELECT coalesce(array_agg(id), '{}') FROM made $q$, kind, names, wanted)
	INTO made USING me, rows, defaults;

	-- The second time is for what a trigger has made of a row whose status changed: an import knows better.
	FOR pass IN 1..2 LOOP
		EXIT WHEN NOT overwrite;
		EXECUTE format($q$
			WITH changed AS (
				UPDATE daybook.%1$I AS t
				SET (%2$s) = (SELECT %3$s FROM jsonb_populate_record(t, e.row) AS w)
				FROM jsonb_array_elements($2) AS e (row)
				WHERE t.user_id = $1 AND t.id = (e.row ->> 'id')::uuid AND t.id <> ALL ($3)
					AND jsonb_populate_record(t, e.row) IS DISTINCT FROM t
				RETURNING t.id)
			SELECT coalesce(array_agg(id), '{}') FROM changed $q$, kind, names, wanted)
		INTO again USING me, rows, made;
		changed := changed || again;
	END LOOP;

	RETURN QUERY EXECUTE format($q$
		SELECT e.n - 1, CASE WHEN t.id = ANY ($3) THEN 'imported' WHEN t.id = ANY ($4) THEN 'replaced'
			WHEN jsonb_populate_record(t, e.row) IS NOT DISTINCT FROM t THEN 'skipped' ELSE 'conflict' END
		FROM jsonb_array_elements($2) WITH ORDINALITY AS e (row, n)
		LEFT JOIN daybook.%1$I AS t ON t.user_id = $1 AND t.id = (e.row ->> 'id')::uuid
		ORDER BY e.n $q$, kind)
	USING me, rows, made, changed;
END
$$;

REVOKE ALL ON FUNCTION daybook.import_rows(text, text[], jsonb, jsonb, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook.import_rows(text, text[], jsonb, jsonb, boolean) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_import;

COMMIT;
