-- Revert daybook:task_groups from pg
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE OR REPLACE FUNCTION daybook.keep_task() RETURNS trigger
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

ALTER TABLE daybook.tasks DROP COLUMN project_id, DROP COLUMN category_id;

COMMIT;
