-- Deploy daybook:timezones to pg
-- requires: schema
-- The IANA names that this server can calculate with. New ones that an update of the time zone data
-- brings are added by running the INSERT again; none is ever taken away from somebody who uses it.
-- CET, EET, MET and WET are left out: AT TIME ZONE reads them as abbreviations, without summer time.
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE TABLE daybook.timezones (
	name text COLLATE "C" PRIMARY KEY
);

INSERT INTO daybook.timezones (name)
SELECT name FROM pg_timezone_names
WHERE name !~ '^(posix|right)/' AND name NOT IN ('localtime', 'posixrules', 'Factory',
	'CET', 'EET', 'MET', 'WET')
ON CONFLICT DO NOTHING;

COMMIT;
