-- export.sql of release v0.1.0, as its workers send it: fragments in their places, `:name` a parameter.
-- A line that ends in `--? a, b=word` is sent only when a is given and b is that word.

-- export_projects(after uuid, rows int)
WITH projects AS (
SELECT id, name, description, color, archived, version, created_at, updated_at
FROM projects
WHERE user_id = current_user_id()
AND id > :after    --? after
ORDER BY id LIMIT :rows::int
)
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
ORDER BY id;

-- export_categories(after uuid, rows int)
WITH categories AS (
SELECT id, name, color, version, created_at, updated_at
FROM categories
WHERE user_id = current_user_id()
AND id > :after    --? after
ORDER BY id LIMIT :rows::int
)
SELECT categories.id, categories.name, categories.color, c.tasks::int AS task_count,
categories.version, categories.created_at, categories.updated_at,
concat_ws('-', categories.version, c.tasks) AS _etag
FROM categories
CROSS JOIN LATERAL (
SELECT count(*) AS tasks
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.category_id = categories.id
) AS c
ORDER BY id;

-- export_tasks(after uuid, rows int)
SELECT
id, title, description, status, priority, completed_at IS NOT NULL AS completed, completed_at,
due_date, remind_at, project_id, category_id, position, version, created_at, updated_at
FROM tasks
WHERE user_id = current_user_id()
AND id > :after    --? after
ORDER BY id LIMIT :rows::int
;

-- export_moods(after uuid, rows int)
SELECT
id, score, emotions, note, recorded_at, version, created_at, updated_at
FROM moods
WHERE user_id = current_user_id()
AND id > :after    --? after
ORDER BY id LIMIT :rows::int
;

-- export_journals(after uuid, rows int)
SELECT
id, title, content, entry_date, tags, mood_id, version, created_at, updated_at
FROM journals
WHERE user_id = current_user_id()
AND id > :after    --? after
ORDER BY id LIMIT :rows::int
;
