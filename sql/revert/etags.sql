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
ALTER TABLE daybook.users DROP COLUMN etag;
ALTER TABLE daybook.tasks DROP COLUMN etag;
ALTER TABLE daybook.projects DROP COLUMN etag;
ALTER TABLE daybook.categories DROP COLUMN etag;
ALTER TABLE daybook.moods DROP COLUMN etag;
ALTER TABLE daybook.journals DROP COLUMN etag;

COMMIT;
