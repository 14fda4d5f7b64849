-- Revert daybook:board_moves from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP FUNCTION daybook.board_update(jsonb);
DROP FUNCTION daybook.board_faults(jsonb);
DROP FUNCTION daybook.board_changes(jsonb);
DROP TYPE daybook.task_members;
DROP FUNCTION daybook.board_move(uuid, text[], daybook.task_status, uuid, uuid, uuid);
DROP FUNCTION daybook.my_category(uuid);
DROP FUNCTION daybook.my_project(uuid);
DROP FUNCTION daybook.board_place(uuid, text, smallint, text, uuid);
DROP FUNCTION daybook.board_respace(smallint, text, uuid);
DROP FUNCTION daybook.board_next(smallint, text, text, uuid);
DROP FUNCTION daybook.place_cursor_holds(text);
DROP FUNCTION daybook.column_generations();
DROP TABLE daybook.board_generations;

COMMIT;
