-- tasks.sql: tasks and their lists.

-- fragment task_columns
id, title, description, status, priority, completed_at IS NOT NULL AS completed, completed_at,
due_date, remind_at, project_id, category_id, position, version, created_at, updated_at

-- fragment task_conditions
AND version::text = ANY (:if_match)    --? if_match
AND version = :version                 --? version

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
AND due_date >= (SELECT day_start(:due_from_day, {my_timezone}))                      --? due_from_day
AND due_date < (SELECT day_start(:due_to_day + 1, {my_timezone}))                     --? due_to_day
AND (strpos(title_key, (SELECT fold(:search) COLLATE "C")) > 0                        --? search
     OR strpos(fold(description) COLLATE "C", (SELECT fold(:search) COLLATE "C")) > 0)    --? search

-- fragment archived_projects
ARRAY(SELECT a.id FROM projects AS a WHERE a.user_id = current_user_id() AND a.archived)

-- task_get(id uuid) reads
-- Reads one task.
SELECT {task_columns} FROM tasks WHERE user_id = current_user_id() AND id = :id;

-- task_get_inside(id uuid, project_id uuid) reads
-- Reads one task if it is in this project.
SELECT {task_columns} FROM tasks
WHERE user_id = current_user_id() AND id = :id AND project_id = :project_id;

-- task_create(id uuid, title text, description text, status task_status, priority task_priority, due_date timestamptz, remind_at timestamptz, project_id uuid, category_id uuid)
-- Makes a task at the end of its column; no row if the user has one with this id.
INSERT INTO tasks (user_id, id, title, description, status, priority, due_date, remind_at,
                   project_id, category_id)
VALUES (current_user_id(), :id, :title, :description, coalesce(:status, 'TODO'),
        coalesce(:priority, 'MEDIUM'), :due_date, :remind_at, :project_id, :category_id)
ON CONFLICT (user_id, id) DO NOTHING
RETURNING {task_columns};

-- task_update(id uuid, if_match text[], version bigint, sent text[], title text, description text, status task_status, completed bool, priority task_priority, due_date timestamptz, remind_at timestamptz, project_id uuid, category_id uuid)
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
    due_date = merge('due_date', :sent, :due_date, due_date),
    remind_at = merge('remind_at', :sent, :remind_at, remind_at),
    project_id = merge('project_id', :sent, :project_id, project_id),
    category_id = merge('category_id', :sent, :category_id, category_id)
WHERE user_id = current_user_id() AND id = :id
  {task_conditions}
RETURNING {task_columns};

-- task_delete(id uuid, if_match text[], version bigint)
-- Deletes one task.
DELETE FROM tasks
WHERE user_id = current_user_id() AND id = :id
  {task_conditions}
RETURNING id;

-- task_count(status task_status[], priority task_priority[], completed bool, project_id uuid, no_project bool, category_id uuid, no_category bool, live_only bool, due_from timestamptz, due_to timestamptz, due_from_day date, due_to_day date, search text) reads
-- How many tasks match.
SELECT count(*) AS _total FROM tasks WHERE
{task_filters};

-- task_list(status task_status[], priority task_priority[], completed bool, project_id uuid, no_project bool, category_id uuid, no_category bool, live_only bool, due_from timestamptz, due_to timestamptz, due_from_day date, due_to_day date, search text, sort_by text, sort_order text, after_key text, after_id uuid, rows int, skip int) reads
-- One page in one order. Without a due date a task comes last in both directions.
SELECT {task_columns},
{time_key}
coalesce(due_date::text, '') AS _key      --? sort_by=due_date
priority_rank::text AS _key               --? sort_by=priority
status_rank || ':' || position AS _key    --? sort_by=position
title_key AS _key                         --? sort_by=title
FROM tasks WHERE
{task_filters}
AND status_rank >= (SELECT min(status_rank(s)) FROM unnest(:status) AS s)    --? status, sort_by=position
AND status_rank <= (SELECT max(status_rank(s)) FROM unnest(:status) AS s)    --? status, sort_by=position
{after_time}
AND (due_or_after(due_date), id) > (due_or_after(nullif(:after_key, '')::timestamptz), :after_id)      --? after_id, sort_by=due_date, sort_order=asc
AND (due_or_before(due_date), id) < (due_or_before(nullif(:after_key, '')::timestamptz), :after_id)    --? after_id, sort_by=due_date, sort_order=desc
AND (priority_rank, id) > (:after_key::smallint, :after_id)    --? after_id, sort_by=priority, sort_order=asc
AND (priority_rank, id) < (:after_key::smallint, :after_id)    --? after_id, sort_by=priority, sort_order=desc
AND (status_rank, position, id) > (split_part(:after_key, ':', 1)::smallint, split_part(:after_key, ':', 2)::bigint, :after_id)    --? after_id, sort_by=position, sort_order=asc
AND (status_rank, position, id) < (split_part(:after_key, ':', 1)::smallint, split_part(:after_key, ':', 2)::bigint, :after_id)    --? after_id, sort_by=position, sort_order=desc
AND (title_key, id) > (:after_key, :after_id)    --? after_id, sort_by=title, sort_order=asc
AND (title_key, id) < (:after_key, :after_id)    --? after_id, sort_by=title, sort_order=desc
{time_order}
ORDER BY due_or_after(due_date), id                   --? sort_by=due_date, sort_order=asc
ORDER BY due_or_before(due_date) DESC, id DESC        --? sort_by=due_date, sort_order=desc
ORDER BY priority_rank, id                            --? sort_by=priority, sort_order=asc
ORDER BY priority_rank DESC, id DESC                  --? sort_by=priority, sort_order=desc
ORDER BY status_rank, position, id                    --? sort_by=position, sort_order=asc
ORDER BY status_rank DESC, position DESC, id DESC     --? sort_by=position, sort_order=desc
ORDER BY title_key, id                                --? sort_by=title, sort_order=asc
ORDER BY title_key DESC, id DESC                      --? sort_by=title, sort_order=desc
LIMIT :rows OFFSET :skip;
