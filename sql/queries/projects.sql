-- projects.sql: projects with the counts of their tasks, always in one statement.

-- fragment project_row
-- A CTE or the table itself may stand behind the name `projects`.
SELECT projects.id, projects.name, projects.description, projects.color, projects.archived,
       (c.todo + c.in_progress + c.done)::int AS task_count,
       row_to_json(c) AS task_counts,
       projects.version, projects.created_at, projects.updated_at,
       concat_ws('-', {row_tag}, c.todo, c.in_progress, c.done) AS _etag

-- fragment project_counts
CROSS JOIN LATERAL ({project_count}) AS c

-- The tag of a row of the table itself, in a WHERE.

-- fragment project_tag
(SELECT concat_ws('-', {row_tag}, c.todo, c.in_progress, c.done) FROM ({project_count}) AS c)

-- fragment project_count
SELECT count(*) FILTER (WHERE t.status_rank = 1) AS todo,
       count(*) FILTER (WHERE t.status_rank = 2) AS in_progress,
       count(*) FILTER (WHERE t.status_rank = 3) AS done
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.project_id = projects.id

-- fragment project_filters
user_id = current_user_id()
AND archived        --? archived=true
AND NOT archived    --? archived=false
{is_found}

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
    RETURNING user_id, id, name, description, color, archived, version, created_at, updated_at, etag)
{project_row}
FROM projects {project_counts};

-- project_update(id uuid, sent text[], name text, description text, color text, archived bool) guarded
-- Changes the members that were sent.
WITH projects AS (
    UPDATE projects
    SET name = merge('name', :sent, :name, name),
        description = merge('description', :sent, :description, description),
        color = merge('color', :sent, :color, color),
        archived = merge('archived', :sent, :archived, archived)
    WHERE user_id = current_user_id() AND id = :id
      {is_fresh:{project_tag}}
    RETURNING user_id, id, name, description, color, archived, version, created_at, updated_at, etag)
{project_row}
FROM projects {project_counts};

-- project_delete(id uuid) guarded
-- Deletes a project; its tasks go with it.
DELETE FROM projects
WHERE user_id = current_user_id() AND id = :id
  {is_fresh:{project_tag}}
RETURNING id;

-- project_list(archived text, search text) reads pages
-- One page in one order. The counts are taken for the page alone.
-- by name name_fold text
-- by created_at timestamptz
-- by updated_at timestamptz
WITH projects AS (
    SELECT user_id, id, name, description, color, archived, version, created_at, updated_at, etag, name_fold
    FROM projects
    WHERE {project_filters}
    {page})
{project_row} {key}
FROM projects {project_counts}
{order};

