-- projects.sql of release v0.1.0, as its workers send it: fragments in their places, `:name` a parameter.
-- A line that ends in `--? a, b=word` is sent only when a is given and b is that word.

-- project_get(id uuid)
SELECT projects.id, projects.name, projects.description, projects.color, projects.archived,
(c.todo + c.in_progress + c.done)::int AS task_count,
row_to_json(c) AS task_counts,
projects.version, projects.created_at, projects.updated_at,
concat_ws('-', projects.version, c.todo, c.in_progress, c.done) AS _etag
FROM projects
CROSS JOIN LATERAL (
SELECT count(*) FILTER (WHERE t.status_rank = 1) AS todo,
count(*) FILTER (WHERE t.status_rank = 2) AS in_progress,
count(*) FILTER (WHERE t.status_rank = 3) AS done
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.project_id = projects.id
) AS c
WHERE user_id = current_user_id() AND id = :id;

-- project_exists(id uuid)
SELECT id FROM projects WHERE user_id = current_user_id() AND id = :id;

-- project_create(id uuid, name text, description text, color text, archived bool)
WITH projects AS (
INSERT INTO projects (user_id, id, name, description, color, archived)
VALUES (current_user_id(), :id, :name, :description, :color, coalesce(:archived, false))
ON CONFLICT (user_id, id) DO NOTHING
RETURNING id, name, description, color, archived, version, created_at, updated_at)
SELECT projects.id, projects.name, projects.description, projects.color, projects.archived,
(c.todo + c.in_progress + c.done)::int AS task_count,
row_to_json(c) AS task_counts,
projects.version, projects.created_at, projects.updated_at,
concat_ws('-', projects.version, c.todo, c.in_progress, c.done) AS _etag
FROM projects
CROSS JOIN LATERAL (
SELECT count(*) FILTER (WHERE t.status_rank = 1) AS todo,
count(*) FILTER (WHERE t.status_rank = 2) AS in_progress,
count(*) FILTER (WHERE t.status_rank = 3) AS done
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.project_id = projects.id
) AS c
;

-- project_update(id uuid, if_match text[], version bigint, sent text[], name text, description text, color text, archived bool)
WITH projects AS (
UPDATE projects
SET name = merge('name', :sent, :name, name),
description = merge('description', :sent, :description, description),
color = merge('color', :sent, :color, color),
archived = merge('archived', :sent, :archived, archived)
WHERE user_id = current_user_id() AND id = :id
AND version = :version    --? version
AND (SELECT concat_ws('-', version, c.todo, c.in_progress, c.done) FROM (    --? if_match
SELECT count(*) FILTER (WHERE t.status_rank = 1) AS todo,    --? if_match
count(*) FILTER (WHERE t.status_rank = 2) AS in_progress,    --? if_match
count(*) FILTER (WHERE t.status_rank = 3) AS done    --? if_match
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.project_id = projects.id    --? if_match
) AS c) = ANY (:if_match)    --? if_match
RETURNING id, name, description, color, archived, version, created_at, updated_at)
SELECT projects.id, projects.name, projects.description, projects.color, projects.archived,
(c.todo + c.in_progress + c.done)::int AS task_count,
row_to_json(c) AS task_counts,
projects.version, projects.created_at, projects.updated_at,
concat_ws('-', projects.version, c.todo, c.in_progress, c.done) AS _etag
FROM projects
CROSS JOIN LATERAL (
SELECT count(*) FILTER (WHERE t.status_rank = 1) AS todo,
count(*) FILTER (WHERE t.status_rank = 2) AS in_progress,
count(*) FILTER (WHERE t.status_rank = 3) AS done
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.project_id = projects.id
) AS c
;

