-- Revert daybook:job_figures from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.sweep_dead_rows(int);
DROP FUNCTION daybook.job_figures();
DROP FUNCTION daybook.job_state();

COMMIT;
