-- Revert daybook:board from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP FUNCTION daybook.move_task(uuid, text[], daybook.task_status, uuid, uuid, uuid, text[], bigint);
DROP FUNCTION daybook.find_place(uuid, bigint, uuid, smallint, text, uuid);
DROP FUNCTION daybook.make_room(uuid, smallint, text, uuid, bigint, bigint);
DROP FUNCTION daybook.position_below(uuid, smallint, bigint, uuid[]);
DROP FUNCTION daybook.position_above(uuid, smallint, bigint, uuid[]);
DROP TRIGGER lock_tasks ON daybook.categories;
DROP TRIGGER lock_tasks ON daybook.projects;
DROP FUNCTION daybook.lock_tasks_first();
DROP FUNCTION daybook.lock_tasks();
DROP TRIGGER touch_row ON daybook.tasks;
CREATE TRIGGER touch_row BEFORE UPDATE ON daybook.tasks
	FOR EACH ROW EXECUTE FUNCTION daybook.touch_row();

COMMIT;
