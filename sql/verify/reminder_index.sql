-- Verify daybook:reminder_index on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT indisvalid FROM pg_index WHERE indexrelid = 'daybook.tasks_remind'::regclass), 'index';
END
$$;

ROLLBACK;
