-- Revert daybook:journals from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP TABLE daybook.journals;
DROP FUNCTION daybook.keep_journal();
DROP FUNCTION daybook.fold_tags(text[]);

COMMIT;
