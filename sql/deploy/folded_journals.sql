-- Deploy daybook:folded_journals to pg
-- requires: journals
-- requires: text_keys
-- requires: etags
-- Journals are searched by search_key(), and found by their tags, which are compared by fold_case() and
-- shown in lower case as they were spelled first. content_key stays for the workers of the version before.
-- Each part can be run again if the deployment is cut off.

BEGIN;

SET LOCAL ROLE daybook_owner;

-- Tags as they are stored: in lower case, the first of those that are the same, order kept.
CREATE OR REPLACE FUNCTION daybook.clean_tags(tags text[]) RETURNS text[]
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
	SELECT coalesce(array_agg(daybook.fold(tag) ORDER BY place), '{}')
	FROM (SELECT DISTINCT ON (daybook.fold_case(t) COLLATE "C") t AS tag, n AS place
		FROM unnest(tags) WITH ORDINALITY AS u (t, n)
		ORDER BY daybook.fold_case(t) COLLATE "C", n) AS firsts;
$$;

-- Whether tags may be stored: at most 20, each of 1 to 50 characters, not blank, without a comma. The
-- lower case of one letter is two: that of "İ".
CREATE OR REPLACE FUNCTION daybook.are_tags(tags text[]) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce(array_ndims(tags), 1) = 1 AND cardinality(tags) <= 20
		AND coalesce((SELECT bool_and(t IS NOT NULL AND NOT daybook.blank(t) AND strpos(t, ',') = 0
				AND length(replace(t, U&'i\0307', 'i')) BETWEEN 1 AND 50)
			FROM unnest(tags) AS t), true);
$$;

-- Which entries have a tag. The wanted tag stands first: a comparison of texts may be an index condition
-- under row-level security, one of arrays may not.
CREATE TABLE IF NOT EXISTS daybook.journal_tags (
	user_id uuid NOT NULL,
	journal_id uuid NOT NULL,
	tag_fold text COLLATE "C" NOT NULL,
	tag text COLLATE "C" NOT NULL,
	PRIMARY KEY (user_id, tag_fold, journal_id),
	CONSTRAINT journal_tags_journal_fkey FOREIGN KEY (user_id, journal_id)
		REFERENCES daybook.journals (user_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS journal_tags_journal ON daybook.journal_tags (user_id, journal_id);

ALTER TABLE daybook.journal_tags ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON daybook.journal_tags;
CREATE POLICY own ON daybook.journal_tags TO daybook_app
	USING (user_id = daybook.current_user_id()) WITH CHECK (user_id = daybook.current_user_id());
DROP POLICY IF EXISTS migration ON daybook.journal_tags;
CREATE POLICY migration ON daybook.journal_tags TO daybook_owner USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON daybook.journal_tags TO daybook_app;

CREATE OR REPLACE FUNCTION daybook.keep_journal() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	NEW.tags := daybook.clean_tags(NEW.tags);
	IF TG_OP = 'INSERT' OR OLD.search_key IS NULL
		OR (NEW.title, NEW.content) IS DISTINCT FROM (OLD.title, OLD.content) THEN
		NEW.content_key := daybook.fold(NEW.content);
		NEW.search_key := daybook.search_key(NEW.title, NEW.content);
	END IF;
	RETURN NEW;
END
$$;

-- Keeps journal_tags; an entry without search_key is new to it.
CREATE OR REPLACE FUNCTION daybook.keep_journal_tags() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF TG_OP = 'UPDATE' THEN
		IF NEW.tags = OLD.tags AND OLD.search_key IS NOT NULL THEN
			RETURN NULL;
		END IF;
		DELETE FROM daybook.journal_tags AS t
		WHERE t.user_id = OLD.user_id AND t.journal_id = OLD.id;
	END IF;
	INSERT INTO daybook.journal_tags (user_id, journal_id, tag_fold, tag)
	SELECT NEW.user_id, NEW.id, daybook.fold_case(t), t FROM unnest(NEW.tags) AS t;
	RETURN NULL;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.clean_tags(text[]), daybook.are_tags(text[]) TO daybook_app;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.journals'); END $$;
ALTER TABLE daybook.journals
	ADD COLUMN IF NOT EXISTS search_key bytea,
	DROP CONSTRAINT journals_tags_check,
	ADD CONSTRAINT journals_tags_check CHECK (daybook.are_tags(tags)) NOT VALID;
CREATE OR REPLACE TRIGGER keep_journal_tags AFTER INSERT OR UPDATE OF tags
	ON daybook.journals FOR EACH ROW EXECUTE FUNCTION daybook.keep_journal_tags();
DROP POLICY IF EXISTS migration ON daybook.journals;
CREATE POLICY migration ON daybook.journals TO daybook_owner USING (true) WITH CHECK (true);

COMMIT;

SET ROLE daybook_owner;

-- Entries with two tags that are one from now on get a new version, since they are shown otherwise.
DO $$
DECLARE
	entry record;
BEGIN
	FOR entry IN
		SELECT j.user_id, j.id FROM daybook.journals AS j
		WHERE cardinality(j.tags) > 1 AND j.tags <> daybook.clean_tags(j.tags)
	LOOP
		UPDATE daybook.journals AS j SET tags = j.tags WHERE j.user_id = entry.user_id AND j.id = entry.id;
		RAISE NOTICE 'journal % of user %: some of its tags are one now', entry.id, entry.user_id;
		COMMIT;
	END LOOP;
END
$$;

-- Few at a time: each may have 100 000 letters.
CALL daybook.fill_rows('daybook.journals', 'tags', 'search_key', 10);
CALL daybook.demand_columns('daybook.journals', 'search_key');
ALTER TABLE daybook.journals VALIDATE CONSTRAINT journals_tags_check;

BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.journals'); END $$;
DROP POLICY migration ON daybook.journals;
COMMIT;
BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.journal_tags'); END $$;
DROP POLICY migration ON daybook.journal_tags;
COMMIT;

RESET ROLE;
