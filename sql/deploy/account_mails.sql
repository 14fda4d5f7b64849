-- Deploy daybook:account_mails to pg
-- requires: mail_tokens
-- requires: logins
-- requires: renewals
-- requires: account_faults
-- The mails of an account: each is queued by the transaction whose change it tells of, and its link does one
-- thing once. `mail` says whether mails are sent at all.
BEGIN;

SET LOCAL ROLE daybook_owner;
GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- create_account(), and the mail that asks whether the address is the user's.
CREATE FUNCTION daybook.create_account(id uuid, email text, username text, name text, timezone text,
		password_hash text, mail boolean)
	RETURNS SETOF daybook.users
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT * FROM daybook.create_account(id, email, username, name, timezone, password_hash);
	IF mail THEN
		PERFORM daybook.queue_mail(id, 'verify_email');
	END IF;
END
$$;

-- Forgets the address that is to be a user's: whoever knew the password before may have asked for it.
CREATE FUNCTION daybook.forget_pending_email(user_id uuid) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM daybook.end_mail_tokens(user_id, 'change_email');
	UPDATE daybook.users AS u SET pending_email = NULL WHERE u.id = user_id AND u.pending_email IS NOT NULL;
END
$$;

-- change_my_password(), and the mail that says so.
CREATE FUNCTION daybook.change_my_password(new_hash text, keep_session uuid, mail boolean) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT daybook.change_my_password(new_hash, keep_session) THEN
		RETURN false;
	END IF;
	PERFORM daybook.forget_pending_email(daybook.current_user_id());
	IF mail THEN
		PERFORM daybook.queue_mail(daybook.current_user_id(), 'password_changed');
	END IF;
	RETURN true;
END
$$;

-- renew_session(), and the mail when a copied token has ended the session.
CREATE FUNCTION daybook.renew_session(user_id uuid, session_id uuid, counter int, ip text, network text,
		grace_s int, lifetime_s int, mail boolean)
	RETURNS TABLE (outcome text, new_counter int, email text, elsewhere boolean)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT r.outcome, r.new_counter, r.email, r.elsewhere INTO outcome, new_counter, email, elsewhere
	FROM daybook.renew_session(user_id, session_id, counter, ip, network, grace_s, lifetime_s) AS r;
	IF outcome = 'reused' AND mail THEN
		PERFORM daybook.queue_mail(renew_session.user_id, 'session_ended');
	END IF;
	RETURN NEXT;
END
$$;

-- Sends the current user's link once more: that of the address that is to be, else that of an address which
-- is not confirmed. Answers how long to wait, or 0.
CREATE FUNCTION daybook.request_verification(max_count int, window_s int) RETURNS int
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	me daybook.users;
	wait_s int := 0;
BEGIN
	SELECT u.* INTO me FROM daybook.users AS u WHERE u.id = daybook.current_user_id();
	IF max_count > 0 THEN
		wait_s := daybook.take_attempt('resend', me.id::text, max_count, window_s);
	END IF;
	IF wait_s > 0 THEN
		RETURN wait_s;
	END IF;
	IF me.pending_email IS NOT NULL THEN
		PERFORM daybook.queue_mail(me.id, 'confirm_new_email', me.pending_email);
	ELSIF NOT me.email_verified THEN
		PERFORM daybook.queue_mail(me.id, 'verify_email');
	END IF;
	RETURN 0;
END
$$;

-- Notes that somebody wants a new password for an address, whoever it belongs to. Answers how long the client
-- has to wait, or 0. Beyond the limit of the address nothing is noted, and the answer is the same.
CREATE FUNCTION daybook.request_reset(email text, client text, email_count int, email_window_s int,
		client_count int, client_window_s int) RETURNS int
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wait_s int := 0;
BEGIN
	IF client_count > 0 AND client IS NOT NULL THEN
		wait_s := daybook.take_attempt('reset_client', client, client_count, client_window_s);
	END IF;
	IF wait_s > 0 THEN
		RETURN wait_s;
	END IF;
	IF email_count = 0 OR daybook.take_attempt('reset', daybook.account_key(email), email_count,
			email_window_s) = 0 THEN
		INSERT INTO daybook.reset_requests (email) VALUES (request_reset.email);
	END IF;
	RETURN 0;
END
$$;

-- Turns the oldest request that nobody else is at into a mail, or into nothing: for an address that nobody has
-- here, and for a user who has no password here. False: there was none.
CREATE FUNCTION daybook.take_reset_request() RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted text;
	found_id uuid;
