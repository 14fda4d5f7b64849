-- sessions.sql: where a user is logged in.

-- session_list(current_session uuid) reads
-- The live sessions, the last used first.
SELECT id, user_agent, host(ip) AS ip, created_at, last_used_at, id = :current_session AS current
FROM sessions
WHERE user_id = current_user_id() AND revoked_at IS NULL AND expires_at > now()
ORDER BY last_used_at DESC, id DESC;

-- session_revoke(id uuid)
-- Ends one session; one that has ended stays so.
UPDATE sessions
SET revoked_at = coalesce(revoked_at, now()), revoked_reason = coalesce(revoked_reason, 'revoked')
WHERE user_id = current_user_id() AND id = :id
RETURNING id;

-- session_get(id uuid) reads
-- Whether the user ever had this session.
SELECT id FROM sessions WHERE user_id = current_user_id() AND id = :id;
