-- categories.sql: labels for tasks, with the number of tasks under each: of those that lists show, so not of
-- archived projects.

-- fragment category_row
SELECT categories.id, categories.name, categories.color, c.tasks::int AS task_count,
       categories.version, categories.created_at, categories.updated_at,
       concat_ws('-', {row_tag}, c.tasks) AS _etag

-- fragment category_counts
CROSS JOIN LATERAL ({category_count}) AS c

-- The tag of a row of the table itself, in a WHERE.

-- fragment category_tag
(SELECT concat_ws('-', {row_tag}, c.tasks) FROM ({category_count}) AS c)

-- fragment category_count
SELECT count(*) AS tasks
FROM tasks AS t WHERE t.user_id = current_user_id() AND t.category_id = categories.id
  AND (t.project_id IS NULL OR t.project_id <> ALL ({archived_projects}))

-- fragment category_filters
user_id = current_user_id()
{is_found}

-- category_get(id uuid) reads
-- Reads one category.
{category_row}
FROM categories {category_counts}
WHERE user_id = current_user_id() AND id = :id;

-- category_exists(id uuid) reads
-- Whether the user has this category.
SELECT id FROM categories WHERE user_id = current_user_id() AND id = :id;

-- category_create(id uuid, name text, color text)
-- Makes a category; no row if the user has one with this id. A user's creations wait for each other:
-- of two at once with one id and one name, the second could be refused for its name otherwise.
WITH categories AS (
    INSERT INTO categories (user_id, id, name, color)
    SELECT u.id, :id, :name, :color FROM users AS u WHERE u.id = current_user_id()
    FOR NO KEY UPDATE
    ON CONFLICT (user_id, id) DO NOTHING
    RETURNING user_id, id, name, color, version, created_at, updated_at, etag)
{category_row}
FROM categories {category_counts};

-- category_update(id uuid, sent text[], name text, color text) guarded
-- Changes the members that were sent.
WITH categories AS (
    UPDATE categories
    SET name = merge('name', :sent, :name, name), color = merge('color', :sent, :color, color)
    WHERE user_id = current_user_id() AND id = :id
      {is_fresh:{category_tag}}
    RETURNING user_id, id, name, color, version, created_at, updated_at, etag)
{category_row}
FROM categories {category_counts};

-- category_delete(id uuid) many guarded
-- Deletes a category; its tasks stay, without one.
DELETE FROM categories
WHERE user_id = current_user_id() AND id = :id
  {is_fresh:{category_tag}}
RETURNING id;

-- category_list(search text) reads pages
-- One page in one order. The counts are taken for the page alone.
-- by name name_fold text
-- by created_at timestamptz
-- by updated_at timestamptz
WITH categories AS (
    SELECT user_id, id, name, color, version, created_at, updated_at, etag, name_fold
    FROM categories
    WHERE {category_filters}
    {page})
{category_row} {key}
FROM categories {category_counts}
{order};

