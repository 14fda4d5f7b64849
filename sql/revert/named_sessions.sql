-- Revert daybook:named_sessions from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.touch_session(uuid, uuid);
SET LOCAL ROLE daybook_owner;
DROP POLICY named ON daybook.sessions;
DROP FUNCTION daybook.current_session_id();

COMMIT;
