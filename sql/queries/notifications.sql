-- notifications.sql: what a user was told of tasks. Those that were deleted stay as a memory, and are never shown.

-- fragment notification_columns
id, task_id, type, occasion, message, read, sent_at, created_at

-- fragment notification_filters
user_id = current_user_id() AND deleted_at IS NULL
AND read = :read             --? read
AND type = ANY (:type)       --? type

-- notification_list(read bool, type text[]) reads pages
-- One page in one order.
-- by created_at timestamptz
SELECT {notification_columns} {key}
FROM notifications
WHERE {notification_filters}
{page};

-- notification_get(id uuid) reads
-- Reads one notification.
SELECT {notification_columns} FROM notifications
WHERE user_id = current_user_id() AND id = :id AND deleted_at IS NULL;

-- notification_mark(id uuid, read bool)
-- Marks one as read, or as unread.
UPDATE notifications SET read = coalesce(:read, true)
WHERE user_id = current_user_id() AND id = :id AND deleted_at IS NULL
RETURNING {notification_columns};

-- notification_mark_some(ids text[])
-- Marks those of these that are the user's and unread; how many.
WITH marked AS (
    UPDATE notifications SET read = true
    WHERE user_id = current_user_id() AND id = ANY (:ids::uuid[]) AND NOT read AND deleted_at IS NULL RETURNING 1)
SELECT count(*) AS updated FROM marked;

-- notification_mark_all() many
-- Marks all that are unread; how many.
WITH marked AS (
    UPDATE notifications SET read = true
    WHERE user_id = current_user_id() AND NOT read AND deleted_at IS NULL RETURNING 1)
SELECT count(*) AS updated FROM marked;

-- notification_unread() reads
-- How many are unread.
SELECT count(*) AS unread_count FROM notifications
WHERE user_id = current_user_id() AND NOT read AND deleted_at IS NULL;

-- notification_delete(id uuid)
-- Forgets the words of one, which is not shown any more.
UPDATE notifications SET deleted_at = now(), message = ''
WHERE user_id = current_user_id() AND id = :id AND deleted_at IS NULL
RETURNING id;
