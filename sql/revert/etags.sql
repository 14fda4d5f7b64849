-- Revert daybook:etags from pg
BEGIN;

SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.create_account(uuid, text, text, text, text, text);
SET LOCAL ROLE daybook_owner;

CREATE OR REPLACE FUNCTION daybook.touch_row() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	NEW.version := OLD.version + 1;
	NEW.updated_at := now();
	RETURN NEW;
END
$$;

DROP FUNCTION daybook.entity_tag(uuid, uuid, uuid, timestamptz, int);

COMMIT;

SET ROLE daybook_owner;

DO $$
DECLARE
	target regclass;
BEGIN
	FOREACH target IN ARRAY '{daybook.users,daybook.tasks,daybook.projects,daybook.categories,daybook.moods,daybook.journals}'::regclass[]
	LOOP
		PERFORM daybook.claim_table(target);
		EXECUTE format('ALTER TABLE %s DROP COLUMN IF EXISTS etag', target);
		COMMIT;
	END LOOP;
END
$$;
