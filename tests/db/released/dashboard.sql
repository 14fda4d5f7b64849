-- dashboard.sql of release v0.1.0, as its workers send it: fragments in their places, `:name` a parameter.
-- A line that ends in `--? a, b=word` is sent only when a is given and b is that word.

-- dashboard_tasks()
SELECT (SELECT row_to_json(s) FROM (SELECT todo, in_progress, done) AS s) AS task_counts,
overdue AS overdue_count,
coalesce(round(done::numeric / nullif(todo + in_progress + done, 0), 2), 0)::float8 AS completion_rate
FROM (SELECT count(*) FILTER (WHERE status_rank = 1) AS todo,
count(*) FILTER (WHERE status_rank = 2) AS in_progress,
count(*) FILTER (WHERE status_rank = 3) AS done
FROM tasks WHERE
user_id = current_user_id()
AND (project_id IS NULL OR project_id <> ALL (
ARRAY(SELECT a.id FROM projects AS a WHERE a.user_id = current_user_id() AND a.archived)
))
) AS c,
(SELECT count(*) AS overdue
FROM tasks WHERE
user_id = current_user_id()
AND (project_id IS NULL OR project_id <> ALL (
ARRAY(SELECT a.id FROM projects AS a WHERE a.user_id = current_user_id() AND a.archived)
))
AND completed_at IS NULL AND due_date < now()) AS o;

-- dashboard_upcoming()
WITH
clock AS MATERIALIZED (
SELECT timezone AS zone, now() AT TIME ZONE timezone AS now, (now() AT TIME ZONE timezone)::date AS today
FROM users WHERE id = current_user_id())
SELECT
id, title, description, status, priority, completed_at IS NOT NULL AS completed, completed_at,
due_date, remind_at, project_id, category_id, position, version, created_at, updated_at
FROM tasks
WHERE
user_id = current_user_id()
AND (project_id IS NULL OR project_id <> ALL (
ARRAY(SELECT a.id FROM projects AS a WHERE a.user_id = current_user_id() AND a.archived)
))
AND completed_at IS NULL AND due_date >= now() AND due_date < now() + interval '9 days'
AND (due_date AT TIME ZONE
(SELECT zone FROM clock)
)::date <=
(SELECT today FROM clock)
+ 7
ORDER BY due_date, id
LIMIT 20;

-- dashboard_projects()
WITH projects AS (
SELECT p.id, p.name, p.description, p.color, p.archived, p.version, p.created_at, p.updated_at,
greatest(p.updated_at, (SELECT max(t.updated_at) FROM tasks AS t
WHERE t.user_id = p.user_id AND t.project_id = p.id)) AS active_at
FROM projects AS p
WHERE p.user_id = current_user_id() AND NOT p.archived
ORDER BY active_at DESC, p.id DESC
LIMIT 5)
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
ORDER BY active_at DESC, id DESC;

-- dashboard_journals()
WITH
clock AS MATERIALIZED (
SELECT timezone AS zone, now() AT TIME ZONE timezone AS now, (now() AT TIME ZONE timezone)::date AS today
FROM users WHERE id = current_user_id())
SELECT count(*) AS total,
count(*) FILTER (WHERE entry_date BETWEEN
(SELECT today FROM clock)
- 6 AND
(SELECT today FROM clock)
) AS last_7_days,
count(*) FILTER (WHERE entry_date BETWEEN
(SELECT today FROM clock)
- 29 AND
(SELECT today FROM clock)
) AS last_30_days
FROM journals WHERE user_id = current_user_id();

-- dashboard_entries()
SELECT
id, title, content, entry_date, tags, mood_id, version, created_at, updated_at
FROM journals WHERE user_id = current_user_id()
ORDER BY entry_date DESC, id DESC
LIMIT 5;

-- dashboard_moods()
WITH
clock AS MATERIALIZED (
SELECT timezone AS zone, now() AT TIME ZONE timezone AS now, (now() AT TIME ZONE timezone)::date AS today
FROM users WHERE id = current_user_id())
,
entries AS (
SELECT (recorded_at AT TIME ZONE
(SELECT zone FROM clock)
)::date AS day, score
FROM moods WHERE user_id = current_user_id() AND recorded_at >= now() - interval '32 days'
)
SELECT round(avg(score) FILTER (WHERE day =
(SELECT today FROM clock)
), 2)::float8 AS today,
round(avg(score) FILTER (WHERE day BETWEEN
(SELECT today FROM clock)
- 6 AND
(SELECT today FROM clock)
), 2)::float8 AS week_average,
round(avg(score) FILTER (WHERE day BETWEEN
(SELECT today FROM clock)
- 13 AND
(SELECT today FROM clock)
- 7), 2)::float8 AS previous_week_average
FROM entries;

