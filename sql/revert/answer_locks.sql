-- Revert daybook:answer_locks from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
CREATE OR REPLACE FUNCTION daybook.store_idempotency_answer(route text, key text, body_hash bytea, status int,
		head text, body text)
	RETURNS void
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO daybook.idempotency_keys (user_id, route, key, body_hash, status, head, body, resource_ids)
	VALUES (daybook.current_user_id(), route, key, body_hash, status, head, body, daybook.answer_ids(body));
END
$$;

COMMIT;
