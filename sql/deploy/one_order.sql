-- Deploy daybook:one_order to pg
-- requires: place_indexes
-- From here on each task that is created, or whose status or project changes, gets a place at the end of
-- its column. Tasks that were there before get theirs in place_backfill, below all of these.
--
-- Workers of the version before go on reading and writing `position`. Their creations and changes get a
-- place as well; what would give a task a chosen position is refused until they are replaced.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- Once the table is ours, no transaction is left in which the old trigger has run.
DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;

-- Keeps what follows from other columns. A task that changes its status or its project without being given
-- a place goes to the end of its column. So does a created one. Neither waits for anybody.
CREATE OR REPLACE FUNCTION daybook.keep_task() RETURNS trigger
	LANGUAGE plpgsql
AS $$
DECLARE
	appended boolean;
BEGIN
	IF TG_OP = 'INSERT' THEN
		NEW.completed_at := CASE WHEN NEW.status = 'DONE' THEN coalesce(NEW.completed_at, now()) END;
		appended := NEW.place_key IS NULL;
	ELSE
		appended := NEW.status <> OLD.status OR NEW.project_id IS DISTINCT FROM OLD.project_id;
		IF NEW.status <> OLD.status THEN
			NEW.completed_at := CASE WHEN NEW.status = 'DONE' THEN now() END;
		END IF;
		IF appended AND NEW.position = OLD.position THEN
			NEW.position := daybook.next_position();
		END IF;
		appended := appended AND NEW.place_key IS NOT DISTINCT FROM OLD.place_key;
	END IF;
	NEW.status_rank := daybook.status_rank(NEW.status);
	NEW.priority_rank := daybook.priority_rank(NEW.priority);
	IF appended THEN
		NEW.place_key := daybook.place_last((SELECT t.place_key FROM daybook.tasks AS t
			WHERE t.user_id = NEW.user_id AND t.status_rank = NEW.status_rank AND t.place_key IS NOT NULL
			ORDER BY t.place_key DESC LIMIT 1));
	END IF;
	IF TG_OP = 'INSERT' OR NEW.title <> OLD.title THEN
		NEW.title_key := daybook.fold(NEW.title);
	END IF;
	RETURN NEW;
END
$$;

-- What move_task() and bulk_update_tasks() of the version before ask for a position. Their workers answer
-- 503 to this error.
CREATE OR REPLACE FUNCTION daybook.find_place(task_id uuid, old_position bigint, project uuid, rank smallint,
		side text, neighbour uuid)
	RETURNS bigint
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE 'only the next version moves tasks in this schema' USING ERRCODE = 'lock_not_available';
END
$$;

COMMIT;
