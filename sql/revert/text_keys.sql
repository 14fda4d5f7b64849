-- Revert daybook:text_keys from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP PROCEDURE daybook.demand_columns(regclass, name[]);
DROP PROCEDURE daybook.fill_rows(regclass, name, name, int);
DROP FUNCTION daybook.claim_table(regclass);
DROP FUNCTION daybook.search_key(text[]);
DROP FUNCTION daybook.fold_case(text);
DROP FUNCTION daybook.fold_letters(text);

COMMIT;
