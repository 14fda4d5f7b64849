-- Verify daybook:stored_bytes_backfill on pg
BEGIN;

DO $$
BEGIN
	ASSERT 1 = (SELECT count(*) FROM pg_policies WHERE schemaname = 'daybook' AND tablename = 'stored_bytes'
		AND policyname = 'own'), 'policy';
	ASSERT NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'daybook' AND policyname = 'backfill'), 'policies of the backfill';
END
$$;

ROLLBACK;
