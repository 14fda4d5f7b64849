-- Revert daybook:fault_codes from pg
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE OR REPLACE FUNCTION daybook.bulk_fault(list text, index bigint, member text, status int, message text)
	RETURNS jsonb
	LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_build_object('index', index, 'status', status,
		'field', concat_ws('.', format('%s[%s]', list, index), member), 'message', message);
$$;

COMMIT;
