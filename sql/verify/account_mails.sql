-- Verify daybook:account_mails on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT count(*) = 12 FROM pg_proc
		WHERE oid = ANY (ARRAY['daybook.create_account(uuid,text,text,text,text,text,boolean)',
				'daybook.change_my_password(text,uuid,boolean)',
				'daybook.renew_session(uuid,uuid,int,text,text,int,int,boolean)',
				'daybook.request_verification(int,int)', 'daybook.request_reset(text,text,int,int,int,int)',
				'daybook.take_reset_request()', 'daybook.confirm_address(uuid,bytea)',
				'daybook.find_reset(uuid,bytea)', 'daybook.reset_password(uuid,bytea,text,text)',
				'daybook.unsubscribe(uuid,bytea)', 'daybook.note_mail_failure(uuid,text,text)',
				'daybook.ask_my_email(text,int)']::regprocedure[])
			AND prosecdef AND proowner = 'daybook_auth'::regrole AND proconfig IS NOT NULL), 'functions';
	ASSERT (SELECT bool_and(NOT has_function_privilege(r, f, 'EXECUTE'))
		FROM unnest('{daybook_app,daybook_login,daybook_jobs}'::text[]) AS r,
			unnest('{"daybook.use_mail_token(uuid,bytea,text)","daybook.end_mail_tokens(uuid,text)",
				"daybook.forget_pending_email(uuid)"}'::text[]) AS f),
		'inner functions';
	ASSERT has_function_privilege('daybook_jobs', 'daybook.take_reset_request()', 'EXECUTE')
		AND NOT has_function_privilege('daybook_app', 'daybook.take_reset_request()', 'EXECUTE'), 'rights';
	ASSERT NOT daybook.reset_password(gen_random_uuid(), '\x00', '', '::/64')
		AND NOT daybook.unsubscribe(gen_random_uuid(), '\x00'), 'tokens of nobody';
END
$$;

ROLLBACK;
