-- Revert daybook:answer_backfill from pg
SET ROLE daybook_owner;

DROP INDEX CONCURRENTLY daybook.idempotency_keys_age;
DROP INDEX CONCURRENTLY daybook.idempotency_keys_resource_ids;
