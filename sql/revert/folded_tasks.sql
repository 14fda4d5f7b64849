-- Revert daybook:folded_tasks from pg
BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
DROP TRIGGER keep_task_keys ON daybook.tasks;
DROP FUNCTION daybook.keep_task_keys();
DROP INDEX daybook.tasks_category_projects;
ALTER TABLE daybook.tasks DROP COLUMN title_fold, DROP COLUMN search_key;

COMMIT;
