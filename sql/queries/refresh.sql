-- refresh.sql: what a session's refresh token is good for.

-- refresh_session(
--     user_id uuid, session_id uuid, counter int, ip text, network text, grace_s int, lifetime_s int,
--     mail bool)
-- Moves a session to its next refresh token, or ends it when an old one comes again; with `mail` the user is told.
SELECT outcome AS _outcome, new_counter AS _counter, email AS _email, elsewhere AS _elsewhere
FROM renew_session(:user_id, :session_id, :counter, :ip, :network, :grace_s, :lifetime_s, :mail);

-- refresh_log_out(session_id uuid, scope text)
-- Ends this session, the others, or all.
UPDATE sessions SET revoked_at = now(), revoked_reason = 'logout'
WHERE user_id = current_user_id() AND revoked_at IS NULL
  AND id = :session_id     --? scope=this
  AND id <> :session_id    --? scope=others
RETURNING id;
