-- Deploy daybook:board_moves to pg
-- requires: place_backfill
-- requires: bulk
-- Moves and changes of many tasks in the order of `place_key`. All of them take the lock of the user's board
-- (lock_tasks) before any row, so no two can wait for each other.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- How often places of a column were given anew (board_respace), for columns in which that has happened.
-- A cursor of the list by position names the generation of the column in which it stands.
CREATE TABLE daybook.board_generations (
	user_id uuid NOT NULL REFERENCES daybook.users (id) ON DELETE CASCADE,
	status_rank smallint NOT NULL,
	generation int NOT NULL,
	PRIMARY KEY (user_id, status_rank)
);

ALTER TABLE daybook.board_generations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON daybook.board_generations TO daybook_app
	USING (user_id = daybook.current_user_id()) WITH CHECK (user_id = daybook.current_user_id());
GRANT SELECT, INSERT (user_id, status_rank, generation), UPDATE (generation)
	ON daybook.board_generations TO daybook_app;

-- The generation of each column, by status_rank.
CREATE FUNCTION daybook.column_generations() RETURNS int[]
	LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(coalesce(g.generation, 0) ORDER BY r.rank)
	FROM generate_series(1, 3) AS r (rank)
	LEFT JOIN daybook.board_generations AS g
		ON g.user_id = daybook.current_user_id() AND g.status_rank = r.rank;
$$;

-- True if a cursor's key `rank:generation:place` still leads on in its column. Else it raises 23514 under
-- the name place_cursor: a walk that went on could miss tasks.
CREATE FUNCTION daybook.place_cursor_holds(key text) RETURNS boolean
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF split_part(key, ':', 2) <> (daybook.column_generations())[split_part(key, ':', 1)::int]::text THEN
		RAISE 'places of this column were given anew'
			USING ERRCODE = 'check_violation', CONSTRAINT = 'place_cursor';
	END IF;
	RETURN true;
END
$$;

-- The next place of a column above the mark (side `after`) or below it (`before`), leaving out one task.
-- Without a mark the first place, or the last. Null when there is none.
CREATE FUNCTION daybook.board_next(rank smallint, side text, mark text, except_id uuid) RETURNS text
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- Not within the conditions: row-level security lets no COALESCE become one of an index.
	IF side = 'after' THEN
		mark := coalesce(mark, '');
		RETURN (SELECT t.place_key FROM daybook.tasks AS t
			WHERE t.user_id = daybook.current_user_id() AND t.status_rank = rank
				AND t.place_key > mark AND t.id <> except_id
			ORDER BY t.place_key LIMIT 1);
	END IF;
	mark := coalesce(mark, '~');
	RETURN (SELECT t.place_key FROM daybook.tasks AS t
		WHERE t.user_id = daybook.current_user_id() AND t.status_rank = rank
			AND t.place_key < mark AND t.id <> except_id
		ORDER BY t.place_key DESC LIMIT 1);
END
$$;

-- Makes room around a place beside which the gap is used up: the tasks whose places begin with the same 14
-- digits are spread evenly under those digits, all but the task that is being moved. The chance that
-- somebody who appends just now has drawn these digits is 1 in 62^8. Each task that is spread gets its next
-- version.
CREATE FUNCTION daybook.board_respace(rank smallint, mark text, except_id uuid) RETURNS void
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	me uuid := daybook.current_user_id();
	unit numeric := daybook.place_number(mark, 14);
BEGIN
	UPDATE daybook.tasks AS t SET place_key = daybook.place_text(
		trunc((unit + (n.n + random() / 2)::numeric / (n.count + 1)) * 62::numeric ^ 8), 22)
	FROM (SELECT c.id, row_number() OVER (ORDER BY c.place_key) AS n, count(*) OVER () AS count
		FROM daybook.tasks AS c
		WHERE c.user_id = me AND c.status_rank = rank AND c.id <> except_id
			AND c.place_key >= daybook.place_text(unit, 14)
			AND c.place_key < daybook.place_text(unit + 1, 14)) AS n
	WHERE t.user_id = me AND t.id = n.id AND t.status_rank = rank;
	INSERT INTO daybook.board_generations AS g (user_id, status_rank, generation) VALUES (me, rank, 1)
	ON CONFLICT (user_id, status_rank) DO UPDATE SET generation = g.generation + 1;
END
$$;

-- A free place in a column for a task: directly after or before (`side`) a neighbour. Without a neighbour
-- `after` is the first place and `before` the last. Null when the neighbour is no other task of the column.
-- Call lock_tasks() first.
CREATE FUNCTION daybook.board_place(task_id uuid, old_place text, rank smallint, side text, neighbour uuid)
	RETURNS text
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	mark text;
	next text;
	place text;
