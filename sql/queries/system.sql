-- system.sql: what operators ask.

-- system_ready(change text) reads
-- Whether the database answers and its schema is at least the one that was built for.
SELECT schema_has(:change) AS _schema_ok;
