-- Revert daybook:moods from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP TABLE daybook.moods;
DROP FUNCTION daybook.short_texts(text[], int);

COMMIT;
