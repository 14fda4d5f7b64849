-- Verify daybook:zone_locks on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT count(*) FROM pg_trigger WHERE tgname = 'lock_tasks' AND tgrelid = 'daybook.users'::regclass) = 1,
		'lock_tasks';
END
$$;

ROLLBACK;
