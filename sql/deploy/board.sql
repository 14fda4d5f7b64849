-- Deploy daybook:board to pg
-- requires: task_groups
-- Places on the board. A column is a status within a project (or without one); its order is that of
-- `position`, in which no two tasks of a column are equal:
--   * next_position() gives multiples of 65536, each above all that were ever given: created tasks,
--     and those whose column changes, go to the end without waiting for anybody.
--   * A move takes an odd number, so it cannot meet one that is given at the same time: the middle
--     between two neighbours; just above the last task, below the next multiple of 65536; below 0,
--     and so below all that are created at the same time, for the first place.
--   * Moves of one user come one after another (lock_tasks). Whatever changes many tasks of a user
--     takes that lock before any row, so no two of them can wait for each other.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- Held to the end of the transaction.
CREATE FUNCTION daybook.lock_tasks() RETURNS void
	LANGUAGE sql VOLATILE
	RETURN pg_advisory_xact_lock(hashtextextended('tasks ' || daybook.current_user_id(), 0));

-- Trigger before the first row of a deletion that changes or deletes tasks in its wake.
CREATE FUNCTION daybook.lock_tasks_first() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM daybook.lock_tasks();
	RETURN NULL;
END
$$;

CREATE TRIGGER lock_tasks BEFORE DELETE ON daybook.projects
	FOR EACH STATEMENT EXECUTE FUNCTION daybook.lock_tasks_first();
CREATE TRIGGER lock_tasks BEFORE DELETE ON daybook.categories
	FOR EACH STATEMENT EXECUTE FUNCTION daybook.lock_tasks_first();

-- Making room is no change of a task: it makes no version.
DROP TRIGGER touch_row ON daybook.tasks;
CREATE TRIGGER touch_row BEFORE UPDATE ON daybook.tasks FOR EACH ROW
	WHEN (current_setting('app.renumbering', true) IS DISTINCT FROM 'on')
	EXECUTE FUNCTION daybook.touch_row();

-- The nearest position in a column from `mark` upwards, or downwards, leaving some tasks out; null
-- when there is none. Each has its own statement for the tasks without a project, because only
-- "= project" and "IS NULL" can be index conditions.
CREATE FUNCTION daybook.position_above(project uuid, rank smallint, mark bigint, skip uuid[])
	RETURNS bigint
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF project IS NULL THEN
		RETURN (SELECT t.position FROM daybook.tasks AS t
			WHERE t.user_id = daybook.current_user_id() AND t.project_id IS NULL
				AND t.status_rank = rank AND t.position >= mark AND t.id <> ALL (skip)
			ORDER BY t.position LIMIT 1);
	END IF;
	RETURN (SELECT t.position FROM daybook.tasks AS t
		WHERE t.user_id = daybook.current_user_id() AND t.project_id = project
			AND t.status_rank = rank AND t.position >= mark AND t.id <> ALL (skip)
		ORDER BY t.position LIMIT 1);
END
$$;

CREATE FUNCTION daybook.position_below(project uuid, rank smallint, mark bigint, skip uuid[])
	RETURNS bigint
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF project IS NULL THEN
		RETURN (SELECT t.position FROM daybook.tasks AS t
			WHERE t.user_id = daybook.current_user_id() AND t.project_id IS NULL
				AND t.status_rank = rank AND t.position <= mark AND t.id <> ALL (skip)
			ORDER BY t.position DESC LIMIT 1);
	END IF;
	RETURN (SELECT t.position FROM daybook.tasks AS t
		WHERE t.user_id = daybook.current_user_id() AND t.project_id = project
			AND t.status_rank = rank AND t.position <= mark AND t.id <> ALL (skip)
		ORDER BY t.position DESC LIMIT 1);
END
$$;

-- Makes room below the position `high` when the gap next to the neighbour is used up: the tasks below
-- it (for `after` the neighbour is one of them) are spread downwards, as many of them as it takes to
-- have gaps again. Not upwards, where tasks may be created just now.
CREATE FUNCTION daybook.make_room(project uuid, rank smallint, side text, neighbour uuid, mark bigint,
		high bigint)
	RETURNS void
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	me uuid := daybook.current_user_id();
	size int := 16;
	bottom bigint;
	step bigint;
BEGIN
	LOOP
		SELECT t.position INTO bottom FROM daybook.tasks AS t
		WHERE t.user_id = me AND t.project_id IS NOT DISTINCT FROM project AND t.status_rank = rank
			AND t.position <= mark
			AND ((t.position, t.id) < (mark, neighbour) OR side = 'after' AND t.id = neighbour)
		ORDER BY t.position DESC, t.id DESC OFFSET size LIMIT 1;
		step := CASE WHEN FOUND THEN (high - bottom) / (size + 2) ELSE 65536 END;
		EXIT WHEN step >= 1024;
		size := size * 4;
	END LOOP;
	PERFORM set_config('app.renumbering', 'on', true);
	UPDATE daybook.tasks AS t SET position = (high - step * n.steps) | 1
	FROM (SELECT c.id, c.position, row_number() OVER (ORDER BY c.position DESC, c.id DESC) AS steps
		FROM daybook.tasks AS c
		WHERE c.user_id = me AND c.project_id IS NOT DISTINCT FROM project AND c.status_rank = rank
			AND c.position <= mark
			AND ((c.position, c.id) < (mark, neighbour) OR side = 'after' AND c.id = neighbour)
		ORDER BY c.position DESC, c.id DESC LIMIT size) AS n
	-- A task that has just gone elsewhere keeps the place that it was given there.
	WHERE t.user_id = me AND t.id = n.id AND t.position = n.position AND t.status_rank = rank
		AND t.project_id IS NOT DISTINCT FROM project;
	PERFORM set_config('app.renumbering', 'off', true);
