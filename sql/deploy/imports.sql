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
-- so and the content was another; else `conflict`, and it stays as it was. A task whose place another one of
-- its status has is `misplaced`: then nothing is done.
CREATE FUNCTION daybook.import_rows(kind text, columns text[], defaults jsonb, rows jsonb, overwrite boolean)
	RETURNS TABLE (index bigint, id uuid, outcome text)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	me CONSTANT uuid := daybook.current_user_id();
	names CONSTANT text := (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) AS c);
	wanted CONSTANT text := (SELECT string_agg('w.' || quote_ident(c), ', ') FROM unnest(columns) AS c);
	made uuid[];
	there uuid[];
	by_id jsonb;
	others uuid[];
	violated text;
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

	-- One look for all of them: nothing may be known yet of how many this user has, and then each look of its
	-- own could be one at all of them.
	SELECT coalesce(array_agg((e.row ->> 'id')::uuid), '{}'), jsonb_object_agg(e.row ->> 'id', e.row)
	INTO there, by_id FROM jsonb_array_elements(rows) AS e (row)
	WHERE (e.row ->> 'id')::uuid <> ALL (made);
	EXECUTE format($q$
		SELECT coalesce(array_agg(t.id), '{}') FROM daybook.%1$I AS t
		WHERE t.user_id = $1 AND t.id = ANY ($2)
			AND jsonb_populate_record(t, $3 -> t.id::text) IS DISTINCT FROM t $q$, kind)
	INTO others USING me, there, by_id;

	-- The second time is for what a trigger makes of a task whose status changes: an import knows better.
	FOR pass IN 1..2 LOOP
		EXIT WHEN NOT overwrite OR others = '{}';
		EXECUTE format($q$
			UPDATE daybook.%1$I AS t
			SET (%2$s) = (SELECT %3$s FROM jsonb_populate_record(t, $3 -> t.id::text) AS w)
			WHERE t.user_id = $1 AND t.id = ANY ($2)
				AND jsonb_populate_record(t, $3 -> t.id::text) IS DISTINCT FROM t $q$, kind, names, wanted)
		USING me, others, by_id;
	END LOOP;

	RETURN QUERY
	SELECT e.n - 1, e.id, CASE WHEN e.id = ANY (made) THEN 'imported' WHEN e.id <> ALL (others) THEN 'skipped'
		WHEN overwrite THEN 'replaced' ELSE 'conflict' END
	FROM (SELECT u.n, (u.row ->> 'id')::uuid AS id
		FROM jsonb_array_elements(rows) WITH ORDINALITY AS u (row, n)) AS e
	ORDER BY e.n;
EXCEPTION
	WHEN unique_violation THEN
		GET STACKED DIAGNOSTICS violated = CONSTRAINT_NAME;
		IF violated <> 'tasks_place' THEN
			RAISE;
		END IF;
		RETURN QUERY
		SELECT e.n - 1, e.id, 'misplaced'
		FROM (SELECT u.n, p.id, p.status, p.place_key,
				row_number() OVER (PARTITION BY p.status, p.place_key ORDER BY u.n) AS nth
			FROM jsonb_array_elements(rows) WITH ORDINALITY AS u (row, n),
				LATERAL jsonb_populate_record(NULL::daybook.tasks, defaults || u.row) AS p
			WHERE p.place_key IS NOT NULL) AS e
		WHERE e.nth > 1 OR EXISTS (SELECT FROM daybook.tasks AS t WHERE t.user_id = me
			AND t.status_rank = daybook.status_rank(e.status) AND t.place_key = e.place_key AND t.id <> e.id)
		ORDER BY e.n;
		IF NOT FOUND THEN
			RAISE;
		END IF;
END
$$;

REVOKE ALL ON FUNCTION daybook.import_rows(text, text[], jsonb, jsonb, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook.import_rows(text, text[], jsonb, jsonb, boolean) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_import;

COMMIT;
