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

-- What a feed has: open tasks that are due some time, but those of archived projects.

-- fragment in_feed
t.user_id = current_user_id() AND t.completed_at IS NULL AND t.due_date IS NOT NULL
AND (t.project_id IS NULL OR t.project_id <> ALL ({archived_projects}))

-- The rule of a task, where a calendar can follow it: what is counted from its completion nobody knows yet, and
-- the zones of calendars begin in 1970.

-- fragment feed_rule
CASE WHEN t.recurrence_from = 'DUE' AND t.due_date >= '1970-01-01 UTC' THEN t.recurrence END

-- feed_zone(rows int) reads
-- The user's time zone, if one of the first tasks repeats.
SELECT u.timezone
FROM users AS u
WHERE u.id = current_user_id()
AND EXISTS (SELECT FROM (SELECT {feed_rule} AS rule FROM tasks AS t WHERE {in_feed} ORDER BY t.due_date, t.id
                         LIMIT :rows) AS feed
            WHERE feed.rule IS NOT NULL);

-- feed_tasks(after_due timestamptz, after uuid, rows int) reads
-- The next tasks of the feed, the soonest first; what is due on a day comes at its end. Those that repeat have the
-- day and the time of day of their series, and whether they are due just then. `until_day` is the last day of an
-- UNTIL, `until` the same as iCalendar has it beside such a start.
WITH page AS MATERIALIZED (
    SELECT t.id, t.user_id, t.title, t.description, t.status, t.priority, t.due_date, t.due_on, t.due_day, t.due_clock,
           t.category_id, t.version, t.updated_at, {feed_rule} AS rule
    FROM tasks AS t
    WHERE {in_feed}
    AND (t.due_date, t.id) > (:after_due, :after)    --? after
    ORDER BY t.due_date, t.id
    LIMIT :rows),
{my_clock}
SELECT t.id, t.title, t.description, t.status::text, t.priority::text, t.due_date, t.due_on,
       c.name AS category, t.version, t.updated_at, t.rule, r.day, to_char(r.clock, 'HH24MISS') AS clock,
       t.due_on IS NOT NULL OR local_moment(r.day + r.clock, zone) = t.due_date AS on_time, e.until_day,
       CASE WHEN t.due_on IS NOT NULL THEN to_char(e.until_day, 'YYYYMMDD')
            WHEN e.until_day IS NOT NULL THEN
                 to_char(least(greatest(day_end(e.until_day, zone), local_moment(e.until_day + r.clock, zone)),
                               '9999-12-31 23:59:59 UTC') AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"') END AS until
FROM page AS t CROSS JOIN clock
LEFT JOIN categories AS c ON c.user_id = t.user_id AND c.id = t.category_id
LEFT JOIN LATERAL (
    SELECT coalesce(t.due_on, t.due_day, (t.due_date AT TIME ZONE zone)::date) AS day,
           CASE WHEN t.due_on IS NULL THEN coalesce(t.due_clock, (t.due_date AT TIME ZONE zone)::time) END AS clock,
           upper(substring(t.rule FROM '(?i)UNTIL=([0-9TZ]+)')) AS until
    WHERE t.rule IS NOT NULL) AS r ON true
LEFT JOIN LATERAL (
    SELECT max(d.day) AS until_day
    FROM (SELECT (r.until::timestamptz AT TIME ZONE zone)::date - n AS day FROM generate_series(-1, 2) AS n) AS d
    WHERE CASE WHEN length(r.until) = 8 THEN d.day = r.until::date
               WHEN t.due_on IS NOT NULL THEN day_end(d.day, zone) <= r.until::timestamptz
               ELSE local_moment(d.day + r.clock, zone) <= r.until::timestamptz END) AS e ON r.until IS NOT NULL
ORDER BY t.due_date, t.id;
