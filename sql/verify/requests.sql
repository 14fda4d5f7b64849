-- Verify daybook:requests on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL
		FROM pg_proc WHERE oid = 'daybook.begin_request(uuid,uuid)'::regprocedure), 'function';
	ASSERT NOT daybook.begin_request(gen_random_uuid(), gen_random_uuid())
		AND daybook.current_user_id() IS NULL, 'a session of nobody';
END
$$;

ROLLBACK;
