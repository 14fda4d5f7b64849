-- Deploy daybook:series_days to pg
-- requires: recurrences
-- requires: due_zones
-- A series keeps its local time. due_day and due_clock are the day and the time of day that it means where its
-- due date had to leave them: the clock was put forward over them, maybe into the next day, or the user moved to
-- another zone.
BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
ALTER TABLE daybook.tasks ADD COLUMN due_day date;
GRANT INSERT (due_day), UPDATE (due_day) ON daybook.tasks TO daybook_app;

-- Trigger: a rule needs an open task, and a due date of its own has its own day and time of day. Without a rule
-- there is no series.
CREATE OR REPLACE FUNCTION daybook.keep_recurrence() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND NEW.due_date IS DISTINCT FROM OLD.due_date AND NEW.due_day IS NOT DISTINCT FROM OLD.due_day THEN
		NEW.due_day := NULL;
		IF NEW.due_clock IS NOT DISTINCT FROM OLD.due_clock THEN
			NEW.due_clock := NULL;
		END IF;
	END IF;
	IF NEW.recurrence IS NULL THEN
		NEW.due_day := NULL;
		NEW.due_clock := NULL;
	END IF;
	IF NEW.recurrence IS NOT NULL AND NEW.status = 'DONE' AND NEW.recurrence IS DISTINCT FROM OLD.recurrence THEN
		RAISE 'a task that is done does not repeat'
			USING ERRCODE = 'check_violation', CONSTRAINT = 'tasks_recurrence_open';
	END IF;
	RETURN NEW;
END
$$;

-- When a task is due that moves to another day at its time of day. Its reminder moves along by the same local
-- distance: from the local time of the series, or from that of the due date if the user moved meanwhile.
CREATE FUNCTION daybook.due_after(task daybook.tasks, next_day date, OUT due_on date, OUT due_date timestamptz,
	OUT due_day date, OUT due_clock time, OUT remind_at timestamptz)
	LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN task.due_on IS NOT NULL THEN next_day END, n.due_date,
		CASE WHEN n.due_date AT TIME ZONE n.zone <> n.next THEN next_day END,
		CASE WHEN n.due_date AT TIME ZONE n.zone <> n.next THEN n.next::time END,
		daybook.local_moment((task.remind_at AT TIME ZONE n.zone) + CASE
			WHEN n.next IS NULL THEN (next_day - task.due_on) * interval '1 day'
			WHEN daybook.local_moment(n.meant, n.zone) = task.due_date THEN n.next - n.meant
			ELSE n.next - (task.due_date AT TIME ZONE n.zone) END, n.zone)
	FROM (
		SELECT z.zone, m.meant, m.next, CASE WHEN m.next IS NULL THEN daybook.day_end(next_day, z.zone)
			ELSE daybook.local_moment(m.next, z.zone) END AS due_date
		FROM daybook.users AS u JOIN daybook.timezones AS z ON z.name = u.timezone,
			LATERAL (SELECT task.due_date AT TIME ZONE z.zone AS due) AS d,
			LATERAL (SELECT s.meant, next_day + s.meant::time AS next FROM (
				SELECT CASE WHEN task.due_on IS NULL
					THEN coalesce(task.due_day, d.due::date) + coalesce(task.due_clock, d.due::time) END AS meant) AS s) AS m
		WHERE u.id = task.user_id) AS n;
$$;

-- The same for workers of the version before.
CREATE OR REPLACE FUNCTION daybook.due_next(task daybook.tasks, next_day date, OUT due_on date, OUT due_date timestamptz,
	OUT due_clock time, OUT remind_at timestamptz)
	LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT n.due_on, n.due_date, n.due_clock, n.remind_at FROM daybook.due_after(task, next_day) AS n;
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
		due_date, due_day, due_clock, remind_at, recurrence, recurrence_from, recurrence_of, occurrence)
	SELECT me, next_id, t.title, t.description, 'TODO', t.priority, t.project_id, t.category_id, n.due_on,
		n.due_date, n.due_day, n.due_clock, n.remind_at, next_rule, t.recurrence_from, coalesce(t.recurrence_of, t.id),
		CASE WHEN t.recurrence_of IS NULL THEN 1 ELSE 1 + coalesce(t.occurrence, (SELECT max(s.occurrence)
			FROM daybook.tasks AS s WHERE s.user_id = me AND s.recurrence_of = t.recurrence_of), 0) END
	FROM daybook.tasks AS t, LATERAL daybook.due_after(t, next_day) AS n
	WHERE t.user_id = me AND t.id = task_id AND next_day IS NOT NULL
	ON CONFLICT (user_id, recurrence_of, occurrence) WHERE recurrence_of IS NOT NULL DO NOTHING
	RETURNING id INTO made;
	PERFORM set_config('app.backfill', 'on', true);
	UPDATE daybook.tasks AS t SET recurrence = NULL, next_task_id = coalesce(made, t.next_task_id)
	WHERE t.user_id = me AND t.id = task_id;
	PERFORM set_config('app.backfill', before, true);
END
$$;

-- Trigger: in another zone the user's days end at other moments. What repeats at a time of day does so at that time
-- there, from its next occurrence on. What is shown of the tasks stays the same, so they are not changed for
-- anybody.
CREATE OR REPLACE FUNCTION daybook.move_due_days() RETURNS trigger
	LANGUAGE plpgsql
AS $$
DECLARE
	before text := coalesce(current_setting('app.backfill', true), '');
	left_zone text := (SELECT z.zone FROM daybook.timezones AS z WHERE z.name = OLD.timezone);
BEGIN
	PERFORM set_config('app.backfill', 'on', true);
	UPDATE daybook.tasks SET due_on = due_on WHERE user_id = NEW.id AND due_on IS NOT NULL;
	UPDATE daybook.tasks SET due_day = (due_date AT TIME ZONE left_zone)::date,
		due_clock = coalesce(due_clock, (due_date AT TIME ZONE left_zone)::time)
	WHERE user_id = NEW.id AND recurrence IS NOT NULL AND due_on IS NULL AND due_day IS NULL;
	PERFORM set_config('app.backfill', before, true);
	RETURN NULL;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.due_after(daybook.tasks, date) TO daybook_app;

COMMIT;
