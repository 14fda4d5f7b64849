-- Verify daybook:local_days on pg
BEGIN;

DO $$
BEGIN
	ASSERT daybook.day_start('2026-11-21', 'Asia/Kathmandu') = '2026-11-20 18:15Z', 'day_start';
	ASSERT daybook.day_start('2026-11-01', 'America/Havana') = '2026-11-01 04:00Z', 'two midnights';
	ASSERT daybook.day_start('2011-12-30', 'Pacific/Apia') = daybook.day_start('2011-12-31',
		'Pacific/Apia'), 'a day that does not exist';
	ASSERT has_function_privilege('daybook_app', 'daybook.day_start(date, text)', 'EXECUTE'), 'rights';
END
$$;

ROLLBACK;
