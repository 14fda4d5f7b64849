-- import.sql: rows of an export, some of one table at a time. Each statement gets a JSON array of objects
-- whose members are those of the resource, and which were checked one by one. What is wrong with a row is only
-- told if the row is to be written: it is new, or others are overwritten.

-- import_begin(patience_ms int) many
-- Waits for another import of this user.
SELECT begin_import(:patience_ms) AS _done;

-- What became of each row, by its place in the array, and its id.

-- fragment outcomes
SELECT r.index AS _index, r.id AS _id, r.outcome AS _outcome

-- import_project_take(rows jsonb, overwrite bool) many
-- Takes projects.
{outcomes}
FROM import_rows('projects', '{name,description,color,archived,version,created_at,updated_at}',
                 '{"archived": false}', :rows, :overwrite) AS r;

-- import_category_faults(rows jsonb, overwrite bool) reads
-- Those whose name another one has.
SELECT e.n - 1 AS _index, 'name' AS _field, 'taken' AS _code, NULL AS _message
FROM (SELECT n, row ->> 'id' AS id, fold_case(row ->> 'name') AS name_fold,
             row_number() OVER (PARTITION BY fold_case(row ->> 'name') ORDER BY n) AS nth
      FROM jsonb_array_elements(:rows) WITH ORDINALITY AS u (row, n)) AS e
WHERE (e.nth > 1 OR EXISTS (SELECT FROM categories AS c WHERE c.user_id = current_user_id()
                            AND c.name_fold = e.name_fold AND c.id <> e.id::uuid))
  AND (:overwrite OR NOT EXISTS (SELECT FROM categories AS c WHERE c.user_id = current_user_id()
                                 AND c.id = e.id::uuid))
ORDER BY e.n;

-- import_category_take(rows jsonb, overwrite bool) many
-- Takes categories.
{outcomes}
FROM import_rows('categories', '{name,color,version,created_at,updated_at}', '{}', :rows, :overwrite) AS r;

-- import_mood_take(rows jsonb, overwrite bool) many
-- Takes moods; one that does not say when it was felt was felt now.
{outcomes}
FROM import_rows('moods', '{score,emotions,note,recorded_at,version,created_at,updated_at}',
                 jsonb_build_object('emotions', '[]'::jsonb, 'recorded_at', now()), :rows, :overwrite) AS r;

-- import_task_faults(rows jsonb, overwrite bool) reads
-- Those that name a project or a category that is not the user's.
SELECT e.n - 1 AS _index, f.field AS _field, f.code AS _code, f.message AS _message
FROM jsonb_array_elements(:rows) WITH ORDINALITY AS e (row, n)
CROSS JOIN LATERAL (VALUES
    ('project_id', 'not_yours', 'is not one of your projects', my_project((e.row ->> 'project_id')::uuid)),
    ('category_id', 'not_yours', 'is not one of your categories',
     my_category((e.row ->> 'category_id')::uuid))) AS f (field, code, message, fine)
WHERE NOT f.fine
  AND (:overwrite OR NOT EXISTS (SELECT FROM tasks AS t WHERE t.user_id = current_user_id()
                                 AND t.id = (e.row ->> 'id')::uuid))
ORDER BY e.n;

-- fragment status_of_row
coalesce(row ->> 'status', CASE WHEN (row ->> 'completed')::boolean THEN 'DONE' ELSE 'TODO' END)

-- import_task_take(rows jsonb, overwrite bool) many
-- Takes tasks; one without a position goes to the end of its column.
{outcomes}
FROM import_rows('tasks', '{title,description,status,priority,due_date,due_on,remind_at,recurrence,recurrence_from,
                            recurrence_of,next_task_id,project_id,category_id,
                            completed_at,place_key,version,created_at,updated_at}',
                 '{"status": "TODO", "priority": "MEDIUM", "recurrence_from": "DUE"}',
                 (SELECT jsonb_agg((split_due(row) - ARRAY['position', 'completed',
                                               CASE WHEN row ->> 'completed_at' IS NULL THEN 'completed_at' END])
                                   || CASE WHEN row ? 'position'
                                      THEN jsonb_build_object('place_key', row -> 'position') ELSE '{}' END
                                   || CASE WHEN row ? 'completed'
                                      THEN jsonb_build_object('status', {status_of_row}) ELSE '{}' END ORDER BY n)
                  FROM jsonb_array_elements(:rows) WITH ORDINALITY AS u (row, n)),
                 :overwrite) AS r;

