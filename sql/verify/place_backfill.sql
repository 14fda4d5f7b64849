-- Verify daybook:place_backfill on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT attnotnull FROM pg_attribute
		WHERE attrelid = 'daybook.tasks'::regclass AND attname = 'place_key'), 'a place is needed';
	ASSERT NOT EXISTS (SELECT FROM pg_policies
		WHERE schemaname = 'daybook' AND tablename = 'tasks' AND policyname = 'backfill'), 'policy';
END
$$;

ROLLBACK;
