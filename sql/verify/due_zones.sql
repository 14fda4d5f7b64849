-- Verify daybook:due_zones on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT count(*) FROM pg_trigger WHERE tgname = 'move_due_days'
		AND tgrelid = 'daybook.users'::regclass) = 1, 'move_due_days';
END
$$;

ROLLBACK;
