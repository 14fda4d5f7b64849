-- Revert daybook:places from pg
SET client_min_messages = warning;
BEGIN;

SET LOCAL ROLE daybook_owner;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
ALTER TABLE daybook.tasks DROP COLUMN place_key;
-- What a place_backfill that failed has left.
DROP POLICY IF EXISTS backfill ON daybook.tasks;
DROP PROCEDURE IF EXISTS daybook.fill_places(uuid, smallint, uuid[]);
DROP FUNCTION daybook.place_between(text, text, text);
DROP FUNCTION daybook.place_first(text);
DROP FUNCTION daybook.place_last(text);
DROP FUNCTION daybook.place_in_slot(numeric);
DROP FUNCTION daybook.place_text(numeric, int);
DROP FUNCTION daybook.place_number(text, int);
DROP FUNCTION daybook.place_digits();

COMMIT;