-- import_journal_faults(rows jsonb, overwrite bool) reads
-- Those that name a mood that is not the user's.
SELECT e.n - 1 AS _index, 'mood_id' AS _field, 'not_yours' AS _code, 'is not one of your moods' AS _message
FROM jsonb_array_elements(:rows) WITH ORDINALITY AS e (row, n)
WHERE NOT EXISTS (SELECT FROM moods AS m WHERE m.user_id = current_user_id()
                  AND m.id = (e.row ->> 'mood_id')::uuid)
  AND e.row ->> 'mood_id' IS NOT NULL
  AND (:overwrite OR NOT EXISTS (SELECT FROM journals AS j WHERE j.user_id = current_user_id()
                                 AND j.id = (e.row ->> 'id')::uuid))
ORDER BY e.n;

-- import_journal_take(rows jsonb, overwrite bool) many
-- Takes journal entries; one without a day is about today.
{outcomes}
FROM import_rows('journals', '{title,content,entry_date,tags,mood_id,version,created_at,updated_at}',
                 jsonb_build_object('tags', '[]'::jsonb, 'entry_date', (now() AT TIME ZONE {my_zone})::date),
                 (SELECT jsonb_agg(row || CASE WHEN row ? 'tags' THEN jsonb_build_object('tags', to_jsonb(clean_tags(
                                       ARRAY(SELECT jsonb_array_elements_text(row -> 'tags'))))) ELSE '{}' END
                                   ORDER BY n)
                  FROM jsonb_array_elements(:rows) WITH ORDINALITY AS u (row, n)),
                 :overwrite) AS r;

-- import_notification_faults(rows jsonb, overwrite bool) reads
-- Those that name a task that is not the user's.
SELECT e.n - 1 AS _index, 'task_id' AS _field, 'not_yours' AS _code, 'is not one of your tasks' AS _message
FROM jsonb_array_elements(:rows) WITH ORDINALITY AS e (row, n)
WHERE e.row ->> 'task_id' IS NOT NULL
  AND NOT EXISTS (SELECT FROM tasks AS t WHERE t.user_id = current_user_id()
                  AND t.id = (e.row ->> 'task_id')::uuid)
  AND (:overwrite OR NOT EXISTS (SELECT FROM notifications AS i WHERE i.user_id = current_user_id()
                                 AND i.id = (e.row ->> 'id')::uuid))
ORDER BY e.n;

-- import_notification_take(rows jsonb, overwrite bool) many
-- Takes notifications. One of an occasion that was told already, or that was deleted here, stays as it is.
WITH given AS (
    SELECT n, row, (row ->> 'id')::uuid AS id, (row ->> 'task_id')::uuid AS task_id, row ->> 'type' AS type,
           coalesce((row ->> 'occasion')::timestamptz, (row ->> 'created_at')::timestamptz, now()) AS occasion
    FROM jsonb_array_elements(:rows) WITH ORDINALITY AS u (row, n)),
told AS (
    SELECT g.*, same.id IS NOT NULL OR here.deleted_at IS NOT NULL
           OR row_number() OVER (PARTITION BY g.task_id, g.type, g.occasion ORDER BY g.n) > 1 AS is_told
    FROM given AS g
    LEFT JOIN notifications AS same ON same.user_id = current_user_id() AND same.type = g.type
        AND same.occasion = g.occasion AND same.task_id IS NOT DISTINCT FROM g.task_id AND same.id <> g.id
    LEFT JOIN notifications AS here ON here.user_id = current_user_id() AND here.id = g.id),
fresh AS (
    SELECT n, row || jsonb_build_object('occasion', occasion) AS row, row_number() OVER (ORDER BY n) - 1 AS place
    FROM told WHERE NOT is_told)
SELECT t.n - 1 AS _index, t.id AS _id, 'conflict' AS _outcome FROM told AS t WHERE t.is_told
UNION ALL
SELECT f.n - 1, r.id, r.outcome
FROM import_rows('notifications', '{task_id,type,occasion,message,read,sent_at,created_at}', '{"read": false}',
                 (SELECT coalesce(jsonb_agg(row ORDER BY place), '[]') FROM fresh), :overwrite) AS r
JOIN fresh AS f ON f.place = r.index;