-- project_delete(id uuid, if_match text[], version bigint)
DELETE FROM projects
WHERE user_id = current_user_id() AND id = :id
AND version = :version    --? version
AND (SELECT concat_ws('-', version, c.todo, c.in_progress, c.done) FROM (    --? if_match
SELECT count(*) FILTER (WHERE t.status_rank = 1) AS todo,    --? if_match
count(*) FILTER (WHERE t.status_rank = 2) AS in_progress,    --? if_match
count(*) FILTER (WHERE t.status_rank = 3) AS done    --? if_match
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.project_id = projects.id    --? if_match
) AS c) = ANY (:if_match)    --? if_match
RETURNING id;

-- project_count(archived text, search text)
SELECT count(*) AS _total FROM projects WHERE
user_id = current_user_id()
AND archived    --? archived=true
AND NOT archived    --? archived=false
AND (strpos(name_key, (SELECT fold(:search) COLLATE "C")) > 0    --? search
OR strpos(fold(description) COLLATE "C", (SELECT fold(:search) COLLATE "C")) > 0)    --? search
;

-- project_list(archived text, search text, sort_by text, sort_order text, after_key text, after_id uuid, rows int, skip int)
WITH projects AS (
SELECT id, name, description, color, archived, version, created_at, updated_at, name_key
FROM projects WHERE
user_id = current_user_id()
AND archived    --? archived=true
AND NOT archived    --? archived=false
AND (strpos(name_key, (SELECT fold(:search) COLLATE "C")) > 0    --? search
OR strpos(fold(description) COLLATE "C", (SELECT fold(:search) COLLATE "C")) > 0)    --? search
AND (name_key, id) > (:after_key, :after_id)    --? after_id, sort_by=name, sort_order=asc
AND (name_key, id) < (:after_key, :after_id)    --? after_id, sort_by=name, sort_order=desc
AND (created_at, id) > (:after_key::timestamptz, :after_id)    --? after_id, sort_by=created_at, sort_order=asc
AND (created_at, id) < (:after_key::timestamptz, :after_id)    --? after_id, sort_by=created_at, sort_order=desc
AND (updated_at, id) > (:after_key::timestamptz, :after_id)    --? after_id, sort_by=updated_at, sort_order=asc
AND (updated_at, id) < (:after_key::timestamptz, :after_id)    --? after_id, sort_by=updated_at, sort_order=desc
ORDER BY name_key, id    --? sort_by=name, sort_order=asc
ORDER BY name_key DESC, id DESC    --? sort_by=name, sort_order=desc
ORDER BY created_at, id    --? sort_by=created_at, sort_order=asc
ORDER BY created_at DESC, id DESC    --? sort_by=created_at, sort_order=desc
ORDER BY updated_at, id    --? sort_by=updated_at, sort_order=asc
ORDER BY updated_at DESC, id DESC    --? sort_by=updated_at, sort_order=desc
LIMIT :rows::int OFFSET :skip::int)
SELECT projects.id, projects.name, projects.description, projects.color, projects.archived,
(c.todo + c.in_progress + c.done)::int AS task_count,
row_to_json(c) AS task_counts,
projects.version, projects.created_at, projects.updated_at,
concat_ws('-', projects.version, c.todo, c.in_progress, c.done) AS _etag
,
name_key AS _key    --? sort_by=name
created_at::text AS _key    --? sort_by=created_at
updated_at::text AS _key    --? sort_by=updated_at
FROM projects
CROSS JOIN LATERAL (
SELECT count(*) FILTER (WHERE t.status_rank = 1) AS todo,
count(*) FILTER (WHERE t.status_rank = 2) AS in_progress,
count(*) FILTER (WHERE t.status_rank = 3) AS done
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.project_id = projects.id
) AS c
ORDER BY name_key, id    --? sort_by=name, sort_order=asc
ORDER BY name_key DESC, id DESC    --? sort_by=name, sort_order=desc
ORDER BY created_at, id    --? sort_by=created_at, sort_order=asc
ORDER BY created_at DESC, id DESC    --? sort_by=created_at, sort_order=desc
ORDER BY updated_at, id    --? sort_by=updated_at, sort_order=asc
ORDER BY updated_at DESC, id DESC    --? sort_by=updated_at, sort_order=desc
;