BEGIN
	DELETE FROM daybook.reset_requests AS r
	WHERE r.id = (SELECT q.id FROM daybook.reset_requests AS q ORDER BY q.created_at LIMIT 1
		FOR UPDATE SKIP LOCKED)
	RETURNING r.email INTO wanted;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	SELECT u.id INTO found_id
	FROM daybook.users AS u JOIN daybook.credentials AS c ON c.user_id = u.id
	WHERE daybook.fold(u.email) COLLATE "C" = daybook.fold(wanted) COLLATE "C";
	IF FOUND THEN
		PERFORM daybook.queue_mail(found_id, 'reset_password');
	END IF;
	RETURN true;
END
$$;

-- Uses a token up, once: the address that it was sent to, or null if it is good for nothing.
CREATE FUNCTION daybook.use_mail_token(user_id uuid, token_hash bytea, purpose text) RETURNS text
	LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
	UPDATE daybook.mail_tokens AS t SET used_at = now()
	WHERE t.user_id = use_mail_token.user_id AND t.token_hash = use_mail_token.token_hash
		AND t.purpose = use_mail_token.purpose AND t.used_at IS NULL AND t.expires_at > now()
	RETURNING t.email;
$$;

-- The others of that purpose die with it.
CREATE FUNCTION daybook.end_mail_tokens(user_id uuid, purpose text) RETURNS void
	LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
	UPDATE daybook.mail_tokens AS t SET used_at = now()
	WHERE t.user_id = end_mail_tokens.user_id AND t.purpose = end_mail_tokens.purpose AND t.used_at IS NULL;
	UPDATE daybook.outbox AS o SET state = 'dropped', error = 'replaced'
	WHERE o.user_id = end_mail_tokens.user_id AND o.state = 'queued'
		AND o.kind = CASE purpose WHEN 'reset' THEN 'reset_password' WHEN 'verify' THEN 'verify_email'
			ELSE 'confirm_new_email' END;
$$;

-- Uses the link of a mail that asks whether an address is the user's: the one of the account, or the one that it
-- is to have. No row: the token is good for nothing, or was sent to another address than these. An address
-- that somebody else has by now fails on users_email_key.
CREATE FUNCTION daybook.confirm_address(user_id uuid, token_hash bytea) RETURNS SETOF daybook.users
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	sent_to text := daybook.use_mail_token(user_id, token_hash, 'verify');
BEGIN
	IF sent_to IS NOT NULL THEN
		PERFORM daybook.end_mail_tokens(user_id, 'verify');
		RETURN QUERY
		UPDATE daybook.users AS u SET email_verified = true, mail_failed_at = NULL, mail_failed_reason = NULL
		WHERE u.id = user_id AND u.email = sent_to
		RETURNING u.*;
		RETURN;
	END IF;
	sent_to := daybook.use_mail_token(user_id, token_hash, 'change_email');
	IF sent_to IS NOT NULL THEN
		PERFORM daybook.end_mail_tokens(user_id, 'change_email');
		-- What was sent to the address of before is worth nothing any more.
		PERFORM daybook.end_mail_tokens(user_id, 'verify'), daybook.end_mail_tokens(user_id, 'reset');
		RETURN QUERY
		UPDATE daybook.users AS u SET email = u.pending_email, pending_email = NULL, email_verified = true,
			mail_failed_at = NULL, mail_failed_reason = NULL
		WHERE u.id = user_id AND u.pending_email = sent_to
		RETURNING u.*;
	END IF;
END
$$;

