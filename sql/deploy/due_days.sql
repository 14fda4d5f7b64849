-- Deploy daybook:due_days to pg
-- requires: board_moves
-- requires: imports
-- requires: zone_names
-- A task may be due on a day instead of at a moment. due_on keeps the day; due_date stays what everything
-- compares and sorts by: for a day its end in the user's zone. Workers of the version before know due_date
-- alone; what they set there replaces the day.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- The last microsecond of a local day, or of those before it, within the years that have a text. So a day that
-- a zone leaves out ends with the one before, and one that is interrupted ends with its second part.
CREATE FUNCTION daybook.day_end(day date, zone text) RETURNS timestamptz
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
	tick CONSTANT interval := '1 microsecond';
	midnight CONSTANT timestamp := day + 1;
	next timestamptz := midnight AT TIME ZONE zone;
	last timestamptz;
	middle timestamptz;
BEGIN
	-- Of two midnights this is the later one.
	next := next - greatest((next - tick) AT TIME ZONE zone + tick - midnight, '0');
	last := next - tick;
	IF next AT TIME ZONE zone < midnight THEN
		-- A clock that was put forward over midnight (Toronto, 1919) had none.
		next := next + interval '1 day';
		WHILE next - last > tick LOOP
			middle := last + (next - last) / 2;
			IF middle AT TIME ZONE zone < midnight THEN
				last := middle;
			ELSE
				next := middle;
			END IF;
		END LOOP;
	END IF;
	RETURN least(last, timestamptz '10000-01-01 UTC' - tick);
END
$$;

-- The members of a task as columns: a due date that is a day is due_on, and another one ends it.
CREATE FUNCTION daybook.split_due(members jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE
		WHEN length(members ->> 'due_date') = length('YYYY-MM-DD')
			THEN members - 'due_date' || jsonb_build_object('due_on', members -> 'due_date')
		WHEN members ? 'due_date' THEN members || '{"due_on": null}'
		ELSE members END;

-- Trigger: the instant of a day follows from the day and the user's zone, which cannot change meanwhile. An
-- instant that is set by itself ends the day.
CREATE FUNCTION daybook.keep_due() RETURNS trigger
	LANGUAGE plpgsql
AS $$
DECLARE
	zone_name text;
BEGIN
	IF TG_OP = 'UPDATE' AND NEW.due_on = OLD.due_on AND NEW.due_date IS DISTINCT FROM OLD.due_date THEN
		NEW.due_on := NULL;
	ELSIF NEW.due_on IS NOT NULL THEN
		SELECT u.timezone INTO STRICT zone_name FROM daybook.users AS u WHERE u.id = NEW.user_id FOR SHARE;
		NEW.due_date := daybook.day_end(NEW.due_on,
			(SELECT z.zone FROM daybook.timezones AS z WHERE z.name = zone_name));
	END IF;
	RETURN NEW;
END
$$;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
ALTER TABLE daybook.tasks ADD COLUMN due_on date;
CREATE TRIGGER keep_due BEFORE INSERT OR UPDATE OF due_date, due_on ON daybook.tasks
	FOR EACH ROW EXECUTE FUNCTION daybook.keep_due();
GRANT INSERT (due_on), UPDATE (due_on) ON daybook.tasks TO daybook_app;

ALTER TYPE daybook.task_members ADD ATTRIBUTE due_on date;

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

GRANT EXECUTE ON FUNCTION daybook.day_end(date, text), daybook.split_due(jsonb), daybook.keep_due()
	TO daybook_app;

COMMIT;
