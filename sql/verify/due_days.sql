-- Verify daybook:due_days on pg
BEGIN;

DO $$
BEGIN
	ASSERT daybook.day_end('2011-12-30', 'Pacific/Apia') = '2011-12-30 09:59:59.999999+00', 'day_end';
	ASSERT daybook.split_due('{"due_date": "2027-04-01"}') = '{"due_on": "2027-04-01"}', 'split_due';
	ASSERT (SELECT count(*) FROM pg_trigger WHERE tgname = 'keep_due'
		AND tgrelid = 'daybook.tasks'::regclass) = 1, 'keep_due';
	ASSERT has_column_privilege('daybook_app', 'daybook.tasks', 'due_on', 'INSERT')
		AND has_column_privilege('daybook_app', 'daybook.tasks', 'due_on', 'UPDATE'), 'due_on';
	ASSERT position('due_on' IN pg_get_functiondef('daybook.board_update(jsonb)'::regprocedure)) > 0
		AND position('split_due' IN pg_get_functiondef('daybook.board_changes(jsonb)'::regprocedure)) > 0,
		'bulk changes';
END
$$;

ROLLBACK;
