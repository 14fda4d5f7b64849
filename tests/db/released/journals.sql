-- journals.sql of release v0.1.0, as its workers send it: fragments in their places, `:name` a parameter.
-- A line that ends in `--? a, b=word` is sent only when a is given and b is that word.

-- journal_get(id uuid)
SELECT
id, title, content, entry_date, tags, mood_id, version, created_at, updated_at
FROM journals WHERE user_id = current_user_id() AND id = :id;

-- journal_create(id uuid, title text, content text, entry_date date, tags text[], mood_id uuid)
INSERT INTO journals (user_id, id, title, content, entry_date, tags, mood_id)
VALUES (current_user_id(), :id, :title, :content,
coalesce(:entry_date, (now() AT TIME ZONE
(SELECT u.timezone FROM users AS u WHERE u.id = current_user_id())
)::date),
coalesce(:tags, '{}'), :mood_id)
ON CONFLICT (user_id, id) DO NOTHING
RETURNING
id, title, content, entry_date, tags, mood_id, version, created_at, updated_at
;

-- journal_update(id uuid, if_match text[], version bigint, sent text[], title text, content text, entry_date date, tags text[], mood_id uuid)
UPDATE journals
SET title = merge('title', :sent, :title, title),
content = merge('content', :sent, :content, content),
entry_date = merge('entry_date', :sent, :entry_date, entry_date),
tags = merge('tags', :sent, :tags, tags),
mood_id = merge('mood_id', :sent, :mood_id, mood_id)
WHERE user_id = current_user_id() AND id = :id
AND version = :version    --? version
AND version::text = ANY (:if_match)    --? if_match
RETURNING
id, title, content, entry_date, tags, mood_id, version, created_at, updated_at
;

-- journal_delete(id uuid, if_match text[], version bigint)
DELETE FROM journals
WHERE user_id = current_user_id() AND id = :id
AND version = :version    --? version
AND version::text = ANY (:if_match)    --? if_match
RETURNING id;

-- journal_tags()
SELECT tag, count(*)::int AS count
FROM journals, unnest(tags) AS tag
WHERE user_id = current_user_id()
GROUP BY tag
ORDER BY count(*) DESC, tag COLLATE "C";

-- journal_count(date_from date, date_to date, tag text[], search text, mood_id uuid)
SELECT count(*) AS _total FROM journals WHERE
user_id = current_user_id()
AND entry_date >= :date_from    --? date_from
AND entry_date <= :date_to    --? date_to
AND tags @> fold_tags(:tag)    --? tag
AND mood_id = :mood_id    --? mood_id
AND (strpos(fold(title) COLLATE "C", (SELECT fold(:search) COLLATE "C")) > 0    --? search
OR strpos(content_key, (SELECT fold(:search) COLLATE "C")) > 0)    --? search
;

-- journal_list(date_from date, date_to date, tag text[], search text, mood_id uuid, sort_by text, sort_order text, after_key text, after_id uuid, rows int, skip int)
SELECT
id, title, content, entry_date, tags, mood_id, version, created_at, updated_at
,
entry_date::text AS _key    --? sort_by=entry_date
created_at::text AS _key    --? sort_by=created_at
updated_at::text AS _key    --? sort_by=updated_at
FROM journals WHERE
user_id = current_user_id()
AND entry_date >= :date_from    --? date_from
AND entry_date <= :date_to    --? date_to
AND tags @> fold_tags(:tag)    --? tag
AND mood_id = :mood_id    --? mood_id
AND (strpos(fold(title) COLLATE "C", (SELECT fold(:search) COLLATE "C")) > 0    --? search
OR strpos(content_key, (SELECT fold(:search) COLLATE "C")) > 0)    --? search
AND (entry_date, id) > (:after_key::date, :after_id)    --? after_id, sort_by=entry_date, sort_order=asc
AND (entry_date, id) < (:after_key::date, :after_id)    --? after_id, sort_by=entry_date, sort_order=desc
AND (created_at, id) > (:after_key::timestamptz, :after_id)    --? after_id, sort_by=created_at, sort_order=asc
AND (created_at, id) < (:after_key::timestamptz, :after_id)    --? after_id, sort_by=created_at, sort_order=desc
AND (updated_at, id) > (:after_key::timestamptz, :after_id)    --? after_id, sort_by=updated_at, sort_order=asc
AND (updated_at, id) < (:after_key::timestamptz, :after_id)    --? after_id, sort_by=updated_at, sort_order=desc
ORDER BY entry_date, id    --? sort_by=entry_date, sort_order=asc
ORDER BY entry_date DESC, id DESC    --? sort_by=entry_date, sort_order=desc
ORDER BY created_at, id    --? sort_by=created_at, sort_order=asc
ORDER BY created_at DESC, id DESC    --? sort_by=created_at, sort_order=desc
ORDER BY updated_at, id    --? sort_by=updated_at, sort_order=asc
ORDER BY updated_at DESC, id DESC    --? sort_by=updated_at, sort_order=desc
LIMIT :rows::int OFFSET :skip::int;
