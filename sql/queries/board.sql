-- board.sql: places on the board, and many tasks in one transaction.

-- board_move(id uuid, sent text[], status task_status, project_id uuid, after uuid, before uuid) guarded
-- Moves a task; null, or what is wrong. No row if the task is not as it must be.
WITH board AS MATERIALIZED (SELECT lock_tasks()),
task AS MATERIALIZED (
    SELECT tasks.id FROM board, tasks
    WHERE tasks.user_id = current_user_id() AND tasks.id = :id
    {is_fresh:{row_tag}}
    FOR NO KEY UPDATE OF tasks)
SELECT board_move(task.id, :sent, :status, :project_id, :after, :before)::text AS _faults FROM task;

-- board_update(updates jsonb)
-- Applies checked changes in their order; any that cannot be applied rejects them all.
SELECT board_update(:updates) AS _done;

-- board_updated(updates jsonb) reads
-- The tasks of those changes as they are now, in that order.
SELECT {task_columns}
FROM (SELECT (e.value ->> 'id')::uuid AS id, e.ordinality
      FROM jsonb_array_elements(:updates) WITH ORDINALITY AS e) AS changed
JOIN tasks USING (id)
WHERE user_id = current_user_id()
ORDER BY ordinality;

-- board_delete(ids uuid[])
-- Deletes all of these tasks, or none.
SELECT bulk_delete_tasks(:ids) AS _done;