BEGIN
	LOOP
		IF neighbour IS NOT NULL THEN
			SELECT t.place_key INTO mark FROM daybook.tasks AS t
			WHERE t.user_id = daybook.current_user_id() AND t.id = neighbour AND t.id <> task_id
				AND t.status_rank = rank;
			IF NOT FOUND THEN
				RETURN NULL;
			END IF;
		END IF;
		next := daybook.board_next(rank, side, mark, task_id);
		place := CASE
			WHEN mark IS NULL AND side = 'after' THEN daybook.place_first(next)
			WHEN mark IS NULL THEN daybook.place_last(next)
			WHEN side = 'after' THEN daybook.place_between(mark, next, side)
			ELSE daybook.place_between(next, mark, side) END;
		-- The place that the task has in another column would look to keep_task() like none given.
		EXIT WHEN place <> old_place OR mark IS NULL;
		IF place IS NULL THEN
			PERFORM daybook.board_respace(rank, mark, task_id);
		END IF;
	END LOOP;
	RETURN place;
END
$$;

-- Whether the user has this project (category), or it is none.
CREATE FUNCTION daybook.my_project(id uuid) RETURNS boolean
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN id IS NULL OR EXISTS (SELECT FROM daybook.projects AS p
		WHERE p.user_id = daybook.current_user_id() AND p.id = my_project.id);
END
$$;

CREATE FUNCTION daybook.my_category(id uuid) RETURNS boolean
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN id IS NULL OR EXISTS (SELECT FROM daybook.categories AS c
		WHERE c.user_id = daybook.current_user_id() AND c.id = my_category.id);
END
$$;

-- Moves a task as the body of a move says; `sent` names its members among status, project_id, after and
-- before. Answers null, or a JSON array of {status, field, code, message}: the project is not the user's, or
-- the neighbour is no other task of that column; then nothing is changed. Call lock_tasks() first, and lock
-- the row. What it wrote can be read by the next statement of the transaction, not by the one that calls it.
CREATE FUNCTION daybook.board_move(task_id uuid, sent text[], status daybook.task_status, project_id uuid,
		after_id uuid, before_id uuid)
	RETURNS jsonb
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	side text := CASE WHEN 'after' = ANY (sent) THEN 'after' ELSE 'before' END;
	task record;
	new_place text;
BEGIN
	SELECT daybook.merge('status', sent, board_move.status, t.status) AS status,
		daybook.merge('project_id', sent, board_move.project_id, t.project_id) AS project_id, t.place_key AS place
	INTO task FROM daybook.tasks AS t
	WHERE t.user_id = daybook.current_user_id() AND t.id = task_id;
	new_place := daybook.board_place(task_id, task.place, daybook.status_rank(task.status), side,
		coalesce(after_id, before_id));
	IF new_place IS NOT NULL AND daybook.my_project(task.project_id) THEN
		UPDATE daybook.tasks AS t
		SET status = task.status, project_id = task.project_id, place_key = new_place
		WHERE t.user_id = daybook.current_user_id() AND t.id = task_id;
		RETURN NULL;
	END IF;
	RETURN (SELECT jsonb_agg(jsonb_build_object('status', 400, 'field', f.field, 'code', f.code,
			'message', f.message))
		FROM (VALUES
			('project_id', 'not_yours', 'is not one of your projects', daybook.my_project(task.project_id)),
			(side, 'not_found', 'is no other task in that column', new_place IS NOT NULL))
			AS f (field, code, message, fine)
		WHERE NOT f.fine);
END
$$;

-- The members of a task that an element of a bulk update may set, its condition, and its neighbours.
CREATE TYPE daybook.task_members AS (
	version bigint,
	title text,
	description text,
	status daybook.task_status,
	completed boolean,
	priority daybook.task_priority,
	due_date timestamptz,
	remind_at timestamptz,
	project_id uuid,
	category_id uuid,
	after uuid,
	before uuid
);

