-- Revert daybook:one_order from pg
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE OR REPLACE FUNCTION daybook.find_place(task_id uuid, old_position bigint, project uuid, rank smallint,
		side text, neighbour uuid)
	RETURNS bigint
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	skip uuid[] := array_remove(ARRAY[task_id, neighbour], NULL);
	mark bigint;
	low bigint;
	high bigint;
	place bigint;
BEGIN
	LOOP
		IF neighbour IS NOT NULL THEN
			SELECT t.position INTO mark FROM daybook.tasks AS t
			WHERE t.user_id = daybook.current_user_id() AND t.id = neighbour AND t.id <> task_id
				AND t.project_id IS NOT DISTINCT FROM project AND t.status_rank = rank;
			IF NOT FOUND THEN
				RETURN NULL;
			END IF;
		END IF;
		IF side = 'after' THEN
			low := mark;
			high := daybook.position_above(project, rank, coalesce(mark, -(1::bigint << 62)), skip);
			IF neighbour IS NULL THEN
				high := coalesce(high, 0);
			END IF;
		ELSE
			high := mark;
			low := daybook.position_below(project, rank, coalesce(mark, 1::bigint << 62), skip);
		END IF;

		IF low IS NULL AND high IS NULL THEN
			RETURN daybook.next_position();
		END IF;
		place := CASE WHEN high IS NULL THEN low + 4096
			WHEN low IS NULL THEN least(high, 0) - 65536
			ELSE low + (high - low) / 2 END | 1;
		-- The position that it has in another column would look to keep_task() like none given.
		IF place = old_position THEN
			place := place + 2;
		END IF;
		IF high IS NULL THEN
			RETURN CASE WHEN place < (low / 65536 + 1) * 65536 THEN place
				ELSE daybook.next_position() END;
		ELSIF place < high AND (low IS NULL OR low < place) THEN
			RETURN place;
		END IF;
		PERFORM daybook.make_room(project, rank, side, neighbour, mark, high);
	END LOOP;
END
$$;

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

COMMIT;
