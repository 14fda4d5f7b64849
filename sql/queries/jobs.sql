-- jobs.sql: when what is done by the clock is due, and how it went. The program asks as daybook_jobs.

-- job_make(name text, period_s int)
-- Makes the row of a job, or tells it its period.
INSERT INTO jobs (name, period_s) VALUES (:name, :period_s)
ON CONFLICT (name) DO UPDATE SET period_s = excluded.period_s WHERE jobs.period_s <> excluded.period_s;

-- job_claim(name text, now bool)
-- Takes a job that is due for the rest of this transaction; no row if it is not, or somebody else is at it. One
-- that is due much later than it can be was put off by a clock that has gone back since. With `now` it is taken
-- whether due or not.
SELECT failures AS _failures FROM jobs
WHERE name = :name
  AND (coalesce(:now, false) OR due_at <= now() OR due_at > now() + 2 * make_interval(secs => period_s))
FOR UPDATE SKIP LOCKED;

-- job_done(name text, at_s int)
-- Notes a success: it is due again at the next multiple of its period, and so many seconds later.
UPDATE jobs
SET last_ok_at = now(), failures = 0, last_error = NULL,
    due_at = to_timestamp((floor((extract(epoch FROM now()) - :at_s) / period_s) + 1) * period_s + :at_s)
WHERE name = :name;

-- job_failed(name text, error text)
-- Notes a failure: it is due again after a pause that grows to five minutes.
UPDATE jobs
SET last_error_at = now(), last_error = left(:error, 200), failures = failures + 1,
    due_at = now() + least(300, 2 ^ least(failures + 1, 9)) * interval '1 s'
WHERE name = :name
RETURNING failures AS _failures;

-- job_alive(name text)
-- Notes that somebody looks after a queue.
UPDATE jobs SET last_ok_at = now(), failures = 0, last_error = NULL, due_at = now() WHERE name = :name;

-- job_list() reads
-- All jobs, for people.
SELECT name AS _name, failures AS _failures, last_error AS _last_error,
       to_char(due_at, 'YYYY-MM-DD HH24:MI:SS') AS _due_at, to_char(last_ok_at, 'YYYY-MM-DD HH24:MI:SS') AS _last_ok_at
FROM jobs ORDER BY name;

-- job_sweep(most int) many
-- Deletes some of what is over: what daybook_auth has, mails, links and notifications; how many rows.
WITH swept_mails AS (
    DELETE FROM outbox WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM outbox
        WHERE created_at < now() - CASE state WHEN 'sent' THEN interval '30 days' ELSE interval '90 days' END
          AND state IN ('sent', 'failed', 'dropped') AND created_at < now() - interval '30 days'
        ORDER BY created_at LIMIT :most FOR UPDATE SKIP LOCKED)) RETURNING 1),
swept_tokens AS (
    DELETE FROM mail_tokens WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM mail_tokens WHERE expires_at < now() - interval '1 day'
        ORDER BY expires_at LIMIT :most)) RETURNING 1),
swept_notifications AS (
    DELETE FROM notifications WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM notifications WHERE created_at < now() - interval '1 year'
        ORDER BY created_at LIMIT :most FOR UPDATE SKIP LOCKED)) RETURNING 1)
SELECT sweep_dead_rows(:most) + (SELECT count(*) FROM swept_mails) + (SELECT count(*) FROM swept_tokens)
       + (SELECT count(*) FROM swept_notifications) AS _done;
