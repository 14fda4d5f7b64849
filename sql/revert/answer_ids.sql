-- Revert daybook:answer_ids from pg
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE OR REPLACE FUNCTION daybook.store_idempotency_answer(route text, key text, body_hash bytea, status int,
		head text, body text)
	RETURNS void
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO daybook.idempotency_keys (user_id, route, key, body_hash, status, head, body)
	VALUES (daybook.current_user_id(), route, key, body_hash, status, head, body);
END
$$;

DROP FUNCTION daybook.answer_ids(text);
DO $$ BEGIN PERFORM daybook.claim_table('daybook.idempotency_keys'); END $$;
DROP POLICY auth ON daybook.idempotency_keys;
REVOKE ALL ON daybook.idempotency_keys FROM daybook_auth;
REVOKE ALL (status, head, body, resource_ids) ON daybook.idempotency_keys FROM daybook_auth;
ALTER TABLE daybook.idempotency_keys DROP COLUMN resource_ids;

COMMIT;
