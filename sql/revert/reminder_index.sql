-- Revert daybook:reminder_index from pg
SET ROLE daybook_owner;
DROP INDEX CONCURRENTLY daybook.tasks_remind;
RESET ROLE;
