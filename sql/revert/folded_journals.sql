-- Revert daybook:folded_journals from pg
-- Tags whose lower case is longer than 50 letters stay; so the old constraint holds for new rows only.
BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.journals'); END $$;
DROP TRIGGER keep_journal_tags ON daybook.journals;
DROP FUNCTION daybook.keep_journal_tags();
DROP TABLE daybook.journal_tags;
CREATE OR REPLACE FUNCTION daybook.keep_journal() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	NEW.tags := daybook.fold_tags(NEW.tags);
	IF TG_OP = 'INSERT' OR NEW.content <> OLD.content THEN
		NEW.content_key := daybook.fold(NEW.content);
	END IF;
	RETURN NEW;
END
$$;
ALTER TABLE daybook.journals
	DROP COLUMN search_key,
	DROP CONSTRAINT journals_tags_check,
	ADD CONSTRAINT journals_tags_check CHECK (daybook.short_texts(tags, 20)
		AND strpos(array_to_string(tags, ' '), ',') = 0 AND tags = daybook.fold_tags(tags)) NOT VALID;
DROP FUNCTION daybook.are_tags(text[]);
DROP FUNCTION daybook.clean_tags(text[]);

COMMIT;
