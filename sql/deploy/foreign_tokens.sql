-- Deploy daybook:foreign_tokens to pg
-- requires: users
BEGIN;

SET LOCAL ROLE daybook_owner;
GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- The first statement of a request whose token another issuer made, instead of begin_request(). The
-- user is made at first sight: without a password, under a username that follows from the address. A
-- text that is no address fails on users_email_check. outcome:
--   ok           for the rest of this transaction row-level security shows the user's rows
--   email_taken  the address belongs to another user here; the two are never merged
--   local_user   the id is that of a user with a password, who comes in with a session of ours only
CREATE FUNCTION daybook.begin_foreign_request(user_id uuid, email text) RETURNS text
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	base text := regexp_replace(split_part(email, '@', 1), '[^A-Za-z0-9_.-]', '', 'g');
	username text := left(base, 30);
	setting text;
BEGIN
	setting := set_config('app.user_id', '', true);
	IF EXISTS (SELECT FROM daybook.credentials AS c WHERE c.user_id = begin_foreign_request.user_id) THEN
		RETURN 'local_user';
	END IF;
	LOOP
		EXIT WHEN EXISTS (SELECT FROM daybook.users AS u WHERE u.id = begin_foreign_request.user_id);
		-- The same user may have been made between these two looks.
		IF EXISTS (SELECT FROM daybook.users AS u WHERE daybook.fold(u.email) COLLATE "C"
			= daybook.fold(begin_foreign_request.email) COLLATE "C"
			AND u.id <> begin_foreign_request.user_id) THEN
			RETURN 'email_taken';
		END IF;
		IF length(username) >= 3 THEN
			-- Waits for whoever makes the same user just now, and then finds it.
			INSERT INTO daybook.users (id, email, username)
			VALUES (begin_foreign_request.user_id, begin_foreign_request.email, username)
			ON CONFLICT DO NOTHING;
			EXIT WHEN FOUND;
		END IF;
		username := left(base, 21) || '-' || left(replace(gen_random_uuid()::text, '-', ''), 8);
	END LOOP;
	setting := set_config('app.user_id', user_id::text, true);
	RETURN 'ok';
END
$$;

GRANT EXECUTE ON FUNCTION daybook.begin_foreign_request(uuid, text) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
