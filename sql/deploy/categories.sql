-- Deploy daybook:categories to pg
-- requires: projects
-- The list's order is name_key, which no two of a user's categories share.
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE TABLE daybook.categories (
	user_id uuid NOT NULL REFERENCES daybook.users (id) ON DELETE CASCADE,
	id uuid NOT NULL,
	name text NOT NULL,
	color text,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	name_key text COLLATE "C" NOT NULL, -- kept by keep_name_key()
	PRIMARY KEY (user_id, id),
	CONSTRAINT categories_name_key UNIQUE (user_id, name_key),
	CONSTRAINT categories_name_check CHECK (length(name) BETWEEN 1 AND 50 AND NOT daybook.blank(name)),
	CONSTRAINT categories_color_check CHECK (color ~ '^#[0-9A-Fa-f]{6}$'),
	CONSTRAINT categories_version_check CHECK (version >= 1)
);

CREATE TRIGGER keep_name_key BEFORE INSERT OR UPDATE OF name ON daybook.categories
	FOR EACH ROW EXECUTE FUNCTION daybook.keep_name_key();
CREATE TRIGGER touch_row BEFORE UPDATE ON daybook.categories
	FOR EACH ROW EXECUTE FUNCTION daybook.touch_row();

CREATE INDEX categories_id ON daybook.categories (id); -- for exists_elsewhere()

ALTER TABLE daybook.categories ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON daybook.categories TO daybook_app
	USING (user_id = daybook.current_user_id()) WITH CHECK (user_id = daybook.current_user_id());
CREATE POLICY auth ON daybook.categories TO daybook_auth USING (true) WITH CHECK (true);

GRANT SELECT, DELETE, INSERT (user_id, id, name, color), UPDATE (name, color)
	ON daybook.categories TO daybook_app;
GRANT SELECT (user_id, id) ON daybook.categories TO daybook_auth;

COMMIT;
