-- Verify daybook:refresh on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL
		FROM pg_proc WHERE oid = 'daybook.refresh_session(uuid,uuid,int,int,int)'::regprocedure),
		'function';
	ASSERT (SELECT outcome = 'revoked' AND new_counter IS NULL AND email IS NULL
		FROM daybook.refresh_session(gen_random_uuid(), gen_random_uuid(), 0, 10, 60)),
		'a session of nobody';
END
$$;

ROLLBACK;
