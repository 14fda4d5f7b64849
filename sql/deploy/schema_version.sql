-- Deploy daybook:schema_version to pg
-- requires: schema
-- Workers ask at their start whether the change they were built for is there. Sqitch's own table
-- answers; it belongs to whoever migrated first.
BEGIN;

GRANT USAGE ON SCHEMA sqitch TO daybook_owner, daybook_app, daybook_jobs;
GRANT SELECT (project, change) ON sqitch.changes TO daybook_owner, daybook_app, daybook_jobs;

SET LOCAL ROLE daybook_owner;

CREATE FUNCTION daybook.schema_has(change text) RETURNS boolean
	LANGUAGE sql STABLE
AS $$
	SELECT EXISTS (SELECT FROM sqitch.changes AS c
		WHERE c.project = 'daybook' AND c.change = schema_has.change);
$$;

GRANT EXECUTE ON FUNCTION daybook.schema_has(text) TO daybook_app, daybook_jobs;

COMMIT;