-- dashboard_trend()
WITH
clock AS MATERIALIZED (
SELECT timezone AS zone, now() AT TIME ZONE timezone AS now, (now() AT TIME ZONE timezone)::date AS today
FROM users WHERE id = current_user_id())
,
entries AS (
SELECT (recorded_at AT TIME ZONE
(SELECT zone FROM clock)
)::date AS day, score
FROM moods WHERE user_id = current_user_id() AND recorded_at >= now() - interval '32 days'
)
SELECT d.day::date AS date, round(avg(e.score), 2)::float8 AS average
FROM generate_series((
(SELECT today FROM clock)
- 29)::timestamp,
(SELECT today FROM clock)
::timestamp, '1 day') AS d (day)
LEFT JOIN entries AS e ON e.day = d.day::date
GROUP BY d.day
ORDER BY d.day;

-- dashboard_streaks()
WITH
clock AS MATERIALIZED (
SELECT timezone AS zone, now() AT TIME ZONE timezone AS now, (now() AT TIME ZONE timezone)::date AS today
FROM users WHERE id = current_user_id())
,
active AS (
SELECT (completed_at AT TIME ZONE
(SELECT zone FROM clock)
)::date AS day
FROM tasks WHERE
user_id = current_user_id()
AND (project_id IS NULL OR project_id <> ALL (
ARRAY(SELECT a.id FROM projects AS a WHERE a.user_id = current_user_id() AND a.archived)
))
AND completed_at IS NOT NULL
UNION ALL
SELECT entry_date FROM journals WHERE user_id = current_user_id()
UNION ALL
SELECT (recorded_at AT TIME ZONE
(SELECT zone FROM clock)
)::date FROM moods WHERE user_id = current_user_id()),
runs AS (
SELECT max(day) AS last, count(*) AS length
FROM (SELECT day, day - (rank() OVER (ORDER BY day))::int AS run
FROM (SELECT DISTINCT day FROM active WHERE day <=
(SELECT today FROM clock)
) AS d) AS r
GROUP BY run)
SELECT coalesce(max(length) FILTER (WHERE last >=
(SELECT today FROM clock)
- 1), 0) AS current_streak,
coalesce(max(length), 0) AS longest_streak
FROM runs;

-- dashboard_days()
WITH
clock AS MATERIALIZED (
SELECT timezone AS zone, now() AT TIME ZONE timezone AS now, (now() AT TIME ZONE timezone)::date AS today
FROM users WHERE id = current_user_id())
,
active AS (
SELECT (completed_at AT TIME ZONE
(SELECT zone FROM clock)
)::date AS day, 1 AS kind
FROM tasks WHERE
user_id = current_user_id()
AND (project_id IS NULL OR project_id <> ALL (
ARRAY(SELECT a.id FROM projects AS a WHERE a.user_id = current_user_id() AND a.archived)
))
AND completed_at >= now() - interval '32 days'
UNION ALL
SELECT entry_date, 2 FROM journals
WHERE user_id = current_user_id() AND entry_date BETWEEN
(SELECT today FROM clock)
- 29 AND
(SELECT today FROM clock)
UNION ALL
SELECT day, 3 FROM (
SELECT (recorded_at AT TIME ZONE
(SELECT zone FROM clock)
)::date AS day, score
FROM moods WHERE user_id = current_user_id() AND recorded_at >= now() - interval '32 days'
) AS m)
SELECT d.day::date AS date,
count(*) FILTER (WHERE a.kind = 1) AS tasks_completed,
count(*) FILTER (WHERE a.kind = 2) AS journals,
count(*) FILTER (WHERE a.kind = 3) AS moods
FROM generate_series((
(SELECT today FROM clock)
- 29)::timestamp,
(SELECT today FROM clock)
::timestamp, '1 day') AS d (day)
LEFT JOIN active AS a ON a.day = d.day::date
GROUP BY d.day
ORDER BY d.day;
