-- Deploy daybook:tasks to pg
-- requires: users
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE TYPE daybook.task_status AS ENUM ('TODO', 'IN_PROGRESS', 'DONE');
CREATE TYPE daybook.task_priority AS ENUM ('LOW', 'MEDIUM', 'HIGH', 'URGENT');

-- The order of an enum as a number, for the columns below and for the parameters compared with them.
CREATE FUNCTION daybook.status_rank(status daybook.task_status) RETURNS smallint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE status WHEN 'TODO' THEN 1 WHEN 'IN_PROGRESS' THEN 2 WHEN 'DONE' THEN 3 END::smallint;
CREATE FUNCTION daybook.priority_rank(priority daybook.task_priority) RETURNS smallint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE priority WHEN 'LOW' THEN 1 WHEN 'MEDIUM' THEN 2 WHEN 'HIGH' THEN 3 WHEN 'URGENT' THEN 4
		END::smallint;

-- The end of every column: a sequence needs no lock, and the gaps leave room for tasks that are
-- moved between two others.
CREATE SEQUENCE daybook.task_positions AS bigint;
CREATE FUNCTION daybook.next_position() RETURNS bigint
	LANGUAGE sql VOLATILE
	RETURN nextval('daybook.task_positions') * 65536;

CREATE TABLE daybook.tasks (
	user_id uuid NOT NULL REFERENCES daybook.users (id) ON DELETE CASCADE,
	id uuid NOT NULL,
	title text NOT NULL,
	description text,
	status daybook.task_status NOT NULL DEFAULT 'TODO',
	priority daybook.task_priority NOT NULL DEFAULT 'MEDIUM',
	due_date timestamptz,
	remind_at timestamptz,
	completed_at timestamptz,
	position bigint NOT NULL DEFAULT daybook.next_position(),
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	-- Kept by keep_task(), for the orders below. Row-level security lets only leakproof comparisons
	-- become index conditions, and those of enums and of lower() are none; those of numbers and texts
	-- are.
	status_rank smallint NOT NULL,
	priority_rank smallint NOT NULL,
	title_key text COLLATE "C" NOT NULL,
	PRIMARY KEY (user_id, id),
	CONSTRAINT tasks_title_check CHECK (length(title) BETWEEN 1 AND 200 AND NOT daybook.blank(title)),
	CONSTRAINT tasks_description_check CHECK (length(description) <= 2000),
	CONSTRAINT tasks_due_date_check CHECK (isfinite(due_date)),
	CONSTRAINT tasks_remind_at_check CHECK (isfinite(remind_at)),
	CONSTRAINT tasks_completed_at_check CHECK ((completed_at IS NOT NULL) = (status = 'DONE')),
	CONSTRAINT tasks_version_check CHECK (version >= 1)
);

-- Keeps what follows from other columns. A task that changes its column without being given a place
-- there goes to the end of it.
CREATE FUNCTION daybook.keep_task() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		NEW.completed_at := CASE WHEN NEW.status = 'DONE' THEN coalesce(NEW.completed_at, now()) END;
	ELSIF NEW.status <> OLD.status THEN
		NEW.completed_at := CASE WHEN NEW.status = 'DONE' THEN now() END;
		IF NEW.position = OLD.position THEN
			NEW.position := daybook.next_position();
		END IF;
	END IF;
	NEW.status_rank := daybook.status_rank(NEW.status);
	NEW.priority_rank := daybook.priority_rank(NEW.priority);
	IF TG_OP = 'INSERT' OR NEW.title <> OLD.title THEN
		NEW.title_key := daybook.fold(NEW.title);
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER keep_task BEFORE INSERT OR UPDATE ON daybook.tasks
	FOR EACH ROW EXECUTE FUNCTION daybook.keep_task();
CREATE TRIGGER touch_row BEFORE UPDATE ON daybook.tasks
	FOR EACH ROW EXECUTE FUNCTION daybook.touch_row();

ALTER TABLE daybook.tasks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON daybook.tasks TO daybook_app
	USING (user_id = daybook.current_user_id()) WITH CHECK (user_id = daybook.current_user_id());
CREATE POLICY auth ON daybook.tasks TO daybook_auth USING (true) WITH CHECK (true);

-- What the server itself keeps (version, times, ranks) no statement of a worker can write.
GRANT SELECT, DELETE,
	INSERT (user_id, id, title, description, status, priority, due_date, remind_at, position),
	UPDATE (title, description, status, priority, due_date, remind_at, position)
	ON daybook.tasks TO daybook_app;
GRANT SELECT (user_id, id) ON daybook.tasks TO daybook_auth;
GRANT USAGE ON SEQUENCE daybook.task_positions TO daybook_app;
GRANT EXECUTE ON FUNCTION daybook.status_rank(daybook.task_status),
	daybook.priority_rank(daybook.task_priority), daybook.next_position() TO daybook_app;

COMMIT;
