-- Deploy daybook:fault_codes to pg
-- requires: bulk
-- Each fault of a bulk change has a stable word beside its message. Workers of the version before do not
-- look at it.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- One thing that cannot be done, as bulk_reject() tells it. Of a task the status says what is wrong; of
-- its members a neighbour is not to be found, and any other is not the user's.
CREATE OR REPLACE FUNCTION daybook.bulk_fault(list text, index bigint, member text, status int, message text)
	RETURNS jsonb
	LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_build_object('index', index, 'status', status,
		'field', concat_ws('.', format('%s[%s]', list, index), member), 'message', message,
		'code', CASE
			WHEN status = 404 OR member IN ('after', 'before') THEN 'not_found'
			WHEN status = 409 THEN 'stale'
			ELSE 'not_yours' END);
$$;

COMMIT;
