-- Deploy daybook:zone_names to pg
-- requires: users
-- requires: text_keys
-- Every name of the IANA list is a time zone that users may choose, however they write it; it reads back
-- as the list has it. AT TIME ZONE takes a name such as CET for an abbreviation, which has no summer time;
-- the time zone data have each file a second time below posix/, where nothing is abbreviated.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- Whoever writes a user looks into both, in this order.
DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.timezones'); END $$;
ALTER TABLE daybook.timezones ADD COLUMN zone text COLLATE "C"; -- the name for AT TIME ZONE
CREATE UNIQUE INDEX timezones_in_any_case ON daybook.timezones (lower(name));

-- Adds what the server's time zone data have and the table has not; answers the names that are new or are
-- now called otherwise. To be called again after an update of these data. A name that would be taken for
-- an abbreviation and has no file below posix/ is left out; none is ever taken away from its users.
CREATE FUNCTION daybook.add_timezones() RETURNS SETOF text
	LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
	WITH files AS MATERIALIZED (
		SELECT name FROM pg_timezone_names),
	names AS (
		SELECT f.name, EXISTS (SELECT FROM pg_timezone_abbrevs AS a
				WHERE lower(a.abbrev) = lower(f.name)) AS is_short,
			(SELECT p.name FROM files AS p WHERE p.name = 'posix/' || f.name) AS long
		FROM files AS f
		WHERE f.name !~ '^(posix|right)/' AND f.name NOT IN ('localtime', 'posixrules'))
	INSERT INTO daybook.timezones AS t (name, zone)
	SELECT n.name, CASE WHEN n.is_short THEN coalesce(n.long, n.name) ELSE n.name END
	FROM names AS n
	WHERE NOT n.is_short OR n.long IS NOT NULL
		OR EXISTS (SELECT FROM daybook.timezones AS old WHERE old.name = n.name)
	ON CONFLICT (name) DO UPDATE SET zone = excluded.zone
		WHERE t.zone IS DISTINCT FROM excluded.zone
	RETURNING name;
$$;

DO $$ BEGIN PERFORM daybook.add_timezones(); END $$;
-- Names that these data have no longer.
UPDATE daybook.timezones SET zone = name WHERE zone IS NULL;
ALTER TABLE daybook.timezones ALTER COLUMN zone SET NOT NULL;
GRANT SELECT ON daybook.timezones TO daybook_auth, daybook_app;

-- The name of a zone as the list has it; null for what is no name.
CREATE FUNCTION daybook.timezone_named(wanted text) RETURNS text
	LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS $$
	SELECT t.name FROM daybook.timezones AS t WHERE lower(t.name) = lower(wanted COLLATE "C");
$$;
GRANT EXECUTE ON FUNCTION daybook.timezone_named(text) TO daybook_auth, daybook_app;

-- What is no name stays as it is, for users_timezone_fkey to refuse.
CREATE FUNCTION daybook.keep_timezone() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	NEW.timezone := coalesce(daybook.timezone_named(NEW.timezone), NEW.timezone);
	RETURN NEW;
END
$$;

CREATE TRIGGER keep_timezone BEFORE INSERT OR UPDATE OF timezone ON daybook.users
	FOR EACH ROW EXECUTE FUNCTION daybook.keep_timezone();

COMMIT;
