-- Verify daybook:answer_locks on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT prosrc ~ 'FOR KEY SHARE' FROM pg_proc
		WHERE oid = 'daybook.store_idempotency_answer(text,text,bytea,int,text,text)'::regprocedure),
		'what is shown is held';
END
$$;

ROLLBACK;
