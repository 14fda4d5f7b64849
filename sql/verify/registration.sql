-- Verify daybook:registration on pg
BEGIN;

DO $$
DECLARE
	made record;
BEGIN
	ASSERT (SELECT prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL
		FROM pg_proc
		WHERE oid = 'daybook.register_user(uuid,text,text,text,text,text)'::regprocedure), 'function';
	SELECT * INTO made FROM daybook.register_user(gen_random_uuid(), 'verify@registration.invalid',
		'verify.registration', NULL, 'UTC', '$2b$12$' || repeat('x', 53));
	ASSERT made.version = 1 AND NOT made.email_verified AND made.name IS NULL, 'register_user';
END
$$;

ROLLBACK;
