-- Revert daybook:recurrences from pg
BEGIN;

SET LOCAL ROLE daybook_owner;

ALTER TYPE daybook.task_members DROP ATTRIBUTE recurrence, DROP ATTRIBUTE recurrence_from;

-- The elements of a bulk update in their order, each beside its task as it is (version null: the user has
-- none such). A member that was not sent is wanted as it is.
CREATE OR REPLACE FUNCTION daybook.board_changes(updates jsonb)
	RETURNS TABLE (index bigint, sent jsonb, id uuid, version bigint, place text,
		wanted daybook.task_members)
	LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.n - 1, e.sent, (e.sent ->> 'id')::uuid, t.version, t.place_key,
		jsonb_populate_record(ROW(t.version, t.title, t.description, t.status, NULL, t.priority,
			t.due_date, t.remind_at, t.project_id, t.category_id, NULL, NULL, t.due_on)::daybook.task_members,
			daybook.split_due(e.sent))
	FROM jsonb_array_elements(updates) WITH ORDINALITY AS e (sent, n)
	LEFT JOIN daybook.tasks AS t ON t.user_id = daybook.current_user_id()
		AND t.id = (e.sent ->> 'id')::uuid
	ORDER BY e.n;
$$;

-- Applies the elements of a bulk update in their order, all or none; see bulk for what it raises. Limits,
-- that no task comes twice, and that status and completed agree, are checked already. What it wrote can be
-- read by the next statement of the transaction, not by the one that calls it.
CREATE OR REPLACE FUNCTION daybook.board_update(updates jsonb) RETURNS void
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
				due_date = c.due_date, due_on = c.due_on, remind_at = c.remind_at, project_id = c.project_id,
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

DROP FUNCTION daybook.repeat_task(uuid, uuid, date, text), daybook.due_next(daybook.tasks, date),
	daybook.local_moment(timestamp, text);
DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
DROP TRIGGER keep_recurrence ON daybook.tasks;
DROP FUNCTION daybook.keep_recurrence();
ALTER TABLE daybook.tasks DROP COLUMN recurrence, DROP COLUMN recurrence_from, DROP COLUMN recurrence_of,
	DROP COLUMN occurrence, DROP COLUMN next_task_id, DROP COLUMN due_clock;

COMMIT;
