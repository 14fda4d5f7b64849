-- Deploy daybook:recurrences to pg
-- requires: due_days
-- Tasks that repeat. `recurrence` is a rule (RFC 5545 section 3.3.10), which the program expands. The next
-- task of a series knows the first one and its own number, so it is made once, whoever completes the one
-- before. The first one may be deleted, so there is no foreign key. due_clock is the time of day of a series
-- whose due date had to leave it because the clock was put forward over it.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- The moment of a local time: of one that comes twice the first, and one that is left out is moved along
-- with the clock (RFC 5545 section 3.3.5). AT TIME ZONE would take the second.
CREATE FUNCTION daybook.local_moment(at timestamp, zone text) RETURNS timestamptz
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN early AT TIME ZONE zone = at THEN early ELSE late END
	FROM (SELECT at AT TIME ZONE zone AS late) AS l,
		LATERAL (SELECT (at - ((late - interval '1 day') AT TIME ZONE zone
			- (late - interval '1 day') AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC' AS early) AS e;
$$;

-- Trigger: a rule needs an open task, and a due date of its own has its own time of day.
CREATE FUNCTION daybook.keep_recurrence() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND NEW.due_date IS DISTINCT FROM OLD.due_date AND NEW.due_clock IS NOT DISTINCT FROM OLD.due_clock THEN
		NEW.due_clock := NULL;
	END IF;
	IF NEW.recurrence IS NOT NULL AND NEW.status = 'DONE' AND NEW.recurrence IS DISTINCT FROM OLD.recurrence THEN
		RAISE 'a task that is done does not repeat'
			USING ERRCODE = 'check_violation', CONSTRAINT = 'tasks_recurrence_open';
	END IF;
	RETURN NEW;
END
$$;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
ALTER TABLE daybook.tasks
	ADD COLUMN IF NOT EXISTS recurrence text COLLATE "C",
	ADD COLUMN IF NOT EXISTS recurrence_from text COLLATE "C" NOT NULL DEFAULT 'DUE',
	ADD COLUMN IF NOT EXISTS recurrence_of uuid,
	ADD COLUMN IF NOT EXISTS occurrence int,
	ADD COLUMN IF NOT EXISTS next_task_id uuid,
	ADD COLUMN IF NOT EXISTS due_clock time,
	DROP CONSTRAINT IF EXISTS tasks_recurrence_check,
	DROP CONSTRAINT IF EXISTS tasks_recurrence_from_check,
	DROP CONSTRAINT IF EXISTS tasks_recurrence_due_check,
	ADD CONSTRAINT tasks_recurrence_check CHECK (octet_length(recurrence) BETWEEN 1 AND 200) NOT VALID,
	ADD CONSTRAINT tasks_recurrence_from_check CHECK (recurrence_from IN ('DUE', 'COMPLETION')) NOT VALID,
	ADD CONSTRAINT tasks_recurrence_due_check CHECK (recurrence IS NULL OR due_date IS NOT NULL) NOT VALID;
CREATE OR REPLACE TRIGGER keep_recurrence BEFORE INSERT OR UPDATE OF recurrence, due_date, due_on, due_clock
	ON daybook.tasks FOR EACH ROW EXECUTE FUNCTION daybook.keep_recurrence();
GRANT INSERT (recurrence, recurrence_from, recurrence_of, occurrence, due_clock),
	UPDATE (recurrence, recurrence_from, next_task_id, due_clock) ON daybook.tasks TO daybook_app;
GRANT INSERT (next_task_id), UPDATE (recurrence_of, occurrence, next_task_id) ON daybook.tasks TO daybook_import;

ALTER TYPE daybook.task_members ADD ATTRIBUTE recurrence text, ADD ATTRIBUTE recurrence_from text;

-- The elements of a bulk update in their order, each beside its task as it is (version null: the user has
-- none such). A member that was not sent is wanted as it is.
CREATE OR REPLACE FUNCTION daybook.board_changes(updates jsonb)
	RETURNS TABLE (index bigint, sent jsonb, id uuid, version bigint, place text,
		wanted daybook.task_members)
	LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.n - 1, e.sent, (e.sent ->> 'id')::uuid, t.version, t.place_key,
		jsonb_populate_record(ROW(t.version, t.title, t.description, t.status, NULL, t.priority,
			t.due_date, t.remind_at, t.project_id, t.category_id, NULL, NULL, t.due_on, t.recurrence, t.recurrence_from)::daybook.task_members,
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
				due_date = c.due_date, due_on = c.due_on, recurrence = c.recurrence,
				recurrence_from = c.recurrence_from, remind_at = c.remind_at, project_id = c.project_id,
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

-- Before a repeating task is completed: makes the next one of its series, due on this day, at the end of the
-- column TODO, and takes the rule away from the old one. That is no change of it: its completion follows in
-- this transaction. Without a day there is no next one. A task that was imported has no number: its next one
-- follows all that have.
CREATE FUNCTION daybook.repeat_task(task_id uuid, next_id uuid, next_day date, next_rule text) RETURNS void
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	me CONSTANT uuid := daybook.current_user_id();
	before CONSTANT text := coalesce(current_setting('app.backfill', true), '');
	made uuid;
BEGIN
	INSERT INTO daybook.tasks (user_id, id, title, description, status, priority, project_id, category_id, due_on,
		due_date, due_clock, remind_at, recurrence, recurrence_from, recurrence_of, occurrence)
	SELECT me, next_id, t.title, t.description, 'TODO', t.priority, t.project_id, t.category_id, n.due_on,
		n.due_date, n.due_clock, n.remind_at, next_rule, t.recurrence_from, coalesce(t.recurrence_of, t.id),
		CASE WHEN t.recurrence_of IS NULL THEN 1 ELSE 1 + coalesce(t.occurrence, (SELECT max(s.occurrence)
			FROM daybook.tasks AS s WHERE s.user_id = me AND s.recurrence_of = t.recurrence_of), 0) END
	FROM daybook.tasks AS t, LATERAL daybook.due_next(t, next_day) AS n
	WHERE t.user_id = me AND t.id = task_id AND next_day IS NOT NULL
	ON CONFLICT (user_id, recurrence_of, occurrence) WHERE recurrence_of IS NOT NULL DO NOTHING
	RETURNING id INTO made;
	PERFORM set_config('app.backfill', 'on', true);
	UPDATE daybook.tasks AS t SET recurrence = NULL, next_task_id = coalesce(made, t.next_task_id)
	WHERE t.user_id = me AND t.id = task_id;
	PERFORM set_config('app.backfill', before, true);
END
$$;

-- When a task is due that moves to another day at its time of day, and its reminder with it.
CREATE FUNCTION daybook.due_next(task daybook.tasks, next_day date, OUT due_on date, OUT due_date timestamptz,
	OUT due_clock time, OUT remind_at timestamptz)
	LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN task.due_on IS NOT NULL THEN next_day END, n.due_date,
		CASE WHEN (n.due_date AT TIME ZONE n.zone)::time <> n.clock THEN n.clock END,
		daybook.local_moment((task.remind_at AT TIME ZONE n.zone) + (next_day - n.day) * interval '1 day', n.zone)
	FROM (
		SELECT z.zone, d.day, d.clock, CASE WHEN task.due_on IS NULL
			THEN daybook.local_moment(next_day + d.clock, z.zone) ELSE daybook.day_end(next_day, z.zone) END AS due_date
		FROM daybook.users AS u JOIN daybook.timezones AS z ON z.name = u.timezone,
			LATERAL (SELECT coalesce(task.due_on, (task.due_date AT TIME ZONE z.zone)::date) AS day,
				CASE WHEN task.due_on IS NULL
					THEN coalesce(task.due_clock, (task.due_date AT TIME ZONE z.zone)::time) END AS clock) AS d
		WHERE u.id = task.user_id) AS n;
$$;

GRANT EXECUTE ON FUNCTION daybook.local_moment(timestamp, text), daybook.keep_recurrence(),
	daybook.repeat_task(uuid, uuid, date, text), daybook.due_next(daybook.tasks, date) TO daybook_app;

COMMIT;

SET ROLE daybook_owner;

ALTER TABLE daybook.tasks VALIDATE CONSTRAINT tasks_recurrence_check;
ALTER TABLE daybook.tasks VALIDATE CONSTRAINT tasks_recurrence_from_check;
ALTER TABLE daybook.tasks VALIDATE CONSTRAINT tasks_recurrence_due_check;
DROP INDEX CONCURRENTLY IF EXISTS daybook.tasks_series;
CREATE UNIQUE INDEX CONCURRENTLY tasks_series ON daybook.tasks (user_id, recurrence_of, occurrence)
	WHERE recurrence_of IS NOT NULL;

RESET ROLE;
