-- Deploy daybook:moods to pg
-- requires: users
BEGIN;

SET LOCAL ROLE daybook_owner;

-- Whether a list of short texts may be stored: so many at most, each of 1 to 50 characters, not blank.
CREATE FUNCTION daybook.short_texts(list text[], max_items int) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce(array_ndims(list), 1) = 1 AND cardinality(list) <= max_items
		AND coalesce((SELECT bool_and(t IS NOT NULL AND length(t) BETWEEN 1 AND 50
				AND NOT daybook.blank(t))
			FROM unnest(list) AS t), true);
$$;

CREATE TABLE daybook.moods (
	user_id uuid NOT NULL REFERENCES daybook.users (id) ON DELETE CASCADE,
	id uuid NOT NULL,
	score smallint NOT NULL,
	emotions text[] NOT NULL DEFAULT '{}',
	note text,
	recorded_at timestamptz NOT NULL DEFAULT now(),
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (user_id, id),
	CONSTRAINT moods_score_check CHECK (score BETWEEN 1 AND 5),
	CONSTRAINT moods_emotions_check CHECK (daybook.short_texts(emotions, 10)),
	CONSTRAINT moods_note_check CHECK (length(note) <= 1000),
	CONSTRAINT moods_recorded_at_check CHECK (isfinite(recorded_at)),
	CONSTRAINT moods_version_check CHECK (version >= 1)
);

CREATE TRIGGER touch_row BEFORE UPDATE ON daybook.moods
	FOR EACH ROW EXECUTE FUNCTION daybook.touch_row();

-- The list's order, and the statistics without a look at the rows.
CREATE INDEX moods_recorded_at ON daybook.moods (user_id, recorded_at, id) INCLUDE (score);
CREATE INDEX moods_id ON daybook.moods (id); -- for exists_elsewhere()

ALTER TABLE daybook.moods ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON daybook.moods TO daybook_app
	USING (user_id = daybook.current_user_id()) WITH CHECK (user_id = daybook.current_user_id());
CREATE POLICY auth ON daybook.moods TO daybook_auth USING (true) WITH CHECK (true);

GRANT SELECT, DELETE, INSERT (user_id, id, score, emotions, note, recorded_at),
	UPDATE (score, emotions, note, recorded_at) ON daybook.moods TO daybook_app;
GRANT SELECT (user_id, id) ON daybook.moods TO daybook_auth;
-- CHECKs run with the rights of whoever writes.
GRANT EXECUTE ON FUNCTION daybook.short_texts(text[], int) TO daybook_app;

COMMIT;
