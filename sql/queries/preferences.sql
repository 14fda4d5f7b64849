-- preferences.sql: what a user wants to be told. Who has changed nothing yet has no row, and reads the defaults.

-- fragment preference_columns
coalesce(p.email_notifications, true) AS email_notifications,
coalesce(p.deadline_threshold, '24h') AS deadline_threshold,
json_build_object('DEADLINE_APPROACHING', coalesce(p.deadline_approaching, true), 'OVERDUE', coalesce(p.overdue, true),
                  'REMINDER', coalesce(p.reminder, true)) AS notification_types,
coalesce(p.version, 1) AS version

-- A row that was just made was born with its user, and has the tag of the defaults.

-- fragment preference_tag
coalesce(p.etag::text, md5(concat_ws(' ', 'preferences', p.user_id, p.created_at)))

-- preference_get() reads
-- Reads them.
SELECT {preference_columns}, {preference_tag} AS _etag
FROM (SELECT u.id AS user_id, coalesce(r.created_at, u.created_at) AS created_at, r.etag, r.version,
             r.email_notifications, r.deadline_threshold, r.deadline_approaching, r.overdue, r.reminder
      FROM users AS u LEFT JOIN preferences AS r ON r.user_id = u.id WHERE u.id = current_user_id()) AS p;

-- preference_make()
-- Makes the row with the defaults, unless it is there.
INSERT INTO preferences (user_id, created_at)
SELECT u.id, u.created_at FROM users AS u WHERE u.id = current_user_id()
ON CONFLICT DO NOTHING;

-- preference_update(sent text[], email_notifications bool, deadline_threshold text, deadline_approaching bool,
--     overdue bool, reminder bool) guarded
-- Changes the members that were sent.
UPDATE preferences AS p
SET email_notifications = merge('email_notifications', :sent, :email_notifications, email_notifications),
    deadline_threshold = merge('deadline_threshold', :sent, :deadline_threshold, deadline_threshold),
    deadline_approaching = merge('notification_types.DEADLINE_APPROACHING', :sent, :deadline_approaching,
                                 deadline_approaching),
    overdue = merge('notification_types.OVERDUE', :sent, :overdue, overdue),
    reminder = merge('notification_types.REMINDER', :sent, :reminder, reminder)
WHERE user_id = current_user_id()
  {is_fresh:{preference_tag}}
RETURNING {preference_columns}, {preference_tag} AS _etag;
