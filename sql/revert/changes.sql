-- Revert daybook:changes from pg
SET ROLE daybook_owner;

DO $$
DECLARE
	target regclass;
BEGIN
	FOREACH target IN ARRAY '{daybook.users,daybook.projects,daybook.categories,daybook.moods,daybook.tasks,daybook.journals}'::regclass[]
	LOOP
		PERFORM daybook.claim_table(target);
		EXECUTE format('DROP TRIGGER IF EXISTS keep_deletions ON %s', target);
		EXECUTE format('DROP TRIGGER IF EXISTS stamp_change ON %s', target);
		EXECUTE format('ALTER TABLE %s DROP COLUMN IF EXISTS change_xid, DROP COLUMN IF EXISTS change_epoch',
			target);
		COMMIT;
	END LOOP;
END
$$;

BEGIN;

DROP FUNCTION daybook.change_from(text, text, uuid);
SET LOCAL ROLE daybook_auth;
DROP FUNCTION daybook.begin_change_epoch();
DROP FUNCTION daybook.change_clock();
DROP FUNCTION daybook.sweep_deletions();
DROP FUNCTION daybook.keep_deletions();
SET LOCAL ROLE daybook_owner;
DROP FUNCTION daybook.stamp_change();
DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
DROP TABLE daybook.deletions;
DROP FUNCTION daybook.database_identity();
DROP TABLE daybook.change_epochs;

COMMIT;
