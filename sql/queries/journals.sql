-- journals.sql: journal entries, their lists and tags.

-- fragment journal_columns
id, title, content, entry_date, tags, mood_id, version, created_at, updated_at

-- fragment journal_filters
user_id = current_user_id()
AND entry_date >= :date_from                                                              --? date_from
AND entry_date <= :date_to                                                                --? date_to
AND tags @> fold_tags(:tag)                                                                   --? tag
AND mood_id = :mood_id                                                                    --? mood_id
AND (strpos(fold(title) COLLATE "C", (SELECT fold(:search) COLLATE "C")) > 0              --? search
     OR strpos(content_key, (SELECT fold(:search) COLLATE "C")) > 0)        --? search

-- journal_get(id uuid) reads
-- Reads one entry.
SELECT {journal_columns} FROM journals WHERE user_id = current_user_id() AND id = :id;

-- journal_create(id uuid, title text, content text, entry_date date, tags text[], mood_id uuid)
-- Writes an entry, about today in the user's zone unless said otherwise; no row if the user has one
-- with this id.
INSERT INTO journals (user_id, id, title, content, entry_date, tags, mood_id)
VALUES (current_user_id(), :id, :title, :content,
        coalesce(:entry_date, (now() AT TIME ZONE {my_timezone})::date),
        coalesce(:tags, '{}'), :mood_id)
ON CONFLICT (user_id, id) DO NOTHING
RETURNING {journal_columns};

-- journal_update(id uuid, if_match text[], version bigint, sent text[], title text, content text, entry_date date, tags text[], mood_id uuid)
-- Changes the members that were sent.
UPDATE journals
SET title = merge('title', :sent, :title, title),
    content = merge('content', :sent, :content, content),
    entry_date = merge('entry_date', :sent, :entry_date, entry_date),
    tags = merge('tags', :sent, :tags, tags),
    mood_id = merge('mood_id', :sent, :mood_id, mood_id)
WHERE user_id = current_user_id() AND id = :id
  {row_is_fresh}
RETURNING {journal_columns};

-- journal_delete(id uuid, if_match text[], version bigint)
-- Deletes one entry.
DELETE FROM journals
WHERE user_id = current_user_id() AND id = :id
  {row_is_fresh}
RETURNING id;

-- journal_tags() reads
-- The tags in use, the most used first.
SELECT tag, count(*)::int AS count
FROM journals, unnest(tags) AS tag
WHERE user_id = current_user_id()
GROUP BY tag
ORDER BY count(*) DESC, tag COLLATE "C";

-- journal_count(date_from date, date_to date, tag text[], search text, mood_id uuid) reads
-- How many entries match.
SELECT count(*) AS _total FROM journals WHERE
{journal_filters};

-- journal_list(date_from date, date_to date, tag text[], search text, mood_id uuid, sort_by text, sort_order text, after_key text, after_id uuid, rows int, skip int) reads
-- One page in one order.
SELECT {journal_columns},
entry_date::text AS _key    --? sort_by=entry_date
{time_key}
FROM journals WHERE
{journal_filters}
AND (entry_date, id) > (:after_key::date, :after_id)           --? after_id, sort_by=entry_date, sort_order=asc
AND (entry_date, id) < (:after_key::date, :after_id)           --? after_id, sort_by=entry_date, sort_order=desc
{after_time}
ORDER BY entry_date, id              --? sort_by=entry_date, sort_order=asc
ORDER BY entry_date DESC, id DESC    --? sort_by=entry_date, sort_order=desc
{time_order}
LIMIT :rows OFFSET :skip;
