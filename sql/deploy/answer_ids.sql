-- Deploy daybook:answer_ids to pg
-- requires: idempotency
-- requires: text_keys
-- A stored answer knows which resources it shows. answer_ends empties it when one of them is deleted.
BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.idempotency_keys'); END $$;
ALTER TABLE daybook.idempotency_keys ADD COLUMN resource_ids uuid[];
CREATE POLICY auth ON daybook.idempotency_keys TO daybook_auth USING (true) WITH CHECK (true);
GRANT INSERT (resource_ids) ON daybook.idempotency_keys TO daybook_app;
GRANT SELECT, DELETE, UPDATE (status, head, body, resource_ids) ON daybook.idempotency_keys TO daybook_auth;

-- The ids of all objects in an answer's JSON.
CREATE FUNCTION daybook.answer_ids(body text) RETURNS uuid[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce(array_agg(DISTINCT (id #>> '{}')::uuid), '{}')
	FROM jsonb_path_query(nullif(body, '')::jsonb, '$.**.id') AS id
	WHERE id #>> '{}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
$$;

GRANT EXECUTE ON FUNCTION daybook.answer_ids(text) TO daybook_app, daybook_auth;

-- Keeps the answer under the key that this transaction has claimed.
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
