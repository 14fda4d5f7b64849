-- Verify daybook:answer_ends on pg
BEGIN;

DO $$
BEGIN
	ASSERT 5 = (SELECT count(*) FROM pg_trigger
		WHERE tgfoid = 'daybook.forget_answers()'::regprocedure AND tgoldtable = 'gone' AND tgenabled = 'O'),
		'triggers';
	ASSERT 2 = (SELECT count(*) FROM pg_proc
		WHERE oid IN ('daybook.forget_answers()'::regprocedure, 'daybook.sweep_stored_answers()'::regprocedure)
			AND prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL), 'functions';
	ASSERT has_function_privilege('daybook_app', 'daybook.sweep_stored_answers()', 'EXECUTE'), 'sweep';
	ASSERT (SELECT prosrc ~ 'idempotency_keys' FROM pg_proc
		WHERE oid = 'daybook.delete_my_account()'::regprocedure), 'delete_my_account';
END
$$;

ROLLBACK;
