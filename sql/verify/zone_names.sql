-- Verify daybook:zone_names on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT bool_and(zone = name OR zone = 'posix/' || name) FROM daybook.timezones), 'zones';
	ASSERT NOT EXISTS (SELECT FROM daybook.timezones AS t JOIN pg_timezone_abbrevs AS a
		ON lower(a.abbrev) = lower(t.zone)), 'AT TIME ZONE takes some zones for abbreviations';
	ASSERT daybook.timezone_named('europe/BERLIN') = 'Europe/Berlin', 'timezone_named';
	ASSERT daybook.timezone_named('Mars/Olympus') IS NULL, 'no zone';
	ASSERT (SELECT tgenabled = 'O' FROM pg_trigger
		WHERE tgrelid = 'daybook.users'::regclass AND tgname = 'keep_timezone'), 'keep_timezone';
	ASSERT (SELECT indisunique FROM pg_index
		WHERE indexrelid = 'daybook.timezones_in_any_case'::regclass), 'timezones_in_any_case';
	ASSERT has_table_privilege('daybook_app', 'daybook.timezones', 'SELECT')
		AND has_table_privilege('daybook_auth', 'daybook.timezones', 'SELECT')
		AND NOT has_table_privilege('daybook_app', 'daybook.timezones', 'INSERT, UPDATE, DELETE')
		AND NOT has_function_privilege('daybook_app', 'daybook.add_timezones()', 'EXECUTE'),
		'rights of daybook_app';
END
$$;

ROLLBACK;
