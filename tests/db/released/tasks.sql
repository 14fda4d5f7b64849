-- tasks.sql of release v0.1.0, as its workers send it: fragments in their places, `:name` a parameter.
-- A line that ends in `--? a, b=word` is sent only when a is given and b is that word.

-- task_get(id uuid)
SELECT
id, title, description, status, priority, completed_at IS NOT NULL AS completed, completed_at,
due_date, remind_at, project_id, category_id, position, version, created_at, updated_at
FROM tasks WHERE user_id = current_user_id() AND id = :id;

-- task_get_inside(id uuid, project_id uuid)
SELECT
id, title, description, status, priority, completed_at IS NOT NULL AS completed, completed_at,
due_date, remind_at, project_id, category_id, position, version, created_at, updated_at
FROM tasks
WHERE user_id = current_user_id() AND id = :id AND project_id = :project_id;

-- task_create(id uuid, title text, description text, status task_status, priority task_priority, due_date timestamptz, remind_at timestamptz, project_id uuid, category_id uuid)
INSERT INTO tasks (user_id, id, title, description, status, priority, due_date, remind_at,
project_id, category_id)
VALUES (current_user_id(), :id, :title, :description, coalesce(:status::task_status, 'TODO'),
coalesce(:priority::task_priority, 'MEDIUM'), :due_date, :remind_at, :project_id, :category_id)
ON CONFLICT (user_id, id) DO NOTHING
RETURNING
id, title, description, status, priority, completed_at IS NOT NULL AS completed, completed_at,
due_date, remind_at, project_id, category_id, position, version, created_at, updated_at
;

-- task_update(id uuid, if_match text[], version bigint, sent text[], title text, description text, status task_status, completed bool, priority task_priority, due_date timestamptz, remind_at timestamptz, project_id uuid, category_id uuid)
UPDATE tasks
SET title = merge('title', :sent, :title, title),
description = merge('description', :sent, :description, description),
status = CASE
WHEN 'status' = ANY (:sent) THEN :status::task_status
WHEN :completed THEN 'DONE'
WHEN NOT :completed AND status = 'DONE' THEN 'TODO'
ELSE status END,
priority = merge('priority', :sent, :priority::task_priority, priority),
due_date = merge('due_date', :sent, :due_date, due_date),
remind_at = merge('remind_at', :sent, :remind_at, remind_at),
project_id = merge('project_id', :sent, :project_id, project_id),
category_id = merge('category_id', :sent, :category_id, category_id)
WHERE user_id = current_user_id() AND id = :id
AND version::text = ANY (:if_match)    --? if_match
AND version = :version    --? version
RETURNING
id, title, description, status, priority, completed_at IS NOT NULL AS completed, completed_at,
due_date, remind_at, project_id, category_id, position, version, created_at, updated_at
;

-- task_delete(id uuid, if_match text[], version bigint)
DELETE FROM tasks
WHERE user_id = current_user_id() AND id = :id
AND version::text = ANY (:if_match)    --? if_match
AND version = :version    --? version
RETURNING id;

-- task_count(status task_status[], priority task_priority[], completed bool, project_id uuid, no_project bool, category_id uuid, no_category bool, live_only bool, due_from timestamptz, due_to timestamptz, due_from_day date, due_to_day date, search text)
SELECT count(*) AS _total FROM tasks WHERE
user_id = current_user_id()
AND status_rank = ANY (ARRAY(SELECT status_rank(s) FROM unnest(:status::task_status[]) AS s))    --? status
AND priority_rank = ANY (ARRAY(SELECT priority_rank(p) FROM unnest(:priority::task_priority[]) AS p))    --? priority
AND (completed_at IS NOT NULL) = :completed    --? completed
AND project_id = :project_id    --? project_id
AND project_id IS NULL    --? no_project
AND category_id = :category_id    --? category_id
AND category_id IS NULL    --? no_category
AND (project_id IS NULL OR project_id <> ALL (    --? live_only
ARRAY(SELECT a.id FROM projects AS a WHERE a.user_id = current_user_id() AND a.archived)    --? live_only
))    --? live_only
AND due_date >= :due_from    --? due_from
AND due_date <= :due_to    --? due_to
AND due_date >= (SELECT day_start(:due_from_day,    --? due_from_day
(SELECT u.timezone FROM users AS u WHERE u.id = current_user_id())    --? due_from_day
))    --? due_from_day
AND due_date < (SELECT day_start(:due_to_day + 1,    --? due_to_day
(SELECT u.timezone FROM users AS u WHERE u.id = current_user_id())    --? due_to_day
))    --? due_to_day
AND (strpos(title_key, (SELECT fold(:search) COLLATE "C")) > 0    --? search
OR strpos(fold(description) COLLATE "C", (SELECT fold(:search) COLLATE "C")) > 0)    --? search
;

