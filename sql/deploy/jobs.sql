-- Deploy daybook:jobs to pg
-- requires: rate_limits
-- What is done by the clock: a row for each job, made when daybook-jobs first looks for it. Whoever holds the
-- row does the job, in the same transaction; so there is no leader, and a process that dies leaves no trace.
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE TABLE daybook.jobs (
	name text COLLATE "C" PRIMARY KEY,
	period_s int NOT NULL,
	due_at timestamptz NOT NULL DEFAULT '-infinity',
	known_since timestamptz NOT NULL DEFAULT now(),
	last_ok_at timestamptz,
	last_error_at timestamptz,
	last_error text,
	failures int NOT NULL DEFAULT 0 -- since the last success
);

ALTER TABLE daybook.jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs ON daybook.jobs TO daybook_jobs USING (true) WITH CHECK (true);
CREATE POLICY auth ON daybook.jobs TO daybook_auth USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE ON daybook.jobs TO daybook_jobs;
GRANT SELECT ON daybook.jobs TO daybook_auth;

COMMIT;
