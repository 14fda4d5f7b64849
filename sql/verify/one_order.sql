-- Verify daybook:one_order on pg
BEGIN;

DO $$
BEGIN
	ASSERT (SELECT prosrc ~ 'place_last' FROM pg_proc
		WHERE oid = 'daybook.keep_task()'::regprocedure), 'keep_task';
	PERFORM daybook.find_place(gen_random_uuid(), 0, NULL, 1::smallint, 'before', NULL);
	ASSERT false, 'find_place';
EXCEPTION
	WHEN lock_not_available THEN
		NULL;
END
$$;

ROLLBACK;
