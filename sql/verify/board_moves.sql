-- Verify daybook:board_moves on pg
BEGIN;

DO $$
DECLARE
	wanted text;
BEGIN
	FOREACH wanted IN ARRAY ARRAY['column_generations()', 'place_cursor_holds(text)',
		'board_next(smallint, text, text, uuid)', 'board_respace(smallint, text, uuid)',
		'board_place(uuid, text, smallint, text, uuid)', 'my_project(uuid)', 'my_category(uuid)',
		'board_move(uuid, text[], daybook.task_status, uuid, uuid, uuid)', 'board_changes(jsonb)',
		'board_faults(jsonb)', 'board_update(jsonb)']
	LOOP
		ASSERT has_function_privilege('daybook_app', 'daybook.' || wanted, 'EXECUTE'), wanted;
		ASSERT (SELECT NOT prosecdef FROM pg_proc
			WHERE oid = ('daybook.' || wanted)::regprocedure), 'row-level security binds ' || wanted;
	END LOOP;
	ASSERT (SELECT relrowsecurity AND relforcerowsecurity AND relowner = 'daybook_owner'::regrole
		FROM pg_class WHERE oid = 'daybook.board_generations'::regclass), 'row-level security';
	ASSERT has_table_privilege('daybook_app', 'daybook.board_generations', 'SELECT')
		AND NOT has_table_privilege('daybook_app', 'daybook.board_generations', 'DELETE')
		AND NOT has_column_privilege('daybook_app', 'daybook.board_generations', 'user_id', 'UPDATE'),
		'rights of daybook_app';
	ASSERT daybook.column_generations() = '{0,0,0}' AND daybook.place_cursor_holds('1:0:V'), 'generations';
	PERFORM daybook.board_update(jsonb_build_array(jsonb_build_object('id', gen_random_uuid())));
	ASSERT false, 'board_update';
EXCEPTION
	WHEN SQLSTATE 'DB400' THEN
		NULL;
END
$$;

ROLLBACK;
