-- categories.sql of release v0.1.0, as its workers send it: fragments in their places, `:name` a parameter.
-- A line that ends in `--? a, b=word` is sent only when a is given and b is that word.

-- category_get(id uuid)
SELECT categories.id, categories.name, categories.color, c.tasks::int AS task_count,
categories.version, categories.created_at, categories.updated_at,
concat_ws('-', categories.version, c.tasks) AS _etag
FROM categories
CROSS JOIN LATERAL (
SELECT count(*) AS tasks
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.category_id = categories.id
) AS c
WHERE user_id = current_user_id() AND id = :id;

-- category_create(id uuid, name text, color text)
WITH categories AS (
INSERT INTO categories (user_id, id, name, color)
SELECT u.id, :id, :name, :color FROM users AS u WHERE u.id = current_user_id()
FOR NO KEY UPDATE
ON CONFLICT (user_id, id) DO NOTHING
RETURNING id, name, color, version, created_at, updated_at)
SELECT categories.id, categories.name, categories.color, c.tasks::int AS task_count,
categories.version, categories.created_at, categories.updated_at,
concat_ws('-', categories.version, c.tasks) AS _etag
FROM categories
CROSS JOIN LATERAL (
SELECT count(*) AS tasks
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.category_id = categories.id
) AS c
;

-- category_update(id uuid, if_match text[], version bigint, sent text[], name text, color text)
WITH categories AS (
UPDATE categories
SET name = merge('name', :sent, :name, name), color = merge('color', :sent, :color, color)
WHERE user_id = current_user_id() AND id = :id
AND version = :version    --? version
AND (SELECT concat_ws('-', version, c.tasks) FROM (    --? if_match
SELECT count(*) AS tasks    --? if_match
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.category_id = categories.id    --? if_match
) AS c) = ANY (:if_match)    --? if_match
RETURNING id, name, color, version, created_at, updated_at)
SELECT categories.id, categories.name, categories.color, c.tasks::int AS task_count,
categories.version, categories.created_at, categories.updated_at,
concat_ws('-', categories.version, c.tasks) AS _etag
FROM categories
CROSS JOIN LATERAL (
SELECT count(*) AS tasks
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.category_id = categories.id
) AS c
;

-- category_delete(id uuid, if_match text[], version bigint)
DELETE FROM categories
WHERE user_id = current_user_id() AND id = :id
AND version = :version    --? version
AND (SELECT concat_ws('-', version, c.tasks) FROM (    --? if_match
SELECT count(*) AS tasks    --? if_match
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.category_id = categories.id    --? if_match
) AS c) = ANY (:if_match)    --? if_match
RETURNING id;

-- category_count(search text)
SELECT count(*) AS _total FROM categories WHERE
user_id = current_user_id()
AND strpos(name_key, (SELECT fold(:search) COLLATE "C")) > 0    --? search
;

-- category_list(search text, sort_by text, sort_order text, after_key text, after_id uuid, rows int, skip int)
WITH categories AS (
SELECT id, name, color, version, created_at, updated_at, name_key
FROM categories WHERE
user_id = current_user_id()
AND strpos(name_key, (SELECT fold(:search) COLLATE "C")) > 0    --? search
AND (name_key, id) > (:after_key, :after_id)    --? after_id, sort_by=name, sort_order=asc
AND (name_key, id) < (:after_key, :after_id)    --? after_id, sort_by=name, sort_order=desc
AND (created_at, id) > (:after_key::timestamptz, :after_id)    --? after_id, sort_by=created_at, sort_order=asc
AND (created_at, id) < (:after_key::timestamptz, :after_id)    --? after_id, sort_by=created_at, sort_order=desc
AND (updated_at, id) > (:after_key::timestamptz, :after_id)    --? after_id, sort_by=updated_at, sort_order=asc
AND (updated_at, id) < (:after_key::timestamptz, :after_id)    --? after_id, sort_by=updated_at, sort_order=desc
ORDER BY name_key, id    --? sort_by=name, sort_order=asc
ORDER BY name_key DESC, id DESC    --? sort_by=name, sort_order=desc
ORDER BY created_at, id    --? sort_by=created_at, sort_order=asc
ORDER BY created_at DESC, id DESC    --? sort_by=created_at, sort_order=desc
ORDER BY updated_at, id    --? sort_by=updated_at, sort_order=asc
ORDER BY updated_at DESC, id DESC    --? sort_by=updated_at, sort_order=desc
LIMIT :rows::int OFFSET :skip::int)
SELECT categories.id, categories.name, categories.color, c.tasks::int AS task_count,
categories.version, categories.created_at, categories.updated_at,
concat_ws('-', categories.version, c.tasks) AS _etag
,
name_key AS _key    --? sort_by=name
created_at::text AS _key    --? sort_by=created_at
updated_at::text AS _key    --? sort_by=updated_at
FROM categories
CROSS JOIN LATERAL (
SELECT count(*) AS tasks
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.category_id = categories.id
) AS c
ORDER BY name_key, id    --? sort_by=name, sort_order=asc
ORDER BY name_key DESC, id DESC    --? sort_by=name, sort_order=desc
ORDER BY created_at, id    --? sort_by=created_at, sort_order=asc
ORDER BY created_at DESC, id DESC    --? sort_by=created_at, sort_order=desc
ORDER BY updated_at, id    --? sort_by=updated_at, sort_order=asc
ORDER BY updated_at DESC, id DESC    --? sort_by=updated_at, sort_order=desc
;
