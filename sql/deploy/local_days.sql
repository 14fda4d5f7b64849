-- Deploy daybook:local_days to pg
-- requires: helpers
BEGIN;

SET LOCAL ROLE daybook_owner;

-- The moment at which a local day begins. Where clocks go back at midnight, that is the first of the
-- two (PostgreSQL takes the second); where midnight is skipped, the moment of the change, so that a
-- day that does not exist has no length.
CREATE FUNCTION daybook.day_start(day date, timezone text) RETURNS timestamptz
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
	SELECT CASE WHEN twin AT TIME ZONE timezone = day::timestamp THEN least(moment, twin) ELSE moment END
	FROM (SELECT day::timestamp AT TIME ZONE timezone AS moment) AS m,
		-- When midnight comes by the clock of the eve.
		LATERAL (SELECT moment - interval '24 h' AS eve) AS e,
		LATERAL (SELECT (day::timestamp - ((eve AT TIME ZONE timezone) - (eve AT TIME ZONE 'UTC')))
			AT TIME ZONE 'UTC' AS twin) AS t;
$$;

GRANT EXECUTE ON FUNCTION daybook.day_start(date, text) TO daybook_app;

COMMIT;
