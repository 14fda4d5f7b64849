-- Revert daybook:helpers from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP FUNCTION daybook.touch_row();
DROP FUNCTION daybook.day_start(date, text);
DROP FUNCTION daybook.merge(text, text[], anyelement, anyelement);
DROP FUNCTION daybook.blank(text);
DROP FUNCTION daybook.fold(text);
DROP FUNCTION daybook.current_user_id();

COMMIT;
