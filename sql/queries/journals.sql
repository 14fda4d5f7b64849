-- journals.sql: journal entries, their lists and tags.

-- fragment journal_columns
id, title, content, entry_date, tags, mood_id, version, created_at, updated_at

-- fragment journal_summary
id, title, {beginning_of_content}, entry_date, tags, mood_id, version, created_at, updated_at

-- fragment beginning_of_content
left(content, 280) AS excerpt, length(content) AS content_length

-- fragment journal_row
{journal_columns}, {row_tag} AS _etag

-- fragment journal_filters
user_id = current_user_id()
AND entry_date >= :date_from    --? date_from
AND entry_date <= :date_to      --? date_to
AND id IN ({entries_tagged})    --? tag
AND mood_id = :mood_id          --? mood_id
{is_found}

-- The entries that have all of the tags.

-- fragment entries_tagged
SELECT t.journal_id FROM journal_tags AS t
WHERE t.user_id = current_user_id()
  AND t.tag_fold = ANY (ARRAY(SELECT fold_case(w) FROM unnest(:tag) AS w))
GROUP BY t.journal_id
HAVING count(*) = (SELECT count(DISTINCT fold_case(w)) FROM unnest(:tag) AS w)

-- journal_get(id uuid) reads
-- Reads one entry.
SELECT {journal_row} FROM journals WHERE user_id = current_user_id() AND id = :id;

-- journal_get_same(id uuid, tags text[]) reads
-- Reads one entry, and whether these are its tags, however they are spelled.
SELECT {journal_row},
       ARRAY(SELECT fold_case(t) FROM unnest(tags) WITH ORDINALITY AS u (t, n) ORDER BY n)
       = ARRAY(SELECT fold_case(t) FROM unnest(clean_tags(:tags)) WITH ORDINALITY AS u (t, n) ORDER BY n) AS _same_tags
FROM journals WHERE user_id = current_user_id() AND id = :id;

-- journal_create(id uuid, title text, content text, entry_date date, tags text[], mood_id uuid)
-- Writes an entry, about today in the user's zone unless said otherwise; no row if the user has one
-- with this id.
INSERT INTO journals (user_id, id, title, content, entry_date, tags, mood_id)
VALUES (current_user_id(), :id, :title, :content,
        coalesce(:entry_date, (now() AT TIME ZONE {my_zone})::date),
        coalesce(:tags, '{}'), :mood_id)
ON CONFLICT (user_id, id) DO NOTHING
RETURNING {journal_row};

-- journal_update(
--     id uuid, sent text[], title text, content text, entry_date date, tags text[], mood_id uuid) guarded
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
-- The tags in use, the most used first, each as its first entry has it. So many as one answer may have.
SELECT (array_agg(t.tag ORDER BY j.created_at, j.id))[1] AS tag, count(*)::int AS count
FROM journal_tags AS t JOIN journals AS j ON j.user_id = t.user_id AND j.id = t.journal_id
WHERE t.user_id = current_user_id()
GROUP BY t.tag_fold
ORDER BY count(*) DESC, 1
LIMIT 5000;

-- journal_list(date_from date, date_to date, tag text[], search text, mood_id uuid, view text) reads pages
-- One page in one order, of whole entries or of summaries.
-- by entry_date date
-- by created_at timestamptz
-- by updated_at timestamptz
SELECT id, title,
{large:content},            --? view=full
{beginning_of_content},     --? view=summary
entry_date, tags, mood_id, version, created_at, updated_at
{key}
FROM journals
WHERE {journal_filters}
{page};

