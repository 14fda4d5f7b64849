-- outbox.sql: mails on their way. A row is claimed with a lease; whatever is written down afterwards names the
-- attempt, so that somebody who comes late with it writes nothing.

-- fragment outbox_mine
user_id = :user_id AND id = :id AND attempt = :attempt AND state = 'sending'

-- outbox_take_reset()
-- Turns one request for a new password into a mail, or into nothing; whether there was one.
SELECT take_reset_request() AS _done;

-- outbox_claim(lease_s int)
-- Claims the mail that has been due for longest. None is put off for more than 36 minutes: one that is due later was
-- queued by a clock that was ahead, and is due, too. It is pointless when it has expired, and when the address that it
-- was for is another one by now.
UPDATE outbox AS o
SET state = 'sending', attempt = o.attempt + 1, lease_until = now() + make_interval(secs => :lease_s)
FROM users AS u
WHERE o.ctid = ANY (ARRAY(
        SELECT q.ctid FROM outbox AS q
        WHERE q.state IN ('queued', 'sending') AND q.lease_until <= now()
          AND (q.due_at <= now() OR q.due_at > now() + interval '40 minutes')
        ORDER BY q.due_at LIMIT 1 FOR UPDATE SKIP LOCKED))
  AND u.id = o.user_id
RETURNING o.user_id AS _user_id, o.id AS _id, o.kind AS _kind, coalesce(o.recipient, u.email) AS _recipient,
          o.attempt AS _attempt, o.refusals AS _refusals, extract(epoch FROM o.created_at)::bigint AS _created_s,
          o.expires_at <= now()
          OR (o.kind = 'confirm_new_email' AND u.pending_email IS DISTINCT FROM o.recipient)
          OR (o.kind = 'verify_email' AND u.email_verified)
          OR (o.kind = 'notifications' AND (NOT u.email_verified OR u.mail_failed_at IS NOT NULL)) AS _pointless;

-- outbox_note_token(user_id uuid, hash text, purpose text, email text, lifetime_s int)
-- Notes what a link is good for; the one of a repeated mail is there already. Without a lifetime it is for good.
INSERT INTO mail_tokens (user_id, token_hash, purpose, email, expires_at)
VALUES (:user_id, decode(:hash, 'hex'), :purpose, :email,
        CASE WHEN :lifetime_s::int IS NULL THEN 'infinity' ELSE now() + make_interval(secs => :lifetime_s) END)
ON CONFLICT DO NOTHING;

-- outbox_notifications(user_id uuid, id uuid) reads
-- The notifications of a mail that still hold: nobody has read them, and the task is as it was when they were made.
SELECT n.type AS _type, n.message AS _message
FROM notifications AS n
JOIN tasks AS t ON t.user_id = n.user_id AND t.id = n.task_id
LEFT JOIN preferences AS p ON p.user_id = n.user_id
WHERE n.user_id = :user_id AND n.mail_id = :id AND NOT n.read AND n.deleted_at IS NULL
  AND coalesce(p.email_notifications, true) AND t.completed_at IS NULL
  AND CASE n.type
      WHEN 'REMINDER' THEN t.remind_at = n.occasion AND coalesce(p.reminder, true)
      WHEN 'OVERDUE' THEN occasion_of(t.due_date, t.due_on) = n.occasion AND coalesce(p.overdue, true)
      ELSE occasion_of(t.due_date, t.due_on) = n.occasion AND t.due_date > now()
          AND coalesce(p.deadline_approaching, true) END
  AND {notify_not_archived}
ORDER BY n.type DESC, n.occasion, n.id;

-- outbox_sent(user_id uuid, id uuid, attempt int, code int)
-- The server has taken a mail, and with it the notifications that it told.
WITH sent AS (
    UPDATE outbox SET state = 'sent', sent_at = now(), code = :code, error = NULL
    WHERE {outbox_mine} RETURNING user_id, id)
UPDATE notifications AS n SET sent_at = now() FROM sent AS s WHERE n.user_id = s.user_id AND n.mail_id = s.id;

-- outbox_drop(user_id uuid, id uuid, attempt int)
-- A mail that is pointless by now.
UPDATE outbox SET state = 'dropped', error = 'pointless' WHERE {outbox_mine};

-- outbox_fail(user_id uuid, id uuid, attempt int, code int, error text)
-- A mail that is refused for good.
UPDATE outbox SET state = 'failed', code = :code, error = :error WHERE {outbox_mine};

-- outbox_note_bounce(user_id uuid, email text, reason text)
-- The server says that nobody has this address.
SELECT note_mail_failure(:user_id, :email, :reason) AS _done;

-- outbox_put_off(user_id uuid, id uuid, attempt int, code int, error text, pause_s int)
-- A mail that the server wants later.
UPDATE outbox
SET state = 'queued', refusals = refusals + 1, lease_until = '-infinity', code = :code, error = :error,
    due_at = now() + make_interval(secs => :pause_s)
WHERE {outbox_mine};

-- outbox_release(user_id uuid, id uuid, attempt int)
-- A mail that no server has heard of: it is claimed again as soon as there is one.
UPDATE outbox SET state = 'queued', lease_until = '-infinity' WHERE {outbox_mine};

-- outbox_retry(id uuid)
-- Gives mails that have failed, or one of them, another chance; one for each.
UPDATE outbox
SET state = 'queued', refusals = 0, due_at = now(), lease_until = '-infinity',
    expires_at = greatest(expires_at, now() + interval '1 hour')
WHERE state = 'failed'
  AND id = :id    --? id
RETURNING id AS _id;

-- outbox_states() reads
-- How many mails there are in each state, for people.
SELECT state AS _state, count(*) AS _count, to_char(min(created_at), 'YYYY-MM-DD HH24:MI:SS') AS _oldest
FROM outbox GROUP BY state ORDER BY state;

-- outbox_failed(rows int) reads
-- The mails that failed last, for people.
SELECT o.id AS _id, o.kind AS _kind, to_char(o.created_at, 'YYYY-MM-DD HH24:MI:SS') AS _created_at, o.error AS _error,
       regexp_replace(coalesce(o.recipient, u.email), '^(.).*@', '\1***@') AS _recipient
FROM outbox AS o JOIN users AS u ON u.id = o.user_id
WHERE o.state = 'failed' ORDER BY o.created_at DESC LIMIT :rows;
