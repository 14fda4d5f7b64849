-- Verify daybook:account on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT count(*) = 3 FROM pg_proc
		WHERE oid IN ('daybook.my_password_hash()'::regprocedure,
				'daybook.change_my_password(text,uuid)'::regprocedure,
				'daybook.delete_my_account()'::regprocedure)
			AND prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL), 'functions';
	PERFORM set_config('app.user_id', '', true);
	ASSERT daybook.my_password_hash() IS NULL AND NOT daybook.delete_my_account()
		AND NOT daybook.change_my_password('$2b$12$' || repeat('x', 53), NULL), 'nobody';
END
$$;

ROLLBACK;
