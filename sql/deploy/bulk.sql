-- Deploy daybook:bulk to pg
-- requires: board
-- requires: exists_elsewhere
-- Many tasks in one statement, all or nothing. What cannot be done is collected for all of them and
-- raised as DB400, which undoes everything; DETAIL is a JSON array of
--   {"index": 3, "status": 409, "field": "updates[3]", "message": "has another version"}
-- and of somebody else's task also the id.
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE FUNCTION daybook.bulk_fault(list text, index bigint, member text, status int, message text)
	RETURNS jsonb
	LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_build_object('index', index, 'status', status,
		'field', concat_ws('.', format('%s[%s]', list, index), member), 'message', message);
$$;

-- The fault of a task that is not the user's.
CREATE FUNCTION daybook.bulk_missing(list text, index bigint, task_id uuid) RETURNS jsonb
	LANGUAGE sql
AS $$
	SELECT CASE WHEN daybook.exists_elsewhere('tasks', task_id)
		THEN daybook.bulk_fault(list, index, NULL, 403, 'belongs to somebody else')
			|| jsonb_build_object('id', task_id)
		ELSE daybook.bulk_fault(list, index, NULL, 404, 'does not exist') END;
$$;

CREATE FUNCTION daybook.bulk_reject(faults jsonb) RETURNS void
	LANGUAGE plpgsql
AS $$
BEGIN
	RAISE 'rejected' USING ERRCODE = 'DB400', DETAIL = faults::text;
END
$$;

-- Applies objects {id, version?, title, description, status, completed, priority, due_date, remind_at,
-- project_id, category_id, after, before} in their order; a member that is absent keeps its value.
-- Limits, and that status and completed agree, are checked already. Answers the ids in that order;
-- what it wrote can be read by the next statement of the transaction, not by the one that calls it.
CREATE FUNCTION daybook.bulk_update_tasks(updates jsonb) RETURNS SETOF uuid
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	me uuid := daybook.current_user_id();
	projects uuid[];
	categories uuid[];
	faults jsonb := '[]';
	fault_count int;
	wanted record;
	task record;
	side text;
	place bigint;
BEGIN
	PERFORM daybook.lock_tasks();
	projects := ARRAY(SELECT p.id FROM daybook.projects AS p WHERE p.user_id = me);
	categories := ARRAY(SELECT c.id FROM daybook.categories AS c WHERE c.user_id = me);
	FOR wanted IN
		SELECT r.*, e.sent, e.n - 1 AS index
		FROM jsonb_array_elements(updates) WITH ORDINALITY AS e (sent, n),
			jsonb_to_record(e.sent) AS r (id uuid, version bigint, title text, description text,
				status daybook.task_status, completed boolean, priority daybook.task_priority,
				due_date timestamptz, remind_at timestamptz, project_id uuid, category_id uuid,
				after uuid, before uuid)
		ORDER BY e.n
	LOOP
		SELECT t.status, t.project_id, t.position, t.version INTO task FROM daybook.tasks AS t
		WHERE t.user_id = me AND t.id = wanted.id FOR NO KEY UPDATE;
		IF NOT FOUND THEN
			faults := faults || daybook.bulk_missing('updates', wanted.index, wanted.id);
			CONTINUE;
		ELSIF task.version <> wanted.version THEN
			faults := faults || daybook.bulk_fault('updates', wanted.index, NULL, 409,
				'has another version');
			CONTINUE;
		END IF;

		fault_count := jsonb_array_length(faults);
		IF wanted.project_id IS NOT NULL AND wanted.project_id <> ALL (projects) THEN
			faults := faults || daybook.bulk_fault('updates', wanted.index, 'project_id', 400,
				'is not one of your projects');
		END IF;
		IF wanted.category_id IS NOT NULL AND wanted.category_id <> ALL (categories) THEN
			faults := faults || daybook.bulk_fault('updates', wanted.index, 'category_id', 400,
				'is not one of your categories');
		END IF;
		CONTINUE WHEN jsonb_array_length(faults) > fault_count;

		IF wanted.status IS NOT NULL THEN
			task.status := wanted.status;
		ELSIF wanted.completed THEN
			task.status := 'DONE';
		ELSIF NOT wanted.completed AND task.status = 'DONE' THEN
			task.status := 'TODO';
		END IF;
		IF wanted.sent ? 'project_id' THEN
			task.project_id := wanted.project_id;
		END IF;
		place := task.position;
		IF wanted.sent ?| '{after,before}' THEN
			side := CASE WHEN wanted.sent ? 'after' THEN 'after' ELSE 'before' END;
			place := daybook.find_place(wanted.id, task.position, task.project_id,
				daybook.status_rank(task.status), side, coalesce(wanted.after, wanted.before));
			IF place IS NULL THEN
				faults := faults || daybook.bulk_fault('updates', wanted.index, side, 400,
					'is no other task in that column');
				CONTINUE;
			END IF;
		END IF;

		-- Nothing but the condition: nothing is changed, the version neither.
		IF wanted.sent - '{id,version}'::text[] = '{}' THEN
			RETURN NEXT wanted.id;
			CONTINUE;
		END IF;
		UPDATE daybook.tasks AS t
		SET title = coalesce(wanted.title, t.title),
			description = CASE WHEN wanted.sent ? 'description' THEN wanted.description
				ELSE t.description END,
			status = task.status,
			priority = coalesce(wanted.priority, t.priority),
			due_date = CASE WHEN wanted.sent ? 'due_date' THEN wanted.due_date ELSE t.due_date END,
			remind_at = CASE WHEN wanted.sent ? 'remind_at' THEN wanted.remind_at ELSE t.remind_at END,
			project_id = task.project_id,
			category_id = CASE WHEN wanted.sent ? 'category_id' THEN wanted.category_id
				ELSE t.category_id END,
			position = place
		WHERE t.user_id = me AND t.id = wanted.id;
		RETURN NEXT wanted.id;
	END LOOP;
	IF faults <> '[]' THEN
		PERFORM daybook.bulk_reject(faults);
	END IF;
END
$$;

-- Deletes all of these tasks.
CREATE FUNCTION daybook.bulk_delete_tasks(ids uuid[]) RETURNS void
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	gone uuid[];
	faults jsonb;
BEGIN
	PERFORM daybook.lock_tasks();
	WITH deleted AS (
		DELETE FROM daybook.tasks AS t
		WHERE t.user_id = daybook.current_user_id() AND t.id = ANY (ids)
		RETURNING t.id)
	SELECT coalesce(array_agg(d.id), '{}') INTO gone FROM deleted AS d;
	SELECT jsonb_agg(daybook.bulk_missing('ids', i.n - 1, i.id) ORDER BY i.n) INTO faults
	FROM unnest(ids) WITH ORDINALITY AS i (id, n) WHERE i.id <> ALL (gone);
	IF faults IS NOT NULL THEN
		PERFORM daybook.bulk_reject(faults);
	END IF;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.bulk_fault(text, bigint, text, int, text),
	daybook.bulk_missing(text, bigint, uuid), daybook.bulk_reject(jsonb),
	daybook.bulk_update_tasks(jsonb), daybook.bulk_delete_tasks(uuid[]) TO daybook_app;

COMMIT;
