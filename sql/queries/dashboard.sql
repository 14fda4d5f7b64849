-- dashboard.sql: everything at a glance. Archived projects and their tasks are left out.

-- fragment live_task
user_id = current_user_id()
AND (project_id IS NULL OR project_id <> ALL ({archived_projects}))

-- fragment today
(SELECT today FROM clock)

-- fragment zone
(SELECT zone FROM clock)

-- dashboard_tasks() reads
-- How many tasks are in which state.
SELECT (SELECT row_to_json(s) FROM (SELECT todo, in_progress, done) AS s) AS task_counts,
       overdue AS overdue_count,
       (CASE WHEN done = 0 THEN 0 WHEN todo + in_progress = 0 THEN 1
             ELSE least(greatest(round(done::numeric / (todo + in_progress + done), 2), 0.01), 0.99)
        END)::float8 AS completion_rate
FROM (SELECT count(*) FILTER (WHERE status_rank = 1) AS todo,
             count(*) FILTER (WHERE status_rank = 2) AS in_progress,
             count(*) FILTER (WHERE status_rank = 3) AS done
      FROM tasks WHERE {live_task}) AS c,
     (SELECT count(*) AS overdue
      FROM tasks WHERE {live_task} AND completed_at IS NULL AND due_date < now()) AS o;

-- dashboard_upcoming() reads
-- What is due from now to the end of the 7th local day after today.
WITH {my_clock}
SELECT {task_columns}
FROM tasks
WHERE {live_task}
  AND completed_at IS NULL AND due_date >= now() AND due_date < now() + interval '9 days'
  AND coalesce(due_on, (due_date AT TIME ZONE {zone})::date) <= {today} + 7
ORDER BY tasks.due_date, id
LIMIT 20;

-- dashboard_projects() reads
-- The projects in which something changed last.
WITH projects AS (
    SELECT p.user_id, p.id, p.name, p.description, p.color, p.archived, p.version, p.created_at, p.updated_at, p.etag,
           greatest(p.updated_at, (SELECT max(t.updated_at) FROM tasks AS t
                                   WHERE t.user_id = p.user_id AND t.project_id = p.id)) AS active_at
    FROM projects AS p
    WHERE p.user_id = current_user_id() AND NOT p.archived
    ORDER BY active_at DESC, p.id DESC
    LIMIT 5)
{project_row}
FROM projects {project_counts}
ORDER BY active_at DESC, id DESC;

-- dashboard_journals() reads
-- How much was written lately.
WITH {my_clock}
SELECT count(*) AS total,
       count(*) FILTER (WHERE entry_date BETWEEN {today} - 6 AND {today}) AS last_7_days,
       count(*) FILTER (WHERE entry_date BETWEEN {today} - 29 AND {today}) AS last_30_days
FROM journals WHERE user_id = current_user_id();

-- dashboard_entries() reads
-- The last entries up to today.
WITH {my_clock}
SELECT {journal_summary} FROM journals WHERE user_id = current_user_id() AND entry_date <= {today}
ORDER BY entry_date DESC, id DESC
LIMIT 5;

-- fragment recent_moods
SELECT (recorded_at AT TIME ZONE {zone})::date AS day, score
FROM moods WHERE user_id = current_user_id() AND recorded_at >= now() - interval '32 days'

-- dashboard_moods() reads
-- How it goes, against the week before.
WITH {my_clock},
entries AS ({recent_moods})
SELECT round(avg(score) FILTER (WHERE day = {today}), 2)::float8 AS today,
       round(avg(score) FILTER (WHERE day BETWEEN {today} - 6 AND {today}), 2)::float8 AS week_average,
       round(avg(score) FILTER (WHERE day BETWEEN {today} - 13 AND {today} - 7), 2)::float8 AS previous_week_average
FROM entries;

-- dashboard_trend() reads
-- An average for each of the last 30 local days.
WITH {my_clock},
entries AS ({recent_moods})
SELECT d.day::date AS date, round(avg(e.score), 2)::float8 AS average
FROM generate_series(({today} - 29)::timestamp, {today}::timestamp, '1 day') AS d (day)
LEFT JOIN entries AS e ON e.day = d.day::date
GROUP BY d.day
ORDER BY d.day;

-- dashboard_streaks() reads
-- Runs of days with something in them: days that follow each other differ from their rank by the
-- same number.
WITH {my_clock},
active AS (
    SELECT (completed_at AT TIME ZONE {zone})::date AS day
    FROM tasks WHERE {live_task} AND completed_at IS NOT NULL
    UNION ALL
    SELECT entry_date FROM journals WHERE user_id = current_user_id()
    UNION ALL
    SELECT (recorded_at AT TIME ZONE {zone})::date FROM moods WHERE user_id = current_user_id()),
runs AS (
    SELECT max(day) AS last, count(*) AS length
    FROM (SELECT day, day - (rank() OVER (ORDER BY day))::int AS run
          FROM (SELECT DISTINCT day FROM active WHERE day <= {today}) AS d) AS r
    GROUP BY run)
SELECT coalesce(max(length) FILTER (WHERE last >= {today} - 1), 0) AS current_streak,
       coalesce(max(length), 0) AS longest_streak
FROM runs;

-- dashboard_days() reads
-- What was done on each of the last 30 local days.
WITH {my_clock},
active AS (
    SELECT (completed_at AT TIME ZONE {zone})::date AS day, 1 AS kind
    FROM tasks WHERE {live_task} AND completed_at >= now() - interval '32 days'
    UNION ALL
    SELECT entry_date, 2 FROM journals
    WHERE user_id = current_user_id() AND entry_date BETWEEN {today} - 29 AND {today}
    UNION ALL
    SELECT day, 3 FROM ({recent_moods}) AS m)
SELECT d.day::date AS date,
       count(*) FILTER (WHERE a.kind = 1) AS tasks_completed,
       count(*) FILTER (WHERE a.kind = 2) AS journals,
       count(*) FILTER (WHERE a.kind = 3) AS moods
FROM generate_series(({today} - 29)::timestamp, {today}::timestamp, '1 day') AS d (day)
LEFT JOIN active AS a ON a.day = d.day::date
GROUP BY d.day
ORDER BY d.day;
