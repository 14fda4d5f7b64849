-- Revert daybook:bulk from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP FUNCTION daybook.bulk_delete_tasks(uuid[]);
DROP FUNCTION daybook.bulk_update_tasks(jsonb);
DROP FUNCTION daybook.bulk_reject(jsonb);
DROP FUNCTION daybook.bulk_missing(text, bigint, uuid);
DROP FUNCTION daybook.bulk_fault(text, bigint, text, int, text);

COMMIT;
