-- export.sql: all rows of a user, in the order of their ids, some at a time.

-- fragment export_place
WHERE user_id = current_user_id()
AND id > :after    --? after
ORDER BY id LIMIT :rows

-- export_sessions(after uuid, rows int) reads
-- The next sessions, the ended ones too.
SELECT id, user_agent, host(ip) AS ip, created_at, last_used_at, expires_at, revoked_at, revoked_reason
FROM sessions {export_place};

-- export_projects(after uuid, rows int) reads
-- The next projects.
WITH projects AS (
    SELECT user_id, id, name, description, color, archived, version, created_at, updated_at, etag
    FROM projects {export_place})
{project_row}
FROM projects {project_counts}
ORDER BY id;

-- export_categories(after uuid, rows int) reads
-- The next categories.
WITH categories AS (
    SELECT user_id, id, name, color, version, created_at, updated_at, etag
    FROM categories {export_place})
{category_row}
FROM categories {category_counts}
ORDER BY id;

-- export_tasks(after uuid, rows int) reads
-- The next tasks.
SELECT {task_columns} FROM tasks {export_place};

-- export_moods(after uuid, rows int) reads
-- The next moods.
SELECT {mood_columns} FROM moods {export_place};

-- export_notifications(after uuid, rows int) reads
-- The next notifications.
SELECT {notification_columns} FROM notifications
WHERE user_id = current_user_id() AND deleted_at IS NULL
AND id > :after    --? after
ORDER BY id LIMIT :rows;

-- export_journals(after uuid, rows int) reads
-- The next journal entries.
SELECT {journal_columns} FROM journals {export_place};
