-- Revert daybook:categories from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP TABLE daybook.categories;

COMMIT;
