-- Revert daybook:folded_groups from pg
-- The names that were changed stay so.
SET ROLE daybook_owner;

DROP INDEX CONCURRENTLY IF EXISTS daybook.categories_name_before;
CREATE UNIQUE INDEX CONCURRENTLY categories_name_before ON daybook.categories (user_id, name_key);

BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.categories'); END $$;
ALTER TABLE daybook.categories
	DROP CONSTRAINT categories_name_key,
	ADD CONSTRAINT categories_name_key UNIQUE USING INDEX categories_name_before;
DROP TRIGGER keep_category_keys ON daybook.categories;
ALTER TABLE daybook.categories DROP COLUMN name_fold, DROP COLUMN search_key;
COMMIT;

BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.projects'); END $$;
DROP TRIGGER keep_project_keys ON daybook.projects;
ALTER TABLE daybook.projects DROP COLUMN name_fold, DROP COLUMN search_key;
COMMIT;

DROP FUNCTION daybook.keep_category_keys();
DROP FUNCTION daybook.keep_project_keys();

RESET ROLE;
