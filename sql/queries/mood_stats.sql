-- mood_stats.sql: moods by local days. A moment belongs to the day that the user's clock showed; a
-- range of moments that is too wide by a day on either side lets the index in, whatever the zone.

-- fragment entries
entries AS (
    SELECT (m.recorded_at AT TIME ZONE clock.zone)::date AS day, m.score
    FROM moods AS m, clock, span
    WHERE m.user_id = current_user_id()
      AND m.recorded_at >= (span.before_start::timestamp - interval '1 day') AT TIME ZONE 'UTC'
      AND m.recorded_at < (span.last::timestamp + interval '2 days') AT TIME ZONE 'UTC')

-- mood_stats(period text, day date) reads
-- One week or month against the one before. Averages are rounded last, half away from zero.
WITH {my_clock},
span AS (
    SELECT first, (first + step)::date - 1 AS last, (first - step)::date AS before_start
    FROM (SELECT date_trunc(:period, coalesce(:day::timestamp, clock.now))::date AS first,
                 ('1 ' || :period)::interval AS step FROM clock) AS s),
{entries},
days AS (
    SELECT d.day::date AS day, count(e.score)::int AS count, avg(e.score) AS average
    FROM span, generate_series(span.first::timestamp, span.last::timestamp, '1 day') AS d (day)
    LEFT JOIN entries AS e ON e.day = d.day::date
    GROUP BY d.day),
this AS (
    SELECT count(*)::int AS count, avg(score) AS average,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY score) AS median,
           min(score) AS min, max(score) AS max,
           count(*) FILTER (WHERE score = 1) AS "1", count(*) FILTER (WHERE score = 2) AS "2",
           count(*) FILTER (WHERE score = 3) AS "3", count(*) FILTER (WHERE score = 4) AS "4",
           count(*) FILTER (WHERE score = 5) AS "5"
    FROM entries, span WHERE day BETWEEN span.first AND span.last),
before AS (
    SELECT count(*)::int AS count, avg(score) AS average
    FROM entries, span WHERE day BETWEEN span.before_start AND span.first - 1)
SELECT :period AS period, span.first AS start, span.last AS "end", clock.timezone,
       this.count, round(this.average, 2)::float8 AS average, this.median, this.min, this.max,
       (SELECT row_to_json(s) FROM (SELECT this."1", this."2", this."3", this."4", this."5") AS s) AS distribution,
       (SELECT array_to_json(array_agg(d ORDER BY d.date))
        FROM (SELECT day AS date, count, round(average, 2)::float8 AS average FROM days) AS d) AS days,
       (SELECT row_to_json(s)
        FROM (SELECT span.before_start AS start, span.first - 1 AS "end", before.count,
                     round(before.average, 2)::float8 AS average) AS s) AS previous,
       round(this.average - before.average, 2)::float8 AS change
FROM clock, span, this, before;

-- mood_trends(period text, count int) reads
-- The last periods, up to the one of today.
WITH {my_clock},
periods AS (
    SELECT (date_trunc(:period, clock.now) - n * step)::date AS first,
           (date_trunc(:period, clock.now) - (n - 1) * step)::date - 1 AS last
    FROM clock, (SELECT ('1 ' || :period)::interval AS step) AS s,
         generate_series(0, :count - 1) AS n),
span AS (SELECT min(first) AS before_start, max(last) AS last FROM periods),
{entries},
sums AS (
    SELECT p.first AS start, p.last AS "end", count(e.score)::int AS count,
           round(avg(e.score), 2)::float8 AS average, min(e.score) AS min, max(e.score) AS max
    FROM periods AS p LEFT JOIN entries AS e ON e.day BETWEEN p.first AND p.last
    GROUP BY p.first, p.last)
SELECT :period AS period, clock.timezone,
       (SELECT array_to_json(array_agg(s ORDER BY s.start)) FROM sums AS s) AS periods
FROM clock;
