-- system.sql of release v0.1.0, as its workers send it: fragments in their places, `:name` a parameter.
-- A line that ends in `--? a, b=word` is sent only when a is given and b is that word.

-- system_ready(change text)
SELECT schema_has(:change) AS _schema_ok;
