-- Verify daybook:timezones on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT count(*) = 4 FROM daybook.timezones
		WHERE name IN ('UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Apia')),
		'time zones are missing';
	ASSERT NOT EXISTS (SELECT FROM daybook.timezones WHERE name ~ '^(posix|right)/'),
		'these are no names for people';
END
$$;

ROLLBACK;
