-- Deploy daybook:journals to pg
-- requires: moods
-- The list's orders, each ending in the id: entry_date, created_at, updated_at. The filters by tags
-- and by text walk one user's entries in that order: no operator for arrays or texts can become an
-- index condition under row-level security, and a diary has thousands of entries, not millions.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- Tags as they are stored: in lower case, without duplicates, order kept.
CREATE FUNCTION daybook.fold_tags(tags text[]) RETURNS text[]
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
	SELECT coalesce(array_agg(tag ORDER BY place), '{}')
	FROM (SELECT daybook.fold(t) AS tag, min(n) AS place
		FROM unnest(tags) WITH ORDINALITY AS u (t, n) GROUP BY 1) AS folded;
$$;

CREATE TABLE daybook.journals (
	user_id uuid NOT NULL REFERENCES daybook.users (id) ON DELETE CASCADE,
	id uuid NOT NULL,
	title text,
	content text NOT NULL,
	entry_date date NOT NULL,
	tags text[] NOT NULL DEFAULT '{}',
	mood_id uuid,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	-- Kept by keep_journal(), for the search: folding thousands of long texts in each takes too long.
	content_key text COLLATE "C" NOT NULL,
	PRIMARY KEY (user_id, id),
	CONSTRAINT journals_title_check CHECK (length(title) <= 200),
	CONSTRAINT journals_content_check CHECK (length(content) BETWEEN 1 AND 100000
		AND NOT daybook.blank(content)),
	CONSTRAINT journals_entry_date_check CHECK (isfinite(entry_date)),
	CONSTRAINT journals_tags_check CHECK (daybook.short_texts(tags, 20)
		AND strpos(array_to_string(tags, ' '), ',') = 0 AND tags = daybook.fold_tags(tags)),
	CONSTRAINT journals_version_check CHECK (version >= 1),
	CONSTRAINT journals_mood_fkey FOREIGN KEY (user_id, mood_id)
		REFERENCES daybook.moods (user_id, id) ON DELETE SET NULL (mood_id)
);

CREATE FUNCTION daybook.keep_journal() RETURNS trigger
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

CREATE TRIGGER keep_journal BEFORE INSERT OR UPDATE ON daybook.journals
	FOR EACH ROW EXECUTE FUNCTION daybook.keep_journal();
CREATE TRIGGER touch_row BEFORE UPDATE ON daybook.journals
	FOR EACH ROW EXECUTE FUNCTION daybook.touch_row();

CREATE INDEX journals_entry_date ON daybook.journals (user_id, entry_date, id);
CREATE INDEX journals_created_at ON daybook.journals (user_id, created_at, id);
CREATE INDEX journals_updated_at ON daybook.journals (user_id, updated_at, id);
CREATE INDEX journals_mood ON daybook.journals (user_id, mood_id) WHERE mood_id IS NOT NULL;
CREATE INDEX journals_id ON daybook.journals (id); -- for exists_elsewhere()

ALTER TABLE daybook.journals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON daybook.journals TO daybook_app
	USING (user_id = daybook.current_user_id()) WITH CHECK (user_id = daybook.current_user_id());
CREATE POLICY auth ON daybook.journals TO daybook_auth USING (true) WITH CHECK (true);

GRANT SELECT, DELETE, INSERT (user_id, id, title, content, entry_date, tags, mood_id),
	UPDATE (title, content, entry_date, tags, mood_id) ON daybook.journals TO daybook_app;
GRANT SELECT (user_id, id) ON daybook.journals TO daybook_auth;
GRANT EXECUTE ON FUNCTION daybook.fold_tags(text[]) TO daybook_app;

COMMIT;