-- Whom a token lets choose a new password; no row if nobody. A guess ends here, before a password is hashed.
CREATE FUNCTION daybook.find_reset(user_id uuid, token_hash bytea)
	RETURNS TABLE (email text, username text, name text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT u.email, u.username, u.name
	FROM daybook.mail_tokens AS t JOIN daybook.users AS u ON u.id = t.user_id
	WHERE t.user_id = find_reset.user_id AND t.token_hash = find_reset.token_hash
		AND t.purpose = 'reset' AND t.used_at IS NULL AND t.expires_at > now();
END
$$;

-- Stores a new password for whoever has the token. All sessions end, the other tokens too, and attempts that were
-- counted against the account are forgotten. The address is the user's, if the token was sent there. False: the
-- token is good for nothing.
CREATE FUNCTION daybook.reset_password(user_id uuid, token_hash bytea, new_hash text, network text) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	sent_to text := daybook.use_mail_token(user_id, token_hash, 'reset');
	account text;
BEGIN
	IF sent_to IS NULL THEN
		RETURN false;
	END IF;
	PERFORM daybook.end_mail_tokens(user_id, 'reset'), daybook.forget_pending_email(user_id);
	UPDATE daybook.credentials AS c SET password_hash = new_hash, changed_at = now()
	WHERE c.user_id = reset_password.user_id;
	UPDATE daybook.sessions AS s SET revoked_at = now(), revoked_reason = 'password_reset'
	WHERE s.user_id = reset_password.user_id AND s.revoked_at IS NULL;
	UPDATE daybook.users AS u SET email_verified = true, mail_failed_at = NULL, mail_failed_reason = NULL
	WHERE u.id = user_id AND u.email = sent_to AND (NOT u.email_verified OR u.mail_failed_at IS NOT NULL);
	SELECT daybook.account_key(u.email) INTO account FROM daybook.users AS u WHERE u.id = user_id;
	PERFORM daybook.forget_attempts(f.scope, f.key)
	FROM (VALUES ('login_here', concat_ws(' ', network, account)),
		('login_share', concat_ws(' ', network, account)), ('login_anywhere', account)) AS f (scope, key);
	PERFORM daybook.queue_mail(user_id, 'password_changed');
	RETURN true;
END
$$;

-- Turns the mails about tasks off for whoever has the token, as often as one likes. False: it is not one.
CREATE FUNCTION daybook.unsubscribe(user_id uuid, token_hash bytea) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM daybook.mail_tokens AS t WHERE t.user_id = unsubscribe.user_id
			AND t.token_hash = unsubscribe.token_hash AND t.purpose = 'unsubscribe') THEN
		RETURN false;
	END IF;
	INSERT INTO daybook.preferences (user_id, created_at)
	SELECT u.id, u.created_at FROM daybook.users AS u WHERE u.id = unsubscribe.user_id
	ON CONFLICT DO NOTHING;
	UPDATE daybook.preferences AS p SET email_notifications = false
	WHERE p.user_id = unsubscribe.user_id AND p.email_notifications;
	RETURN true;
END
$$;

-- Notes that mails to a user come back. That is no change of the profile.
CREATE FUNCTION daybook.note_mail_failure(user_id uuid, email text, reason text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM set_config('app.backfill', 'on', true);
	UPDATE daybook.users AS u SET mail_failed_at = now(), mail_failed_reason = reason
	WHERE u.id = user_id AND u.email = note_mail_failure.email;
	PERFORM set_config('app.backfill', '', true);
END
$$;

-- Notes the address that is to be the current user's, who has shown the password, and tells both addresses. One
-- that was asked for before is not told again. False: the user has another version by now.
CREATE FUNCTION daybook.ask_my_email(email text, version int) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	me daybook.users;
BEGIN
	SELECT u.* INTO me FROM daybook.users AS u
	WHERE u.id = daybook.current_user_id() AND u.version = ask_my_email.version FOR UPDATE;
	IF me.id IS NULL THEN
		RETURN false;
	END IF;
	IF me.pending_email IS DISTINCT FROM ask_my_email.email THEN
		UPDATE daybook.users AS u SET pending_email = ask_my_email.email WHERE u.id = me.id;
		PERFORM daybook.end_mail_tokens(me.id, 'change_email');
		PERFORM daybook.queue_mail(me.id, 'confirm_new_email', ask_my_email.email);
		PERFORM daybook.queue_mail(me.id, 'email_changed', me.email);
	END IF;
	RETURN true;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.create_account(uuid, text, text, text, text, text, boolean),
	daybook.change_my_password(text, uuid, boolean), daybook.find_reset(uuid, bytea),
	daybook.reset_password(uuid, bytea, text, text), daybook.ask_my_email(text, int) TO daybook_login;
GRANT EXECUTE ON FUNCTION daybook.create_account(uuid, text, text, text, text, text, boolean),
	daybook.change_my_password(text, uuid, boolean), daybook.find_reset(uuid, bytea),
	daybook.reset_password(uuid, bytea, text, text), daybook.ask_my_email(text, int),
	daybook.renew_session(uuid, uuid, int, text, text, int, int, boolean), daybook.request_verification(int, int),
	daybook.request_reset(text, text, int, int, int, int), daybook.confirm_address(uuid, bytea),
	daybook.unsubscribe(uuid, bytea) TO daybook_app;
GRANT EXECUTE ON FUNCTION daybook.take_reset_request(), daybook.note_mail_failure(uuid, text, text)
	TO daybook_jobs;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
