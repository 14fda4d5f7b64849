-- Verify daybook:change_indexes on pg
BEGIN;

DO $$
DECLARE
	kind text;
BEGIN
	FOREACH kind IN ARRAY '{tasks,projects,categories,moods,journals}'::text[]
	LOOP
		ASSERT (SELECT indisvalid AND split_part(pg_get_indexdef(indexrelid), 'USING btree ', 2)
				= '(user_id, change_epoch, change_xid, id)'
			FROM pg_index WHERE indexrelid = to_regclass(format('daybook.%s_change', kind))), kind;
	END LOOP;
END
$$;

ROLLBACK;
