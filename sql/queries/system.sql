-- system.sql: how the jobs are doing.

-- system_job_state() reads
-- `none` as long as no jobs have ever run, `late`, or `ok`.
SELECT job_state() AS _state;

-- system_job_figures() reads
-- Figures for /metrics, those of one metric together.
SELECT metric AS _metric, label AS _label, round(value::numeric, 3)::text AS _value
FROM job_figures() ORDER BY metric, label;
