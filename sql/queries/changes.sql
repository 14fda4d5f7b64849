-- changes.sql: what was written and deleted, in the order of the transactions that did it. A place is that
-- of a change: epoch, xid, type, id. Within a type an index has the places in their order.

-- It stands first: columns are found by their names, from the left.

-- fragment change_place
change_epoch::text AS _change_epoch, change_xid::text AS _change_xid

-- What a walk may show.

-- fragment change_range
user_id = current_user_id() AND (change_epoch, change_xid) < (w.epoch, w.bound)

-- change_clock() reads
-- The secret of the cursors, and whether the epoch is this database's, which this connection knows from now on.
SELECT secret AS _secret, settled AS _settled FROM change_clock();

-- change_epoch_begin()
-- Begins the epoch that follows a restore or a promotion.
SELECT begin_change_epoch() AS _done;

-- change_news(epoch int, xid xid8) reads
-- Whether anything may be new behind all of a transaction, and whether this connection knows that the epoch is
-- the database's. It is asked again and again, so it looks no further.
SELECT e.epoch::text AS _epoch, e.nonce AS _nonce, e.identity = current_setting('app.database_identity', true) AS _settled,
       pg_snapshot_xmax(pg_current_snapshot())::text AS _newest,
       EXISTS (
           SELECT FROM users WHERE id = current_user_id() AND (change_epoch, change_xid) >= (:epoch, :xid)
           UNION ALL
           SELECT FROM tasks WHERE user_id = current_user_id() AND (change_epoch, change_xid) >= (:epoch, :xid)
           UNION ALL
           SELECT FROM journals WHERE user_id = current_user_id() AND (change_epoch, change_xid) >= (:epoch, :xid)
           UNION ALL
           SELECT FROM moods WHERE user_id = current_user_id() AND (change_epoch, change_xid) >= (:epoch, :xid)
           UNION ALL
           SELECT FROM projects WHERE user_id = current_user_id() AND (change_epoch, change_xid) >= (:epoch, :xid)
           UNION ALL
           SELECT FROM categories WHERE user_id = current_user_id() AND (change_epoch, change_xid) >= (:epoch, :xid)
           UNION ALL
           SELECT FROM notifications
           WHERE user_id = current_user_id() AND (change_epoch, change_xid) >= (:epoch, :xid)
           UNION ALL
           SELECT FROM preferences WHERE user_id = current_user_id() AND (change_epoch, change_xid) >= (:epoch, :xid)
           UNION ALL
           SELECT FROM deletions WHERE user_id = current_user_id() AND (change_epoch, change_xid) >= (:epoch, :xid)) AS _news
FROM change_epochs AS e ORDER BY e.epoch DESC LIMIT 1;

-- change_page(epoch int, xid xid8, type text, id uuid, bound xid8, deletions bool, rows int) reads
-- What a page consists of: the types of the next changes behind a place, how many of each, and the last one. It ends
-- below a transaction of which nothing has been shown: the given one, or the oldest that is running. There is a
-- row even if nothing has changed. Each table gives its first places by its index; the comparison with `type`
-- leaves out the place itself. One place more than `rows` tells whether more are to come; it may be counted too.
WITH clock AS MATERIALIZED (
    SELECT epoch, nonce, identity = current_setting('app.database_identity', true) AS settled,
           coalesce(:bound, pg_snapshot_xmin(pg_current_snapshot())) AS bound
    FROM change_epochs ORDER BY epoch DESC LIMIT 1),
