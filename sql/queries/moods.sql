-- moods.sql: moods and their lists; the statistics are in mood_stats.sql.

-- fragment mood_columns
id, score, emotions, note, recorded_at, version, created_at, updated_at

-- fragment row_is_fresh
AND version = :version                    --? version
AND version::text = ANY (:if_match)       --? if_match

-- fragment mood_filters
user_id = current_user_id()
AND recorded_at >= (SELECT day_start(:date_from, {my_timezone}))      --? date_from
AND recorded_at < (SELECT day_start(:date_to + 1, {my_timezone}))     --? date_to
AND score >= :score_min                                               --? score_min
AND score <= :score_max                                               --? score_max

-- mood_get(id uuid) reads
-- Reads one mood.
SELECT {mood_columns} FROM moods WHERE user_id = current_user_id() AND id = :id;

-- mood_create(id uuid, score int, emotions text[], note text, recorded_at timestamptz)
-- Records one mood; no row if the user has one with this id.
INSERT INTO moods (user_id, id, score, emotions, note, recorded_at)
VALUES (current_user_id(), :id, :score, coalesce(:emotions, '{}'), :note, :recorded_at)
ON CONFLICT (user_id, id) DO NOTHING
RETURNING {mood_columns};

-- mood_update(id uuid, if_match text[], version bigint, sent text[], score int, emotions text[], note text, recorded_at timestamptz)
-- Changes the members that were sent.
UPDATE moods
SET score = merge('score', :sent, :score::smallint, score),
    emotions = merge('emotions', :sent, :emotions, emotions),
    note = merge('note', :sent, :note, note),
    recorded_at = merge('recorded_at', :sent, :recorded_at, recorded_at)
WHERE user_id = current_user_id() AND id = :id
  {row_is_fresh}
RETURNING {mood_columns};

-- mood_delete(id uuid, if_match text[], version bigint) slow
-- Deletes one mood; journals that name it stay.
DELETE FROM moods
WHERE user_id = current_user_id() AND id = :id
  {row_is_fresh}
RETURNING id;

-- mood_count(date_from date, date_to date, score_min int, score_max int) reads
-- How many moods match.
SELECT count(*) AS _total FROM moods WHERE
{mood_filters};

-- mood_list(date_from date, date_to date, score_min int, score_max int, sort_by text, sort_order text, after_key text, after_id uuid, rows int, skip int) reads
-- One page in one order.
SELECT {mood_columns},
recorded_at::text AS _key    --? sort_by=recorded_at
{time_key}
FROM moods WHERE
{mood_filters}
AND (recorded_at, id) > (:after_key::timestamptz, :after_id)    --? after_id, sort_by=recorded_at, sort_order=asc
AND (recorded_at, id) < (:after_key::timestamptz, :after_id)    --? after_id, sort_by=recorded_at, sort_order=desc
{after_time}
ORDER BY recorded_at, id              --? sort_by=recorded_at, sort_order=asc
ORDER BY recorded_at DESC, id DESC    --? sort_by=recorded_at, sort_order=desc
{time_order}
LIMIT :rows OFFSET :skip;
