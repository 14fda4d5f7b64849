-- Deploy daybook:answer_locks to pg
-- requires: answer_ends
-- A stored answer shows no row that is deleted while it is stored. A refusal with the row as `current`
-- holds no lock on it, so a deletion could pass between the two and find nothing to empty.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- Keeps the answer under the key that this transaction has claimed. What it shows is locked until it can
-- be seen by the trigger of a deletion; if something has gone already, the answer is stored empty. The
-- rows of a 201 were made here, and nobody else can see them yet.
CREATE OR REPLACE FUNCTION daybook.store_idempotency_answer(route text, key text, body_hash bytea, status int,
		head text, body text)
	RETURNS void
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	me uuid := daybook.current_user_id();
	shown uuid[] := daybook.answer_ids(body);
	gone boolean := false;
BEGIN
	IF status <> 201 AND shown <> '{}' THEN
		WITH t AS (SELECT id FROM daybook.tasks WHERE user_id = me AND id = ANY (shown)
				ORDER BY id FOR KEY SHARE),
			p AS (SELECT id FROM daybook.projects WHERE user_id = me AND id = ANY (shown)
				ORDER BY id FOR KEY SHARE),
			c AS (SELECT id FROM daybook.categories WHERE user_id = me AND id = ANY (shown)
				ORDER BY id FOR KEY SHARE),
			j AS (SELECT id FROM daybook.journals WHERE user_id = me AND id = ANY (shown)
				ORDER BY id FOR KEY SHARE),
			m AS (SELECT id FROM daybook.moods WHERE user_id = me AND id = ANY (shown)
				ORDER BY id FOR KEY SHARE)
		SELECT count(*) < cardinality(shown) INTO gone
		FROM (TABLE t UNION TABLE p UNION TABLE c UNION TABLE j UNION TABLE m) AS held;
	END IF;
	INSERT INTO daybook.idempotency_keys (user_id, route, key, body_hash, status, head, body, resource_ids)
	VALUES (me, route, key, body_hash, CASE WHEN gone THEN 404 ELSE status END,
		CASE WHEN gone THEN '' ELSE head END, CASE WHEN gone THEN '' ELSE body END,
		CASE WHEN gone THEN '{}' ELSE shown END);
END
$$;

COMMIT;
