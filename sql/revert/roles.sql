-- Revert daybook:roles from pg
-- A role on which something in another database depends, or which is not ours to drop, stays.
BEGIN;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['daybook_jobs', 'daybook_app', 'daybook_auth', 'daybook_owner'] LOOP
		BEGIN
			EXECUTE format('DROP ROLE IF EXISTS %I', name);
		EXCEPTION
			WHEN dependent_objects_still_exist OR insufficient_privilege THEN
				RAISE NOTICE 'role % is still in use', name;
		END;
	END LOOP;
END
$$;

COMMIT;
