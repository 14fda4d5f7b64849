-- Revert daybook:calendar_feeds from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.begin_feed_request(bytea);
SET LOCAL ROLE daybook_owner;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
DROP TABLE daybook.calendar_feeds;

COMMIT;
