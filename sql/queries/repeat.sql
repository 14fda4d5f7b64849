-- repeat.sql: tasks that repeat.

-- Those of these tasks that make a next one when they are done.

-- fragment repeats
t.user_id = current_user_id() AND t.id = ANY (:ids) AND t.recurrence IS NOT NULL AND t.completed_at IS NULL

-- repeat_find(ids uuid[]) reads
-- Those of these tasks that repeat, once they are completed.
SELECT t.id FROM tasks AS t WHERE {repeats};

-- repeat_lock(ids uuid[])
-- The same ones, which nobody else changes from now on: the rule, the local day on which each is due, today,
-- and the last day on which it could have been due by now. The board is locked first, as for any change of
-- many tasks.
WITH board AS MATERIALIZED (SELECT lock_tasks()), {my_clock}
SELECT t.id, t.recurrence, t.recurrence_from,
       coalesce(t.due_on, t.due_day, (t.due_date AT TIME ZONE zone)::date) AS due,
       today, CASE WHEN t.due_on IS NULL AND coalesce(t.due_clock, (t.due_date AT TIME ZONE zone)::time) <= now::time
                   THEN today ELSE today - 1 END AS past
FROM board, clock, tasks AS t
WHERE {repeats}
ORDER BY t.id
FOR NO KEY UPDATE OF t;

-- repeat_is_over(id uuid, day date, until timestamptz) reads
-- Whether the task would be due after this moment, on that day.
SELECT n.due_date > :until AS _over
FROM tasks AS t, LATERAL due_after(t, :day) AS n
WHERE t.user_id = current_user_id() AND t.id = :id;

-- repeat_make(id uuid, next_id uuid, day date, recurrence text)
-- Makes the next task of a series before this one is completed; without a day the series ends.
SELECT repeat_task(:id, :next_id, :day, :recurrence) AS _done;

-- repeat_skip(id uuid, day date, recurrence text) guarded
-- Moves a task to another day.
UPDATE tasks
SET (due_on, due_date, due_day, due_clock, remind_at) = (
        SELECT n.due_on, n.due_date, n.due_day, n.due_clock, n.remind_at FROM due_after(tasks, :day) AS n),
    recurrence = :recurrence
WHERE user_id = current_user_id() AND id = :id
  {is_fresh:{row_tag}}
RETURNING {task_row};
