-- Verify daybook:board on pg
BEGIN;

DO $$
DECLARE
	wanted text;
BEGIN
	FOREACH wanted IN ARRAY ARRAY['lock_tasks()', 'position_above(uuid, smallint, bigint, uuid[])',
		'position_below(uuid, smallint, bigint, uuid[])',
		'make_room(uuid, smallint, text, uuid, bigint, bigint)',
		'find_place(uuid, bigint, uuid, smallint, text, uuid)',
		'move_task(uuid, text[], daybook.task_status, uuid, uuid, uuid, text[], bigint)']
	LOOP
		ASSERT has_function_privilege('daybook_app', 'daybook.' || wanted, 'EXECUTE'), wanted;
		ASSERT (SELECT NOT prosecdef FROM pg_proc
			WHERE oid = ('daybook.' || wanted)::regprocedure), 'row-level security binds ' || wanted;
	END LOOP;
	ASSERT (SELECT pg_get_triggerdef(oid) ~ 'app.renumbering' FROM pg_trigger
		WHERE tgrelid = 'daybook.tasks'::regclass AND tgname = 'touch_row'), 'touch_row';
	ASSERT (SELECT count(*) = 2 FROM pg_trigger WHERE tgname = 'lock_tasks'
		AND tgrelid IN ('daybook.projects'::regclass, 'daybook.categories'::regclass)), 'lock_tasks';
	ASSERT (SELECT outcome = 'missing'
		FROM daybook.move_task(gen_random_uuid(), '{}', NULL, NULL, NULL, NULL, NULL, NULL)), 'move_task';
END
$$;

ROLLBACK;