places AS MATERIALIZED (
    SELECT e.* FROM (SELECT epoch, bound FROM clock OFFSET 0) AS w, LATERAL (
        (SELECT 'task' COLLATE "C" AS type, id, change_epoch, change_xid, false AS deleted FROM tasks
         WHERE {change_range} AND (change_epoch, change_xid, id) >= (:epoch, :xid, change_from('task', :type, :id))
         AND (change_epoch, change_xid, 'task' COLLATE "C", id) > (:epoch, :xid, :type, :id)
         ORDER BY change_epoch, change_xid, id LIMIT :rows + 1)
        UNION ALL
        (SELECT 'journal' COLLATE "C" AS type, id, change_epoch, change_xid, false AS deleted FROM journals
         WHERE {change_range} AND (change_epoch, change_xid, id) >= (:epoch, :xid, change_from('journal', :type, :id))
         AND (change_epoch, change_xid, 'journal' COLLATE "C", id) > (:epoch, :xid, :type, :id)
         ORDER BY change_epoch, change_xid, id LIMIT :rows + 1)
        UNION ALL
        (SELECT 'mood' COLLATE "C" AS type, id, change_epoch, change_xid, false AS deleted FROM moods
         WHERE {change_range} AND (change_epoch, change_xid, id) >= (:epoch, :xid, change_from('mood', :type, :id))
         AND (change_epoch, change_xid, 'mood' COLLATE "C", id) > (:epoch, :xid, :type, :id)
         ORDER BY change_epoch, change_xid, id LIMIT :rows + 1)
        UNION ALL
        (SELECT 'project' COLLATE "C" AS type, id, change_epoch, change_xid, false AS deleted FROM projects
         WHERE {change_range} AND (change_epoch, change_xid, id) >= (:epoch, :xid, change_from('project', :type, :id))
         AND (change_epoch, change_xid, 'project' COLLATE "C", id) > (:epoch, :xid, :type, :id)
         ORDER BY change_epoch, change_xid, id LIMIT :rows + 1)
        UNION ALL
        (SELECT 'category' COLLATE "C" AS type, id, change_epoch, change_xid, false AS deleted FROM categories
         WHERE {change_range} AND (change_epoch, change_xid, id) >= (:epoch, :xid, change_from('category', :type, :id))
         AND (change_epoch, change_xid, 'category' COLLATE "C", id) > (:epoch, :xid, :type, :id)
         ORDER BY change_epoch, change_xid, id LIMIT :rows + 1)
        UNION ALL
        (SELECT 'notification' COLLATE "C" AS type, id, change_epoch, change_xid, false AS deleted FROM notifications
         WHERE {change_range} AND deleted_at IS NULL
         AND (change_epoch, change_xid, id) >= (:epoch, :xid, change_from('notification', :type, :id))
         AND (change_epoch, change_xid, 'notification' COLLATE "C", id) > (:epoch, :xid, :type, :id)
         ORDER BY change_epoch, change_xid, id LIMIT :rows + 1)
        UNION ALL
        SELECT 'preferences', user_id, change_epoch, change_xid, false FROM preferences
        WHERE {change_range} AND (change_epoch, change_xid, 'preferences' COLLATE "C", user_id) > (:epoch, :xid, :type, :id)
        UNION ALL
        SELECT 'user', id, change_epoch, change_xid, false FROM users
        WHERE id = current_user_id() AND (change_epoch, change_xid) < (w.epoch, w.bound)
        AND (change_epoch, change_xid, 'user' COLLATE "C", id) > (:epoch, :xid, :type, :id)
        UNION ALL                                                                                --? deletions
        (SELECT type, id, change_epoch, change_xid, true FROM deletions                          --? deletions
         WHERE {change_range} AND (change_epoch, change_xid, type, id) > (:epoch, :xid, :type, :id) --? deletions
         ORDER BY change_epoch, change_xid, type, id LIMIT :rows + 1)                            --? deletions
    ) AS e
    ORDER BY change_epoch, change_xid, type, id LIMIT :rows + 1),
streams AS (
    SELECT CASE WHEN deleted THEN 'deletion' ELSE type END AS type, count(*), sum(count(*)) OVER ()::int AS found
    FROM places GROUP BY 1)
SELECT c.epoch::text AS _epoch, c.nonce AS _nonce, c.settled AS _settled, c.bound::text AS _bound,
       pg_snapshot_xmax(pg_current_snapshot())::text AS _newest, s.type AS _type, s.count AS _count,
       s.found > :rows AS _more, last.type AS _last_type, last.id AS _last_id, last.change_epoch::text AS _change_epoch,
       last.change_xid::text AS _change_xid
FROM clock AS c LEFT JOIN streams AS s ON true
LEFT JOIN LATERAL (SELECT * FROM places OFFSET least(s.found, :rows) - 1 LIMIT 1) AS last ON true;

-- change_tasks(epoch int, xid xid8, type text, id uuid, rows int) reads
-- The tasks of a page.
SELECT {change_place}, {task_columns} FROM tasks
WHERE user_id = current_user_id()
AND (change_epoch, change_xid, id) >= (:epoch, :xid, change_from('task', :type, :id))
AND (change_epoch, change_xid, 'task' COLLATE "C", id) > (:epoch, :xid, :type, :id)
ORDER BY change_epoch, change_xid, id LIMIT :rows;

-- change_journals(epoch int, xid xid8, type text, id uuid, rows int, fits int) reads
-- The entries of a page. Behind as many bytes as fit they come without their content.
SELECT {change_place}, before > :fits AS _cut, id, title, CASE WHEN before <= :fits THEN content END AS content,
       entry_date, tags, mood_id, version, created_at, updated_at
