-- tasks.sql: tasks and their lists.

-- fragment task_columns
id, title, description, status, priority, completed_at IS NOT NULL AS completed, completed_at,
due_on AS due_date, due_date, remind_at, recurrence, recurrence_from, recurrence_of, next_task_id,
project_id, category_id, place_key AS position, version, created_at, updated_at

-- fragment task_row
{task_columns}, {row_tag} AS _etag

-- The local day on which a task is due.

-- fragment due_day
coalesce(due_on, (due_date AT TIME ZONE {my_zone})::date)

-- fragment task_filters
user_id = current_user_id()
AND status_rank = ANY (ARRAY(SELECT status_rank(s) FROM unnest(:status) AS s))        --? status
AND priority_rank = ANY (ARRAY(SELECT priority_rank(p) FROM unnest(:priority) AS p))  --? priority
AND (completed_at IS NOT NULL) = :completed                                           --? completed
AND project_id = :project_id                                                          --? project_id
AND project_id IS NULL                                                                --? no_project
AND category_id = :category_id                                                        --? category_id
AND category_id IS NULL                                                               --? no_category
AND (project_id IS NULL OR project_id <> ALL ({archived_projects}))                   --? live_only
AND due_date >= :due_from                                                             --? due_from
AND due_date <= :due_to                                                               --? due_to
AND {due_day} >= :due_from_day                                                        --? due_from_day
AND due_date >= (:due_from_day::timestamp - interval '1 day') AT TIME ZONE 'UTC'      --? due_from_day
AND {due_day} <= :due_to_day                                                          --? due_to_day
AND due_date < (:due_to_day::timestamp + interval '2 days') AT TIME ZONE 'UTC'        --? due_to_day
AND (recurrence IS NOT NULL) = :recurring                                             --? recurring
AND recurrence_of = :recurrence_of                                                    --? recurrence_of
{is_found}

-- task_get(id uuid) reads
-- Reads one task.
SELECT {task_row} FROM tasks WHERE user_id = current_user_id() AND id = :id;

-- task_get_inside(id uuid, project_id uuid) reads
-- Reads one task if it is in this project.
SELECT {task_row} FROM tasks
WHERE user_id = current_user_id() AND id = :id AND project_id = :project_id;

-- task_create(
--     id uuid, title text, description text, status task_status, priority task_priority,
--     due_date timestamptz, due_on date, remind_at timestamptz, recurrence text, recurrence_from text,
--     project_id uuid, category_id uuid)
-- Makes a task at the end of its column; no row if the user has one with this id.
INSERT INTO tasks (user_id, id, title, description, status, priority, due_date, due_on, remind_at,
                   recurrence, recurrence_from, project_id, category_id)
VALUES (current_user_id(), :id, :title, :description, coalesce(:status, 'TODO'),
        coalesce(:priority, 'MEDIUM'), :due_date, :due_on, :remind_at, :recurrence,
        coalesce(:recurrence_from, 'DUE'), :project_id, :category_id)
ON CONFLICT (user_id, id) DO NOTHING
RETURNING {task_row};

-- task_update(
--     id uuid, sent text[], title text, description text, status task_status, completed bool,
--     priority task_priority, due_date timestamptz, due_on date, remind_at timestamptz,
--     recurrence text, recurrence_from text, project_id uuid, category_id uuid) guarded
-- Changes the members that were sent; `completed` is the status by another name.
UPDATE tasks
SET title = merge('title', :sent, :title, title),
    description = merge('description', :sent, :description, description),
    status = CASE
        WHEN 'status' = ANY (:sent) THEN :status
        WHEN :completed THEN 'DONE'
        WHEN NOT :completed AND status = 'DONE' THEN 'TODO'
        ELSE status END,
    priority = merge('priority', :sent, :priority, priority),
    due_on = merge('due_date', :sent, :due_on, due_on),
    due_date = CASE WHEN 'due_date' = ANY (:sent) AND :due_on IS NULL THEN :due_date ELSE due_date END,
    remind_at = merge('remind_at', :sent, :remind_at, remind_at),
    recurrence = merge('recurrence', :sent, :recurrence, recurrence),
    recurrence_from = merge('recurrence_from', :sent, :recurrence_from, recurrence_from),
    project_id = merge('project_id', :sent, :project_id, project_id),
    category_id = merge('category_id', :sent, :category_id, category_id)
WHERE user_id = current_user_id() AND id = :id
  {is_fresh:{row_tag}}
RETURNING {task_row};

-- task_delete(id uuid) guarded
-- Deletes one task.
DELETE FROM tasks
WHERE user_id = current_user_id() AND id = :id
  {is_fresh:{row_tag}}
RETURNING id;

-- task_list(
--     status task_status[], priority task_priority[], completed bool, project_id uuid, no_project bool,
--     category_id uuid, no_category bool, live_only bool, due_from timestamptz, due_to timestamptz,
--     due_from_day date, due_to_day date, recurring bool, recurrence_of uuid, search text) reads pages
-- One page in one order. Without a due date a task comes last in both directions.
-- by created_at timestamptz
-- by updated_at timestamptz
-- by due_date asc: due_or_after(due_date) | coalesce(due_date::text, '') | due_or_after(nullif(:after_key, '')::timestamptz)
-- by due_date desc: due_or_before(due_date) | coalesce(due_date::text, '') | due_or_before(nullif(:after_key, '')::timestamptz)
-- by priority priority_rank smallint
-- by position unique: status_rank, place_key | status_rank || ':' || (SELECT column_generations())[status_rank] || ':' || place_key | split_part(:after_key, ':', 1)::smallint, split_part(:after_key, ':', 3)
-- by title title_fold text
SELECT {task_columns} {key}
FROM tasks
WHERE {task_filters}
AND status_rank >= (SELECT min(status_rank(s)) FROM unnest(:status) AS s)    --? status, sort_by=position
AND status_rank <= (SELECT max(status_rank(s)) FROM unnest(:status) AS s)    --? status, sort_by=position
AND place_cursor_holds(:after_key)                                           --? after_id, sort_by=position
{page};

-- task_due_range(due_from timestamptz, due_to timestamptz, due_from_day date, due_to_day date) reads
-- Whether a range of a day and an instant is the wrong way round: the user's zone tells an instant's day.
SELECT coalesce(:due_from_day, (:due_from AT TIME ZONE {my_zone})::date)
       > coalesce(:due_to_day, (:due_to AT TIME ZONE {my_zone})::date) AS _backwards;