END
$$;

-- A free position in a column for the task that is at old_position now: directly after or before
-- (`side`) a neighbour; without one, `after` is the first place and `before` the last. Null when the
-- neighbour is no other task of that column. Call lock_tasks() first.
CREATE FUNCTION daybook.find_place(task_id uuid, old_position bigint, project uuid, rank smallint,
		side text, neighbour uuid)
	RETURNS bigint
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	skip uuid[] := array_remove(ARRAY[task_id, neighbour], NULL);
	mark bigint;
	low bigint;
	high bigint;
	place bigint;
BEGIN
	LOOP
		IF neighbour IS NOT NULL THEN
			SELECT t.position INTO mark FROM daybook.tasks AS t
			WHERE t.user_id = daybook.current_user_id() AND t.id = neighbour AND t.id <> task_id
				AND t.project_id IS NOT DISTINCT FROM project AND t.status_rank = rank;
			IF NOT FOUND THEN
				RETURN NULL;
			END IF;
		END IF;
		IF side = 'after' THEN
			low := mark;
			high := daybook.position_above(project, rank, coalesce(mark, -(1::bigint << 62)), skip);
			IF neighbour IS NULL THEN
				high := coalesce(high, 0);
			END IF;
		ELSE
			high := mark;
			low := daybook.position_below(project, rank, coalesce(mark, 1::bigint << 62), skip);
		END IF;

		IF low IS NULL AND high IS NULL THEN
			RETURN daybook.next_position();
		END IF;
		place := CASE WHEN high IS NULL THEN low + 4096
			WHEN low IS NULL THEN least(high, 0) - 65536
			ELSE low + (high - low) / 2 END | 1;
		-- The position that it has in another column would look to keep_task() like none given.
		IF place = old_position THEN
			place := place + 2;
		END IF;
		IF high IS NULL THEN
			RETURN CASE WHEN place < (low / 65536 + 1) * 65536 THEN place
				ELSE daybook.next_position() END;
		ELSIF place < high AND (low IS NULL OR low < place) THEN
			RETURN place;
		END IF;
		PERFORM daybook.make_room(project, rank, side, neighbour, mark, high);
	END LOOP;
END
$$;

-- Moves a task as the body of a move says; `sent` names its members among status, project_id, after
-- and before. outcome:
--   moved       it is there, and has its next version
--   missing     the user has no such task
--   stale       it has another version than if_match or expected_version; nothing is changed
--   project_id  the user has no such project
--   after       the neighbour is not in that column, or is the task itself
--   before      the same
-- What it wrote can be read by the next statement of the transaction, not by the one that calls it.
CREATE FUNCTION daybook.move_task(task_id uuid, sent text[], status daybook.task_status,
		project_id uuid, after_id uuid, before_id uuid, if_match text[], expected_version bigint)
	RETURNS TABLE (outcome text, id uuid)
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	me uuid := daybook.current_user_id();
	side text := CASE WHEN 'after' = ANY (sent) THEN 'after' ELSE 'before' END;
	task record;
	place bigint;
BEGIN
	PERFORM daybook.lock_tasks();
	id := task_id;
	SELECT t.status, t.project_id, t.position, t.version INTO task FROM daybook.tasks AS t
	WHERE t.user_id = me AND t.id = task_id FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		outcome := 'missing';
	ELSIF task.version <> expected_version OR task.version::text <> ALL (if_match) THEN
		outcome := 'stale';
	ELSIF 'project_id' = ANY (sent) AND project_id IS NOT NULL AND NOT EXISTS (
		SELECT FROM daybook.projects AS p WHERE p.user_id = me AND p.id = move_task.project_id) THEN
		outcome := 'project_id';
	ELSE
		IF 'status' = ANY (sent) THEN
			task.status := status;
		END IF;
		IF 'project_id' = ANY (sent) THEN
			task.project_id := project_id;
		END IF;
		place := daybook.find_place(task_id, task.position, task.project_id,
			daybook.status_rank(task.status), side, CASE side WHEN 'after' THEN after_id ELSE before_id END);
		outcome := CASE WHEN place IS NULL THEN side ELSE 'moved' END;
		UPDATE daybook.tasks AS t
		SET status = task.status, project_id = task.project_id, position = place
		WHERE t.user_id = me AND t.id = task_id AND place IS NOT NULL;
	END IF;
	RETURN NEXT;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.lock_tasks(), daybook.position_above(uuid, smallint, bigint, uuid[]),
	daybook.position_below(uuid, smallint, bigint, uuid[]), daybook.make_room(uuid, smallint, text, uuid, bigint, bigint),
	daybook.find_place(uuid, bigint, uuid, smallint, text, uuid),
	daybook.move_task(uuid, text[], daybook.task_status, uuid, uuid, uuid, text[], bigint)
	TO daybook_app;

COMMIT;
