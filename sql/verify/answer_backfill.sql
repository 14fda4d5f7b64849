-- Verify daybook:answer_backfill on pg
BEGIN;

DO $$
BEGIN
	ASSERT 2 = (SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid IN
		('daybook.idempotency_keys_resource_ids'::regclass, 'daybook.idempotency_keys_age'::regclass)),
		'indexes';
END
$$;

ROLLBACK;
