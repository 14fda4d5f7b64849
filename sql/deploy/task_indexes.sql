-- Deploy daybook:task_indexes to pg
-- requires: tasks
-- One index for each order of the task list, from the user to the id, so that any page costs the
-- same: the first one, and the one after (key, id). Each serves both directions, since the id breaks
-- ties in the direction of the key. The expressions below and nothing else find them; for descending
-- order take DESC twice and < instead of >.
--
--   order        ORDER BY                                   page after
--   created_at   created_at, id                             (created_at, id) > (:key, :id)
--   updated_at   updated_at, id                             (updated_at, id) > (:key, :id)
--   due_date     due_or_after(due_date), id                 (due_or_after(due_date), id) > (:key, :id)
--   due_date ↓   due_or_before(due_date) DESC, id DESC      (due_or_before(due_date), id) < (:key, :id)
--   priority     priority_rank, id                          (priority_rank, id) > (:key, :id)
--   position     status_rank, position, id                  (status_rank, position, id) > (:status, :key, :id)
--   title        title_key, id                              (title_key, id) > (:key, :id)
--
-- A filter by status is an index condition only as status_rank: = ANY (ranks) for a total; BETWEEN
-- their least and greatest, beside the filter itself, for a list in the order of position (else the
-- last column of the board costs a walk through the others).
-- The other filters and the total need no more: they walk one user's rows. Each index makes every
-- write dearer, so a new one has to show what it is for.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- A task without due date comes last in both directions: after all others, or before them when the
-- order is turned round. CASE and not coalesce(), which counts as a leak and so becomes no condition.
CREATE FUNCTION daybook.due_or_after(due_date timestamptz) RETURNS timestamptz
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN due_date IS NULL THEN 'infinity' ELSE due_date END;
CREATE FUNCTION daybook.due_or_before(due_date timestamptz) RETURNS timestamptz
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN due_date IS NULL THEN '-infinity' ELSE due_date END;
GRANT EXECUTE ON FUNCTION daybook.due_or_after(timestamptz), daybook.due_or_before(timestamptz)
	TO daybook_app;

CREATE INDEX tasks_created_at ON daybook.tasks (user_id, created_at, id);
CREATE INDEX tasks_updated_at ON daybook.tasks (user_id, updated_at, id);
CREATE INDEX tasks_due_date_asc ON daybook.tasks (user_id, daybook.due_or_after(due_date), id);
CREATE INDEX tasks_due_date_desc ON daybook.tasks (user_id, daybook.due_or_before(due_date), id);
CREATE INDEX tasks_priority ON daybook.tasks (user_id, priority_rank, id);
-- Also for a single column of the board (status_rank = …) and for the neighbours of a place in it.
CREATE INDEX tasks_board ON daybook.tasks (user_id, status_rank, position, id);
CREATE INDEX tasks_title ON daybook.tasks (user_id, title_key, id);
-- What is due soon or overdue (completed_at IS NULL AND due_date < …): few rows among many done ones.
CREATE INDEX tasks_open ON daybook.tasks (user_id, due_date)
	WHERE completed_at IS NULL AND due_date IS NOT NULL;
-- For exists_elsewhere(): a stranger's task is told from none.
CREATE INDEX tasks_id ON daybook.tasks (id);

COMMIT;
