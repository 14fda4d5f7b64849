-- Deploy daybook:projects to pg
-- requires: users
-- The list's orders, each ending in the id: name_key, created_at, updated_at.
BEGIN;

SET LOCAL ROLE daybook_owner;

CREATE TABLE daybook.projects (
	user_id uuid NOT NULL REFERENCES daybook.users (id) ON DELETE CASCADE,
	id uuid NOT NULL,
	name text NOT NULL,
	description text,
	color text,
	archived boolean NOT NULL DEFAULT false,
	version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	name_key text COLLATE "C" NOT NULL, -- kept by keep_name_key()
	PRIMARY KEY (user_id, id),
	CONSTRAINT projects_name_check CHECK (length(name) BETWEEN 1 AND 100 AND NOT daybook.blank(name)),
	CONSTRAINT projects_description_check CHECK (length(description) <= 2000),
	CONSTRAINT projects_color_check CHECK (color ~ '^#[0-9A-Fa-f]{6}$'),
	CONSTRAINT projects_version_check CHECK (version >= 1)
);

-- Trigger of tables with a name by which they are ordered, searched or kept unique.
CREATE FUNCTION daybook.keep_name_key() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	NEW.name_key := daybook.fold(NEW.name);
	RETURN NEW;
END
$$;

CREATE TRIGGER keep_name_key BEFORE INSERT OR UPDATE OF name ON daybook.projects
	FOR EACH ROW EXECUTE FUNCTION daybook.keep_name_key();
CREATE TRIGGER touch_row BEFORE UPDATE ON daybook.projects
	FOR EACH ROW EXECUTE FUNCTION daybook.touch_row();

CREATE INDEX projects_name ON daybook.projects (user_id, name_key, id);
CREATE INDEX projects_created_at ON daybook.projects (user_id, created_at, id);
CREATE INDEX projects_updated_at ON daybook.projects (user_id, updated_at, id);
CREATE INDEX projects_id ON daybook.projects (id); -- for exists_elsewhere()

ALTER TABLE daybook.projects ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON daybook.projects TO daybook_app
	USING (user_id = daybook.current_user_id()) WITH CHECK (user_id = daybook.current_user_id());
CREATE POLICY auth ON daybook.projects TO daybook_auth USING (true) WITH CHECK (true);

GRANT SELECT, DELETE, INSERT (user_id, id, name, description, color, archived),
	UPDATE (name, description, color, archived) ON daybook.projects TO daybook_app;
GRANT SELECT (user_id, id) ON daybook.projects TO daybook_auth;

COMMIT;
