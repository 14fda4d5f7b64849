-- Revert daybook:series_days from pg
BEGIN;

SET LOCAL ROLE daybook_owner;

-- Trigger: in another zone the user's days end at other moments. What is shown of the tasks stays the same,
-- so they are not changed for anybody.
CREATE OR REPLACE FUNCTION daybook.move_due_days() RETURNS trigger
	LANGUAGE plpgsql
AS $$
DECLARE
	before text := coalesce(current_setting('app.backfill', true), '');
BEGIN
	PERFORM set_config('app.backfill', 'on', true);
	UPDATE daybook.tasks SET due_on = due_on WHERE user_id = NEW.id AND due_on IS NOT NULL;
	PERFORM set_config('app.backfill', before, true);
	RETURN NULL;
END
$$;

-- Before a repeating task is completed: makes the next one of its series, due on this day, at the end of the
-- column TODO, and takes the rule away from the old one. That is no change of it: its completion follows in
-- this transaction. Without a day there is no next one. A task that was imported has no number: its next one
-- follows all that have.
CREATE OR REPLACE FUNCTION daybook.repeat_task(task_id uuid, next_id uuid, next_day date, next_rule text) RETURNS void
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
CREATE OR REPLACE FUNCTION daybook.due_next(task daybook.tasks, next_day date, OUT due_on date, OUT due_date timestamptz,
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

DROP FUNCTION daybook.due_after(daybook.tasks, date);

-- Trigger: a rule needs an open task, and a due date of its own has its own time of day.
CREATE OR REPLACE FUNCTION daybook.keep_recurrence() RETURNS trigger
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
ALTER TABLE daybook.tasks DROP COLUMN due_day;

COMMIT;
