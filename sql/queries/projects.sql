-- projects.sql: projects with the counts of their tasks, always in one statement.

-- fragment project_row
-- A CTE or the table itself may stand behind the name `projects`.
SELECT projects.id, projects.name, projects.description, projects.color, projects.archived,
       (c.todo + c.in_progress + c.done)::int AS task_count,
       row_to_json(c) AS task_counts,
       projects.version, projects.created_at, projects.updated_at,
       concat_ws('-', projects.version, c.todo, c.in_progress, c.done) AS _etag

-- fragment project_counts
CROSS JOIN LATERAL ({project_count}) AS c

-- fragment project_count
SELECT count(*) FILTER (WHERE t.status_rank = 1) AS todo,
       count(*) FILTER (WHERE t.status_rank = 2) AS in_progress,
       count(*) FILTER (WHERE t.status_rank = 3) AS done
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.project_id = projects.id

-- fragment project_is_fresh
AND version = :version    --? version
AND (SELECT concat_ws('-', version, c.todo, c.in_progress, c.done) FROM ({project_count}) AS c) = ANY (:if_match)    --? if_match

-- fragment project_filters
user_id = current_user_id()
AND archived        --? archived=true
AND NOT archived    --? archived=false
AND (strpos(name_key, (SELECT fold(:search) COLLATE "C")) > 0                               --? search
     OR strpos(fold(description) COLLATE "C", (SELECT fold(:search) COLLATE "C")) > 0)    --? search

-- project_get(id uuid) reads
-- Reads one project.
{project_row}
FROM projects {project_counts}
WHERE user_id = current_user_id() AND id = :id;

-- project_exists(id uuid) reads
-- Whether the user has this project.
SELECT id FROM projects WHERE user_id = current_user_id() AND id = :id;

-- project_create(id uuid, name text, description text, color text, archived bool)
-- Makes a project; no row if the user has one with this id.
WITH projects AS (
    INSERT INTO projects (user_id, id, name, description, color, archived)
    VALUES (current_user_id(), :id, :name, :description, :color, coalesce(:archived, false))
    ON CONFLICT (user_id, id) DO NOTHING
    RETURNING id, name, description, color, archived, version, created_at, updated_at)
{project_row}
FROM projects {project_counts};

-- project_update(id uuid, if_match text[], version bigint, sent text[], name text, description text, color text, archived bool)
-- Changes the members that were sent.
WITH projects AS (
    UPDATE projects
    SET name = merge('name', :sent, :name, name),
        description = merge('description', :sent, :description, description),
        color = merge('color', :sent, :color, color),
        archived = merge('archived', :sent, :archived, archived)
    WHERE user_id = current_user_id() AND id = :id
      {project_is_fresh}
    RETURNING id, name, description, color, archived, version, created_at, updated_at)
{project_row}
FROM projects {project_counts};

-- project_delete(id uuid, if_match text[], version bigint)
-- Deletes a project; its tasks go with it.
DELETE FROM projects
WHERE user_id = current_user_id() AND id = :id
  {project_is_fresh}
RETURNING id;

-- project_count(archived text, search text) reads
-- How many projects match.
SELECT count(*) AS _total FROM projects WHERE
{project_filters};

-- project_list(archived text, search text, sort_by text, sort_order text, after_key text, after_id uuid, rows int, skip int) reads
-- One page in one order. The counts are taken for the page alone.
WITH projects AS (
    SELECT id, name, description, color, archived, version, created_at, updated_at, name_key
    FROM projects WHERE
    {project_filters}
    {after_name_or_time}
    {name_or_time_order}
    LIMIT :rows OFFSET :skip)
{project_row},
name_key AS _key            --? sort_by=name
{time_key}
FROM projects {project_counts}
{name_or_time_order};

-- fragment name_or_time_order
ORDER BY name_key, id                --? sort_by=name, sort_order=asc
ORDER BY name_key DESC, id DESC      --? sort_by=name, sort_order=desc
{time_order}

-- fragment after_name_or_time
AND (name_key, id) > (:after_key, :after_id)                   --? after_id, sort_by=name, sort_order=asc
AND (name_key, id) < (:after_key, :after_id)                   --? after_id, sort_by=name, sort_order=desc
{after_time}