-- task_list(status task_status[], priority task_priority[], completed bool, project_id uuid, no_project bool, category_id uuid, no_category bool, live_only bool, due_from timestamptz, due_to timestamptz, due_from_day date, due_to_day date, search text, sort_by text, sort_order text, after_key text, after_id uuid, rows int, skip int)
SELECT
id, title, description, status, priority, completed_at IS NOT NULL AS completed, completed_at,
due_date, remind_at, project_id, category_id, position, version, created_at, updated_at
,
created_at::text AS _key    --? sort_by=created_at
updated_at::text AS _key    --? sort_by=updated_at
coalesce(due_date::text, '') AS _key    --? sort_by=due_date
priority_rank::text AS _key    --? sort_by=priority
status_rank || ':' || position AS _key    --? sort_by=position
title_key AS _key    --? sort_by=title
FROM tasks WHERE
user_id = current_user_id()
AND status_rank = ANY (ARRAY(SELECT status_rank(s) FROM unnest(:status::task_status[]) AS s))    --? status
AND priority_rank = ANY (ARRAY(SELECT priority_rank(p) FROM unnest(:priority::task_priority[]) AS p))    --? priority
AND (completed_at IS NOT NULL) = :completed    --? completed
AND project_id = :project_id    --? project_id
AND project_id IS NULL    --? no_project
AND category_id = :category_id    --? category_id
AND category_id IS NULL    --? no_category
AND (project_id IS NULL OR project_id <> ALL (    --? live_only
ARRAY(SELECT a.id FROM projects AS a WHERE a.user_id = current_user_id() AND a.archived)    --? live_only
))    --? live_only
AND due_date >= :due_from    --? due_from
AND due_date <= :due_to    --? due_to
AND due_date >= (SELECT day_start(:due_from_day,    --? due_from_day
(SELECT u.timezone FROM users AS u WHERE u.id = current_user_id())    --? due_from_day
))    --? due_from_day
AND due_date < (SELECT day_start(:due_to_day + 1,    --? due_to_day
(SELECT u.timezone FROM users AS u WHERE u.id = current_user_id())    --? due_to_day
))    --? due_to_day
AND (strpos(title_key, (SELECT fold(:search) COLLATE "C")) > 0    --? search
OR strpos(fold(description) COLLATE "C", (SELECT fold(:search) COLLATE "C")) > 0)    --? search
AND status_rank >= (SELECT min(status_rank(s)) FROM unnest(:status::task_status[]) AS s)    --? status, sort_by=position
AND status_rank <= (SELECT max(status_rank(s)) FROM unnest(:status::task_status[]) AS s)    --? status, sort_by=position
AND (created_at, id) > (:after_key::timestamptz, :after_id)    --? after_id, sort_by=created_at, sort_order=asc
AND (created_at, id) < (:after_key::timestamptz, :after_id)    --? after_id, sort_by=created_at, sort_order=desc
AND (updated_at, id) > (:after_key::timestamptz, :after_id)    --? after_id, sort_by=updated_at, sort_order=asc
AND (updated_at, id) < (:after_key::timestamptz, :after_id)    --? after_id, sort_by=updated_at, sort_order=desc
AND (due_or_after(due_date), id) > (due_or_after(nullif(:after_key, '')::timestamptz), :after_id)    --? after_id, sort_by=due_date, sort_order=asc
AND (due_or_before(due_date), id) < (due_or_before(nullif(:after_key, '')::timestamptz), :after_id)    --? after_id, sort_by=due_date, sort_order=desc
AND (priority_rank, id) > (:after_key::smallint, :after_id)    --? after_id, sort_by=priority, sort_order=asc
AND (priority_rank, id) < (:after_key::smallint, :after_id)    --? after_id, sort_by=priority, sort_order=desc
AND (status_rank, position, id) > (split_part(:after_key, ':', 1)::smallint, split_part(:after_key, ':', 2)::bigint, :after_id)    --? after_id, sort_by=position, sort_order=asc
AND (status_rank, position, id) < (split_part(:after_key, ':', 1)::smallint, split_part(:after_key, ':', 2)::bigint, :after_id)    --? after_id, sort_by=position, sort_order=desc
AND (title_key, id) > (:after_key, :after_id)    --? after_id, sort_by=title, sort_order=asc
AND (title_key, id) < (:after_key, :after_id)    --? after_id, sort_by=title, sort_order=desc
ORDER BY created_at, id    --? sort_by=created_at, sort_order=asc
ORDER BY created_at DESC, id DESC    --? sort_by=created_at, sort_order=desc
ORDER BY updated_at, id    --? sort_by=updated_at, sort_order=asc
ORDER BY updated_at DESC, id DESC    --? sort_by=updated_at, sort_order=desc
ORDER BY due_or_after(due_date), id    --? sort_by=due_date, sort_order=asc
ORDER BY due_or_before(due_date) DESC, id DESC    --? sort_by=due_date, sort_order=desc
ORDER BY priority_rank, id    --? sort_by=priority, sort_order=asc
ORDER BY priority_rank DESC, id DESC    --? sort_by=priority, sort_order=desc
ORDER BY status_rank, position, id    --? sort_by=position, sort_order=asc
ORDER BY status_rank DESC, position DESC, id DESC    --? sort_by=position, sort_order=desc
ORDER BY title_key, id    --? sort_by=title, sort_order=asc
ORDER BY title_key DESC, id DESC    --? sort_by=title, sort_order=desc
LIMIT :rows::int OFFSET :skip::int;
