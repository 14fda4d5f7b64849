-- moods.sql: moods and their lists; the statistics are in mood_stats.sql.

-- fragment mood_columns
id, score, emotions, note, recorded_at, version, created_at, updated_at

-- fragment mood_row
{mood_columns}, {row_tag} AS _etag

-- A moment belongs to the day that the user's clock showed: that is compared, since some days are no interval
-- of time. The range beside it, which is too wide by a day on either side, lets the index in.

-- fragment mood_filters
user_id = current_user_id()
AND (recorded_at AT TIME ZONE {my_zone})::date >= :date_from                        --? date_from
AND recorded_at >= (:date_from::timestamp - interval '1 day') AT TIME ZONE 'UTC'    --? date_from
AND (recorded_at AT TIME ZONE {my_zone})::date <= :date_to                          --? date_to
AND recorded_at < (:date_to::timestamp + interval '2 days') AT TIME ZONE 'UTC'      --? date_to
AND score >= :score_min    --? score_min
AND score <= :score_max    --? score_max

-- mood_get(id uuid) reads
-- Reads one mood.
SELECT {mood_row} FROM moods WHERE user_id = current_user_id() AND id = :id;

-- mood_exists(id uuid) reads
-- Whether the user has this mood.
SELECT id FROM moods WHERE user_id = current_user_id() AND id = :id;

-- mood_create(id uuid, score int, emotions text[], note text, recorded_at timestamptz)
-- Records one mood; no row if the user has one with this id.
INSERT INTO moods (user_id, id, score, emotions, note, recorded_at)
VALUES (current_user_id(), :id, :score, coalesce(:emotions, '{}'), :note, :recorded_at)
ON CONFLICT (user_id, id) DO NOTHING
RETURNING {mood_row};

-- mood_update(id uuid, sent text[], score int, emotions text[], note text, recorded_at timestamptz) guarded
-- Changes the members that were sent.
UPDATE moods
SET score = merge('score', :sent, :score::smallint, score),
    emotions = merge('emotions', :sent, :emotions, emotions),
    note = merge('note', :sent, :note, note),
    recorded_at = merge('recorded_at', :sent, :recorded_at, recorded_at)
WHERE user_id = current_user_id() AND id = :id
  {is_fresh:{row_tag}}
RETURNING {mood_row};

-- mood_delete(id uuid) many guarded
-- Deletes one mood; journals that name it stay.
DELETE FROM moods
WHERE user_id = current_user_id() AND id = :id
  {is_fresh:{row_tag}}
RETURNING id;

-- mood_list(date_from date, date_to date, score_min int, score_max int) reads pages
-- One page in one order.
-- by recorded_at timestamptz
-- by created_at timestamptz
-- by updated_at timestamptz
SELECT {mood_columns} {key}
FROM moods
WHERE {mood_filters}
{page};