FROM (SELECT j.*, coalesce(sum(octet_length(content)) OVER (ORDER BY change_epoch, change_xid, id
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
      FROM (
        SELECT * FROM journals WHERE user_id = current_user_id()
        AND (change_epoch, change_xid, id) >= (:epoch, :xid, change_from('journal', :type, :id))
        AND (change_epoch, change_xid, 'journal' COLLATE "C", id) > (:epoch, :xid, :type, :id)
        ORDER BY change_epoch, change_xid, id LIMIT :rows) AS j) AS j
ORDER BY change_epoch, change_xid, id;

-- change_moods(epoch int, xid xid8, type text, id uuid, rows int) reads
-- The moods of a page.
SELECT {change_place}, {mood_columns} FROM moods
WHERE user_id = current_user_id()
AND (change_epoch, change_xid, id) >= (:epoch, :xid, change_from('mood', :type, :id))
AND (change_epoch, change_xid, 'mood' COLLATE "C", id) > (:epoch, :xid, :type, :id)
ORDER BY change_epoch, change_xid, id LIMIT :rows;

-- change_projects(epoch int, xid xid8, type text, id uuid, rows int) reads
-- The projects of a page.
WITH projects AS (
    SELECT user_id, id, name, description, color, archived, version, created_at, updated_at, etag, change_epoch,
           change_xid
    FROM projects
    WHERE user_id = current_user_id()
    AND (change_epoch, change_xid, id) >= (:epoch, :xid, change_from('project', :type, :id))
    AND (change_epoch, change_xid, 'project' COLLATE "C", id) > (:epoch, :xid, :type, :id)
    ORDER BY change_epoch, change_xid, id LIMIT :rows)
{project_row}, {change_place}
FROM projects {project_counts}
ORDER BY change_epoch, change_xid, id;

-- change_categories(epoch int, xid xid8, type text, id uuid, rows int) reads
-- The categories of a page.
WITH categories AS (
    SELECT user_id, id, name, color, version, created_at, updated_at, etag, change_epoch, change_xid
    FROM categories
    WHERE user_id = current_user_id()
    AND (change_epoch, change_xid, id) >= (:epoch, :xid, change_from('category', :type, :id))
    AND (change_epoch, change_xid, 'category' COLLATE "C", id) > (:epoch, :xid, :type, :id)
    ORDER BY change_epoch, change_xid, id LIMIT :rows)
{category_row}, {change_place}
FROM categories {category_counts}
ORDER BY change_epoch, change_xid, id;

-- change_users(epoch int, xid xid8, type text, id uuid, rows int) reads
-- The user's own row, if it is on the page.
SELECT {user_columns}, {change_place} FROM users
WHERE id = current_user_id()
AND (change_epoch, change_xid, 'user' COLLATE "C", id) > (:epoch, :xid, :type, :id)
LIMIT :rows;

-- change_notifications(epoch int, xid xid8, type text, id uuid, rows int) reads
-- The notifications of a page.
SELECT {change_place}, {notification_columns} FROM notifications
WHERE user_id = current_user_id() AND deleted_at IS NULL
AND (change_epoch, change_xid, id) >= (:epoch, :xid, change_from('notification', :type, :id))
AND (change_epoch, change_xid, 'notification' COLLATE "C", id) > (:epoch, :xid, :type, :id)
ORDER BY change_epoch, change_xid, id LIMIT :rows;

-- change_preferences(epoch int, xid xid8, type text, id uuid, rows int) reads
-- The user's preferences, if they are on the page; their id is the user's.
SELECT {change_place}, p.user_id AS _id, {preference_columns} FROM preferences AS p
WHERE p.user_id = current_user_id()
AND (change_epoch, change_xid, 'preferences' COLLATE "C", user_id) > (:epoch, :xid, :type, :id)
LIMIT :rows;

-- change_deletions(epoch int, xid xid8, type text, id uuid, rows int) reads
-- The tombstones of a page, but for what was made again: that has a place of its own.
SELECT id, type AS _type, {change_place}
FROM (SELECT * FROM deletions WHERE user_id = current_user_id()
      AND (change_epoch, change_xid, type, id) > (:epoch, :xid, :type, :id)
      ORDER BY change_epoch, change_xid, type, id LIMIT :rows) AS d
WHERE NOT CASE type
    WHEN 'task' THEN EXISTS (SELECT FROM tasks AS t WHERE t.user_id = d.user_id AND t.id = d.id)
    WHEN 'journal' THEN EXISTS (SELECT FROM journals AS t WHERE t.user_id = d.user_id AND t.id = d.id)
    WHEN 'mood' THEN EXISTS (SELECT FROM moods AS t WHERE t.user_id = d.user_id AND t.id = d.id)
    WHEN 'project' THEN EXISTS (SELECT FROM projects AS t WHERE t.user_id = d.user_id AND t.id = d.id)
    WHEN 'category' THEN EXISTS (SELECT FROM categories AS t WHERE t.user_id = d.user_id AND t.id = d.id)
    WHEN 'notification' THEN EXISTS (
        SELECT FROM notifications AS t WHERE t.user_id = d.user_id AND t.id = d.id AND t.deleted_at IS NULL)
    ELSE false END
ORDER BY change_epoch, change_xid, type, id;

-- change_sweep() many
-- Deletes tombstones that are older than any cursor; whether more are left.
SELECT sweep_deletions() AS _more;
