-- Deploy daybook:job_figures to pg
-- requires: jobs
-- requires: outbox
-- requires: answer_ends
-- How the jobs are doing, and what they clear away that is not theirs.
BEGIN;

SET LOCAL ROLE daybook_owner;
GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- For /ready: `none` as long as no jobs have ever run; `late` when a job has had no success for three of its
-- periods and two minutes, or a mail that may be sent waits for more than a quarter of an hour; else `ok`.
CREATE FUNCTION daybook.job_state() RETURNS text
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN NOT EXISTS (SELECT FROM daybook.jobs) THEN 'none'
		WHEN EXISTS (SELECT FROM daybook.jobs AS j WHERE coalesce(j.last_ok_at, j.known_since)
				< now() - 3 * make_interval(secs => j.period_s) - interval '2 minutes')
			OR EXISTS (SELECT FROM daybook.outbox AS o WHERE o.state IN ('queued', 'sending')
				AND o.due_at < now() - interval '15 minutes')
		THEN 'late' ELSE 'ok' END;
$$;

-- For /metrics: figures by the names of their metrics, each with a label or none.
CREATE FUNCTION daybook.job_figures() RETURNS TABLE (metric text, label text, value float8)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
	SELECT 'job_last_success_seconds', j.name, extract(epoch FROM now() - j.last_ok_at)::float8
	FROM daybook.jobs AS j WHERE j.last_ok_at IS NOT NULL
	UNION ALL
	SELECT 'job_failures', j.name, j.failures FROM daybook.jobs AS j
	UNION ALL
	SELECT 'outbox_messages', s.state, (SELECT count(*) FROM daybook.outbox AS o WHERE o.state = s.state)
	FROM unnest('{queued,sending,failed,dropped}'::text[]) AS s (state)
	UNION ALL
	SELECT 'outbox_oldest_seconds', NULL, coalesce(extract(epoch FROM now() - min(o.due_at)), 0)::float8
	FROM daybook.outbox AS o WHERE o.state IN ('queued', 'sending') AND o.due_at <= now();
$$;

-- Deletes some of what is over: sessions that ended 30 days ago, limits that mean nothing any more, answers
-- older than a day, and requests for a new password that no job has looked at in an hour. How many rows.
CREATE FUNCTION daybook.sweep_dead_rows(most int) RETURNS int
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	done int;
	total int := 0;
BEGIN
	DELETE FROM daybook.sessions WHERE ctid = ANY (ARRAY(
		SELECT ctid FROM daybook.sessions WHERE least(revoked_at, expires_at) < now() - interval '30 days'
		LIMIT most FOR UPDATE SKIP LOCKED));
	GET DIAGNOSTICS done = ROW_COUNT;
	total := total + done;
	DELETE FROM daybook.rate_limits WHERE ctid = ANY (ARRAY(
		SELECT ctid FROM daybook.rate_limits WHERE expires_at < now() ORDER BY expires_at LIMIT most
		FOR UPDATE SKIP LOCKED));
	GET DIAGNOSTICS done = ROW_COUNT;
	total := total + done;
	DELETE FROM daybook.idempotency_keys WHERE ctid = ANY (ARRAY(
		SELECT ctid FROM daybook.idempotency_keys WHERE created_at < now() - interval '24 h'
		ORDER BY created_at LIMIT most FOR UPDATE SKIP LOCKED));
	GET DIAGNOSTICS done = ROW_COUNT;
	total := total + done;
	DELETE FROM daybook.reset_requests WHERE created_at < now() - interval '1 hour';
	GET DIAGNOSTICS done = ROW_COUNT;
	RETURN total + done;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.job_state(), daybook.job_figures() TO daybook_app;
GRANT EXECUTE ON FUNCTION daybook.sweep_dead_rows(int) TO daybook_jobs;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
