-- board.sql of release v0.1.0, as its workers send it: fragments in their places, `:name` a parameter.
-- A line that ends in `--? a, b=word` is sent only when a is given and b is that word.

-- board_move(id uuid, sent text[], status task_status, project_id uuid, after uuid, before uuid, if_match text[], version bigint)
SELECT outcome AS _outcome
FROM move_task(:id, :sent, :status::task_status, :project_id, :after, :before, :if_match, :version);

-- board_update(updates jsonb)
SELECT bulk_update_tasks(:updates::jsonb) AS _done;

-- board_updated(updates jsonb)
SELECT
id, title, description, status, priority, completed_at IS NOT NULL AS completed, completed_at,
due_date, remind_at, project_id, category_id, position, version, created_at, updated_at
FROM (SELECT (e.value ->> 'id')::uuid AS id, e.ordinality
FROM jsonb_array_elements(:updates::jsonb) WITH ORDINALITY AS e) AS changed
JOIN tasks USING (id)
WHERE user_id = current_user_id()
ORDER BY ordinality;

-- board_delete(ids uuid[])
SELECT bulk_delete_tasks(:ids::uuid[]) AS _done;
