-- journals.sql: journal entries, their lists and tags.

-- fragment journal_columns
id, title, content, entry_date, tags, mood_id, version, created_at, updated_at

-- fragment journal_row
{journal_columns}, {row_tag} AS _etag

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
SELECT {journal_row} FROM journals WHERE user_id = current_user_id() AND id = :id;

-- journal_create(id uuid, title text, content text, entry_date date, tags text[], mood_id uuid)
-- Writes an entry, about today in the user's zone unless said otherwise; no row if the user has one
-- with this id.
INSERT INTO journals (user_id, id, title, content, entry_date, tags, mood_id)
VALUES (current_user_id(), :id, :title, :content,
        coalesce(:entry_date, (now() AT TIME ZONE {my_timezone})::date),
        coalesce(:tags, '{}'), :mood_id)
ON CONFLICT (user_id, id) DO NOTHING
RETURNING {journal_row};

-- journal_update(id uuid, sent text[], title text, content text, entry_date date, tags text[], mood_id uuid) guarded
-- Changes the members that were sent.
UPDATE journals
SET title = merge('title', :sent, :title, title),
    content = merge('content', :sent, :content, content),
    entry_date = merge('entry_date', :sent, :entry_date, entry_date),
    tags = merge('tags', :sent, :tags, tags),
    mood_id = merge('mood_id', :sent, :mood_id, mood_id)
WHERE user_id = current_user_id() AND id = :id
  {is_fresh:{row_tag}}
RETURNING {journal_row};

-- journal_delete(id uuid) guarded
-- Deletes one entry.
DELETE FROM journals
WHERE user_id = current_user_id() AND id = :id
  {is_fresh:{row_tag}}
RETURNING id;

-- journal_tags() reads
-- The tags in use, the most used first.
SELECT tag, count(*)::int AS count
FROM journals, unnest(tags) AS tag
WHERE user_id = current_user_id()
GROUP BY tag
ORDER BY count(*) DESC, tag COLLATE "C";

-- journal_list(date_from date, date_to date, tag text[], search text, mood_id uuid) reads pages
-- One page in one order.
-- by entry_date date
-- by created_at timestamptz
-- by updated_at timestamptz
SELECT id, title, {large:content}, entry_date, tags, mood_id, version, created_at, updated_at {key}
FROM journals
WHERE {journal_filters}
{page};

