-- Revert daybook:turns from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP FUNCTION daybook.take_turn(int);

COMMIT;
