-- sessions.sql of release v0.1.0, as its workers send it: fragments in their places, `:name` a parameter.
-- A line that ends in `--? a, b=word` is sent only when a is given and b is that word.

-- session_list(current_session uuid)
SELECT id, user_agent, host(ip) AS ip, created_at, last_used_at, id = :current_session AS current
FROM sessions
WHERE user_id = current_user_id() AND revoked_at IS NULL AND expires_at > now()
ORDER BY last_used_at DESC, id DESC;

-- session_revoke(id uuid)
UPDATE sessions
SET revoked_at = coalesce(revoked_at, now()), revoked_reason = coalesce(revoked_reason, 'revoked')
WHERE user_id = current_user_id() AND id = :id
RETURNING id;

-- session_get(id uuid)
SELECT id FROM sessions WHERE user_id = current_user_id() AND id = :id;
