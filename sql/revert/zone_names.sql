-- Revert daybook:zone_names from pg
-- Names that were taken in any case or only since stay with their users.
BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.timezones'); END $$;
DROP TRIGGER keep_timezone ON daybook.users;
DROP FUNCTION daybook.keep_timezone();
DROP FUNCTION daybook.timezone_named(text);
DROP FUNCTION daybook.add_timezones();
REVOKE SELECT ON daybook.timezones FROM daybook_auth, daybook_app;
DROP INDEX daybook.timezones_in_any_case;
DO $$
DECLARE
	added text;
BEGIN
	FOREACH added IN ARRAY ARRAY['CET', 'EET', 'MET', 'WET', 'Factory']
	LOOP
		BEGIN
			DELETE FROM daybook.timezones WHERE name = added;
		EXCEPTION WHEN foreign_key_violation THEN
			RAISE NOTICE 'time zone % has users, for whom it has no summer time now', added;
		END;
	END LOOP;
END
$$;
ALTER TABLE daybook.timezones DROP COLUMN zone;

COMMIT;
