-- moods.sql of release v0.1.0, as its workers send it: fragments in their places, `:name` a parameter.
-- A line that ends in `--? a, b=word` is sent only when a is given and b is that word.

-- mood_get(id uuid)
SELECT
id, score, emotions, note, recorded_at, version, created_at, updated_at
FROM moods WHERE user_id = current_user_id() AND id = :id;

-- mood_create(id uuid, score int, emotions text[], note text, recorded_at timestamptz)
INSERT INTO moods (user_id, id, score, emotions, note, recorded_at)
VALUES (current_user_id(), :id, :score::int, coalesce(:emotions, '{}'), :note, :recorded_at)
ON CONFLICT (user_id, id) DO NOTHING
RETURNING
id, score, emotions, note, recorded_at, version, created_at, updated_at
;

-- mood_update(id uuid, if_match text[], version bigint, sent text[], score int, emotions text[], note text, recorded_at timestamptz)
UPDATE moods
SET score = merge('score', :sent, :score::int::smallint, score),
emotions = merge('emotions', :sent, :emotions, emotions),
note = merge('note', :sent, :note, note),
recorded_at = merge('recorded_at', :sent, :recorded_at, recorded_at)
WHERE user_id = current_user_id() AND id = :id
AND version = :version    --? version
AND version::text = ANY (:if_match)    --? if_match
RETURNING
id, score, emotions, note, recorded_at, version, created_at, updated_at
;

-- mood_delete(id uuid, if_match text[], version bigint)
DELETE FROM moods
WHERE user_id = current_user_id() AND id = :id
AND version = :version    --? version
AND version::text = ANY (:if_match)    --? if_match
RETURNING id;

-- mood_count(date_from date, date_to date, score_min int, score_max int)
SELECT count(*) AS _total FROM moods WHERE
user_id = current_user_id()
AND recorded_at >= (SELECT day_start(:date_from,    --? date_from
(SELECT u.timezone FROM users AS u WHERE u.id = current_user_id())    --? date_from
))    --? date_from
AND recorded_at < (SELECT day_start(:date_to + 1,    --? date_to
(SELECT u.timezone FROM users AS u WHERE u.id = current_user_id())    --? date_to
))    --? date_to
AND score >= :score_min::int    --? score_min
AND score <= :score_max::int    --? score_max
;

-- mood_list(date_from date, date_to date, score_min int, score_max int, sort_by text, sort_order text, after_key text, after_id uuid, rows int, skip int)
SELECT
id, score, emotions, note, recorded_at, version, created_at, updated_at
,
recorded_at::text AS _key    --? sort_by=recorded_at
created_at::text AS _key    --? sort_by=created_at
updated_at::text AS _key    --? sort_by=updated_at
FROM moods WHERE
user_id = current_user_id()
AND recorded_at >= (SELECT day_start(:date_from,    --? date_from
(SELECT u.timezone FROM users AS u WHERE u.id = current_user_id())    --? date_from
))    --? date_from
AND recorded_at < (SELECT day_start(:date_to + 1,    --? date_to
(SELECT u.timezone FROM users AS u WHERE u.id = current_user_id())    --? date_to
))    --? date_to
AND score >= :score_min::int    --? score_min
AND score <= :score_max::int    --? score_max
AND (recorded_at, id) > (:after_key::timestamptz, :after_id)    --? after_id, sort_by=recorded_at, sort_order=asc
AND (recorded_at, id) < (:after_key::timestamptz, :after_id)    --? after_id, sort_by=recorded_at, sort_order=desc
AND (created_at, id) > (:after_key::timestamptz, :after_id)    --? after_id, sort_by=created_at, sort_order=asc
AND (created_at, id) < (:after_key::timestamptz, :after_id)    --? after_id, sort_by=created_at, sort_order=desc
AND (updated_at, id) > (:after_key::timestamptz, :after_id)    --? after_id, sort_by=updated_at, sort_order=asc
AND (updated_at, id) < (:after_key::timestamptz, :after_id)    --? after_id, sort_by=updated_at, sort_order=desc
ORDER BY recorded_at, id    --? sort_by=recorded_at, sort_order=asc
ORDER BY recorded_at DESC, id DESC    --? sort_by=recorded_at, sort_order=desc
ORDER BY created_at, id    --? sort_by=created_at, sort_order=asc
ORDER BY created_at DESC, id DESC    --? sort_by=created_at, sort_order=desc
ORDER BY updated_at, id    --? sort_by=updated_at, sort_order=asc
ORDER BY updated_at DESC, id DESC    --? sort_by=updated_at, sort_order=desc
LIMIT :rows::int OFFSET :skip::int;
