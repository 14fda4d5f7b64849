-- Revert daybook:idempotency from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP FUNCTION daybook.store_idempotency_answer(text, text, bytea, int, text, text);
DROP FUNCTION daybook.claim_idempotency_key(text, text, bytea);
DROP TABLE daybook.idempotency_keys;

COMMIT;
