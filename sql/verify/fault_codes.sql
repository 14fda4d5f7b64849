-- Verify daybook:fault_codes on pg
BEGIN;

DO $$
BEGIN
	ASSERT daybook.bulk_fault('updates', 3, 'after', 400, 'm') = '{"index": 3, "status": 400,
		"field": "updates[3].after", "code": "not_found", "message": "m"}', 'a neighbour';
	ASSERT daybook.bulk_fault('updates', 3, 'project_id', 400, 'm') ->> 'code' = 'not_yours', 'a reference';
	ASSERT daybook.bulk_fault('ids', 0, NULL, 409, 'm') ->> 'code' = 'stale', 'a version';
END
$$;

ROLLBACK;
