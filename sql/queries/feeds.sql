-- feeds.sql: the calendar feed of a user, at an address that is its own key.

-- feed_get() reads
-- Whether the user has one, and since when.
SELECT f.user_id IS NOT NULL AS active, f.created_at
FROM (SELECT) AS always
LEFT JOIN calendar_feeds AS f ON f.user_id = current_user_id();

-- feed_make(secret_hash bytea)
-- Gives the user a new address; the one before leads nowhere from now on.
INSERT INTO calendar_feeds (user_id, secret_hash) VALUES (current_user_id(), :secret_hash)
ON CONFLICT (user_id) DO UPDATE SET secret_hash = :secret_hash, created_at = now()
RETURNING created_at;

-- feed_revoke()
-- Takes the address away, if there is one.
DELETE FROM calendar_feeds WHERE user_id = current_user_id();

-- feed_begin(secret_hash bytea, patience_ms int) reads waits
-- Finds the feed of an address, whose user's rows the transaction sees from now on, and takes one of the
-- user's turns. The inner SELECT comes first.
SELECT found AS _found, take_turn(:patience_ms) AS _turn
FROM (SELECT begin_feed_request(:secret_hash) AS found OFFSET 0) AS feed;

-- feed_tasks(after_due timestamptz, after uuid, rows int) reads
-- The next open tasks that are due some time, the soonest first; what is due on a day comes at its end. Tasks
-- of archived projects are left out.
SELECT t.id, t.title, t.description, t.status::text, t.priority::text, t.due_date, t.due_on,
       c.name AS category, t.version, t.updated_at
FROM tasks AS t
LEFT JOIN categories AS c ON c.user_id = t.user_id AND c.id = t.category_id
WHERE t.user_id = current_user_id() AND t.completed_at IS NULL AND t.due_date IS NOT NULL
AND (t.project_id IS NULL OR t.project_id <> ALL ({archived_projects}))
AND (t.due_date, t.id) > (:after_due, :after)    --? after
ORDER BY t.due_date, t.id
LIMIT :rows;
