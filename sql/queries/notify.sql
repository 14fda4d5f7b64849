-- notify.sql: what users are told of their tasks. Each statement is the whole of a job: it makes the notifications
-- that are wanted and not made yet, and one mail for each user who wants mails. The unique key of the notifications
-- makes it harmless to run it twice.

-- What an unread notification is about, of the tasks that are open and in no archived project.

-- fragment notify_people
tasks AS t
JOIN users AS u ON u.id = t.user_id
LEFT JOIN preferences AS p ON p.user_id = t.user_id

-- fragment notify_not_archived
NOT EXISTS (SELECT FROM projects AS a WHERE a.user_id = t.user_id AND a.id = t.project_id AND a.archived)

-- The mail of a user and run: whoever runs it, it is one.

-- fragment notify_mail
CASE WHEN :mail AND u.email_verified AND u.mail_failed_at IS NULL AND coalesce(p.email_notifications, true)
    THEN md5(concat_ws(' ', t.user_id, now(), :job::text))::uuid END AS mail_id

-- fragment notify_make
made AS (
    INSERT INTO notifications (user_id, task_id, type, occasion, message, mail_id)
    SELECT w.user_id, w.task_id, w.type, w.occasion,
           notification_message(w.type, w.title, w.due_date, w.due_on, z.zone), w.mail_id
    FROM wanted AS w JOIN timezones AS z ON z.name = w.timezone
    ON CONFLICT DO NOTHING
    RETURNING user_id, mail_id),
mails AS (
    INSERT INTO outbox (user_id, id, kind, expires_at)
    SELECT DISTINCT user_id, mail_id, 'notifications', now() + mail_life('notifications')
    FROM made WHERE mail_id IS NOT NULL
    RETURNING 1)
SELECT (SELECT count(*) FROM made) AS _notifications, (SELECT count(*) FROM mails) AS _mails

-- notify_deadlines(mail bool, job text) many
-- Tells of tasks that are due soon and of those that are overdue, for at most a day: what is older is news to nobody.
WITH wanted AS MATERIALIZED (
    SELECT t.user_id, t.id AS task_id, due.type, due.occasion, t.title, t.due_date, t.due_on, u.timezone,
           {notify_mail}
    FROM {notify_people},
        LATERAL (SELECT CASE WHEN t.due_date > now() THEN 'DEADLINE_APPROACHING' ELSE 'OVERDUE' END AS type,
                        occasion_of(t.due_date, t.due_on) AS occasion) AS due
    WHERE t.completed_at IS NULL AND t.due_date IS NOT NULL
      AND t.due_date > now() - interval '24 hours' AND t.due_date <= now() + interval '7 days'
      AND CASE WHEN t.due_date > now()
          THEN coalesce(p.deadline_approaching, true)
              AND t.due_date <= now() + threshold_interval(coalesce(p.deadline_threshold, '24h'))
          ELSE coalesce(p.overdue, true) END
      AND {notify_not_archived}
      AND NOT EXISTS (SELECT FROM notifications AS n WHERE n.user_id = t.user_id AND n.task_id = t.id
          AND n.type = due.type AND n.occasion = due.occasion)),
{notify_make};

-- notify_reminders(mail bool, job text) many
-- Tells of tasks whose time to be remembered has come, at most a day ago.
WITH wanted AS MATERIALIZED (
    SELECT t.user_id, t.id AS task_id, 'REMINDER' AS type, t.remind_at AS occasion, t.title, t.due_date, t.due_on,
           u.timezone,
           {notify_mail}
    FROM {notify_people}
    WHERE t.completed_at IS NULL AND t.remind_at > now() - interval '24 hours' AND t.remind_at <= now()
      AND coalesce(p.reminder, true)
      AND {notify_not_archived}
      AND NOT EXISTS (SELECT FROM notifications AS n WHERE n.user_id = t.user_id AND n.task_id = t.id
          AND n.type = 'REMINDER' AND n.occasion = t.remind_at)),
{notify_make};
