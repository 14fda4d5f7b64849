-- Verify daybook:helpers on pg
BEGIN;

DO $$
BEGIN
	PERFORM set_config('app.user_id', '', true);
	ASSERT daybook.current_user_id() IS NULL, 'an empty setting is no user';
	PERFORM set_config('app.user_id', '00000000-0000-7000-8000-000000000001', true);
	ASSERT daybook.current_user_id() = '00000000-0000-7000-8000-000000000001', 'the user is lost';
	ASSERT daybook.fold('ÄßI') = 'äßi', 'fold';
	ASSERT daybook.blank(U&' \2003\000A') AND daybook.blank('') AND NOT daybook.blank(' x '), 'blank';
	ASSERT daybook.merge('a', '{a,b}', NULL::int, 7) IS NULL, 'merge: null was sent';
	ASSERT daybook.merge('a', '{b}', NULL::int, 7) = 7, 'merge: nothing was sent';
	ASSERT daybook.day_start('2026-11-01', 'America/Havana') = '2026-11-01T04:00:00Z', 'two midnights';
	ASSERT daybook.day_start('2011-12-30', 'Pacific/Apia') = daybook.day_start('2011-12-31', 'Pacific/Apia'), 'no day';
	ASSERT has_function_privilege('daybook_app', 'daybook.current_user_id()', 'EXECUTE'), 'rights';
	ASSERT (SELECT prorettype = 'trigger'::regtype FROM pg_proc
		WHERE oid = 'daybook.touch_row()'::regprocedure), 'touch_row';
END
$$;

ROLLBACK;
