-- Verify daybook:answer_ids on pg
BEGIN;

DO $$
BEGIN
	ASSERT has_column_privilege('daybook_app', 'daybook.idempotency_keys', 'resource_ids', 'INSERT')
		AND NOT has_column_privilege('daybook_app', 'daybook.idempotency_keys', 'resource_ids', 'UPDATE'),
		'the workers write it once';
	ASSERT daybook.answer_ids('{"id": "0190f3c0-0000-7000-8000-000000000001", "mood_id": null,
		"tasks": [{"id": "0190f3c0-0000-7000-8000-000000000002"}], "request_id": "x"}')
		= '{0190f3c0-0000-7000-8000-000000000001, 0190f3c0-0000-7000-8000-000000000002}'
		AND daybook.answer_ids('') = '{}', 'answer_ids';
	ASSERT (SELECT prosrc ~ 'answer_ids' FROM pg_proc
		WHERE oid = 'daybook.store_idempotency_answer(text,text,bytea,int,text,text)'::regprocedure), 'store';
END
$$;

ROLLBACK;
