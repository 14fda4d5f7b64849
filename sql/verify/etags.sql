-- Verify daybook:etags on pg
BEGIN;

DO $$
BEGIN
	ASSERT 6 = (SELECT count(*) FROM information_schema.columns
		WHERE table_schema = 'daybook' AND column_name = 'etag' AND udt_name = 'uuid'
			AND column_default = 'gen_random_uuid()'), 'columns';
	ASSERT has_function_privilege('daybook_app', 'daybook.entity_tag(uuid, uuid, uuid, timestamptz, int)',
		'EXECUTE'), 'function';
	ASSERT (SELECT prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL
		FROM pg_proc WHERE oid = 'daybook.create_account(uuid,text,text,text,text,text)'::regprocedure),
		'create_account';
	ASSERT (SELECT prosrc ~ 'NEW.etag' FROM pg_proc WHERE oid = 'daybook.touch_row()'::regprocedure),
		'trigger';
END
$$;

ROLLBACK;
