-- Deploy daybook:task_groups to pg
-- requires: task_indexes
-- requires: projects
-- requires: categories
-- Tasks belong to a project and a category of the same user, or to none. A project takes its tasks
-- along when it is deleted; a category leaves them, each with its next version.
BEGIN;

SET LOCAL ROLE daybook_owner;

ALTER TABLE daybook.tasks
	ADD COLUMN project_id uuid,
	ADD COLUMN category_id uuid,
	ADD CONSTRAINT tasks_project_fkey FOREIGN KEY (user_id, project_id)
		REFERENCES daybook.projects (user_id, id) ON DELETE CASCADE,
	ADD CONSTRAINT tasks_category_fkey FOREIGN KEY (user_id, category_id)
		REFERENCES daybook.categories (user_id, id) ON DELETE SET NULL (category_id);

-- The board of one project, the neighbours of a place in it, and how many tasks each column has.
CREATE INDEX tasks_project_board ON daybook.tasks (user_id, project_id, status_rank, position, id);
-- The tasks of one category and their number.
CREATE INDEX tasks_category ON daybook.tasks (user_id, category_id) WHERE category_id IS NOT NULL;

-- The days on which something was done, for the dashboard, without a look at the rows.
CREATE INDEX tasks_done ON daybook.tasks (user_id, completed_at) INCLUDE (project_id)
	WHERE completed_at IS NOT NULL;

-- Keeps what follows from other columns. A task that changes its column of the board, which is a
-- status within a project, without being given a place there goes to the end of it.
CREATE OR REPLACE FUNCTION daybook.keep_task() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		NEW.completed_at := CASE WHEN NEW.status = 'DONE' THEN coalesce(NEW.completed_at, now()) END;
	ELSE
		IF NEW.status <> OLD.status THEN
			NEW.completed_at := CASE WHEN NEW.status = 'DONE' THEN now() END;
		END IF;
		IF NEW.position = OLD.position
			AND (NEW.status <> OLD.status OR NEW.project_id IS DISTINCT FROM OLD.project_id) THEN
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

GRANT INSERT (project_id, category_id), UPDATE (project_id, category_id)
	ON daybook.tasks TO daybook_app;

COMMIT;