-- The elements of a bulk update in their order, each beside its task as it is (version null: the user has
-- none such). A member that was not sent is wanted as it is.
CREATE FUNCTION daybook.board_changes(updates jsonb)
	RETURNS TABLE (index bigint, sent jsonb, id uuid, version bigint, place text,
		wanted daybook.task_members)
	LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.n - 1, e.sent, (e.sent ->> 'id')::uuid, t.version, t.place_key,
		jsonb_populate_record(ROW(t.version, t.title, t.description, t.status, NULL, t.priority,
			t.due_date, t.remind_at, t.project_id, t.category_id, NULL, NULL)::daybook.task_members, e.sent)
	FROM jsonb_array_elements(updates) WITH ORDINALITY AS e (sent, n)
	LEFT JOIN daybook.tasks AS t ON t.user_id = daybook.current_user_id()
		AND t.id = (e.sent ->> 'id')::uuid
	ORDER BY e.n;
$$;

-- What is wrong with the elements in whatever order: tasks that are missing or have another version, and
-- projects and categories that are not the user's.
CREATE FUNCTION daybook.board_faults(updates jsonb) RETURNS jsonb
	LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(jsonb_agg(f.fault), '[]')
	FROM daybook.board_changes(updates) AS c CROSS JOIN LATERAL (
		SELECT daybook.bulk_missing('updates', c.index, c.id) AS fault WHERE c.version IS NULL
		UNION ALL
		SELECT daybook.bulk_fault('updates', c.index, NULL, 409, 'has another version')
		WHERE (c.wanted).version <> c.version
		UNION ALL
		SELECT daybook.bulk_fault('updates', c.index, m.name, 400, m.message)
		FROM (VALUES
			('project_id', 'is not one of your projects', daybook.my_project((c.wanted).project_id)),
			('category_id', 'is not one of your categories', daybook.my_category((c.wanted).category_id)))
			AS m (name, message, fine)
		WHERE (c.wanted).version = c.version AND NOT m.fine) AS f;
$$;

-- Applies the elements of a bulk update in their order, all or none; see bulk for what it raises. Limits,
-- that no task comes twice, and that status and completed agree, are checked already. What it wrote can be
-- read by the next statement of the transaction, not by the one that calls it.
CREATE FUNCTION daybook.board_update(updates jsonb) RETURNS void
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	faults jsonb;
	c record;
BEGIN
	PERFORM daybook.lock_tasks();
	PERFORM FROM daybook.tasks AS t
	WHERE t.user_id = daybook.current_user_id()
		AND t.id IN (SELECT (e.sent ->> 'id')::uuid FROM jsonb_array_elements(updates) AS e (sent))
	ORDER BY t.id FOR NO KEY UPDATE;
	faults := daybook.board_faults(updates);
	FOR c IN
		SELECT b.index, b.id, b.place, (b.wanted).*,
			CASE WHEN b.sent ? 'after' THEN 'after' WHEN b.sent ? 'before' THEN 'before' END AS side
		FROM daybook.board_changes(updates) AS b
		WHERE NOT faults @> jsonb_build_array(jsonb_build_object('index', b.index))
			AND b.sent - '{id,version}'::text[] <> '{}' -- nothing but its condition changes nothing
	LOOP
		c.status := CASE WHEN c.completed THEN 'DONE' WHEN NOT c.completed AND c.status = 'DONE' THEN 'TODO'
			ELSE c.status END;
		IF c.side IS NOT NULL THEN
			c.place := daybook.board_place(c.id, c.place, daybook.status_rank(c.status), c.side,
				coalesce(c.after, c.before));
		END IF;
		IF c.place IS NULL THEN
			faults := faults || daybook.bulk_fault('updates', c.index, c.side, 400,
				'is no other task in that column');
		ELSE
			UPDATE daybook.tasks AS t
			SET title = c.title, description = c.description, status = c.status, priority = c.priority,
				due_date = c.due_date, remind_at = c.remind_at, project_id = c.project_id,
				category_id = c.category_id, place_key = CASE WHEN c.side IS NULL THEN t.place_key ELSE c.place END
			WHERE t.user_id = daybook.current_user_id() AND t.id = c.id;
		END IF;
	END LOOP;
	IF faults <> '[]' THEN
		PERFORM daybook.bulk_reject((SELECT jsonb_agg(f.fault ORDER BY f.fault -> 'index', f.n)
			FROM jsonb_array_elements(faults) WITH ORDINALITY AS f (fault, n)));
	END IF;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.column_generations(), daybook.place_cursor_holds(text),
	daybook.board_next(smallint, text, text, uuid), daybook.board_respace(smallint, text, uuid),
	daybook.board_place(uuid, text, smallint, text, uuid), daybook.my_project(uuid), daybook.my_category(uuid),
	daybook.board_move(uuid, text[], daybook.task_status, uuid, uuid, uuid),
	daybook.board_changes(jsonb), daybook.board_faults(jsonb), daybook.board_update(jsonb) TO daybook_app;

COMMIT;
