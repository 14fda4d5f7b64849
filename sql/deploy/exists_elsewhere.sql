-- Deploy daybook:exists_elsewhere to pg
-- requires: sessions
-- requires: tasks
BEGIN;

SET LOCAL ROLE daybook_owner;
GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- Whether anybody has a row with this id: it tells 403 from 404 after the own rows had none. A
-- resource that is not listed is a mistake of the program and raises 20000 (case_not_found).
CREATE FUNCTION daybook.exists_elsewhere(resource text, id uuid) RETURNS boolean
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	CASE resource
		WHEN 'tasks' THEN
			RETURN EXISTS (SELECT FROM daybook.tasks AS t WHERE t.id = exists_elsewhere.id);
		WHEN 'sessions' THEN
			RETURN EXISTS (SELECT FROM daybook.sessions AS s WHERE s.id = exists_elsewhere.id);
	END CASE;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.exists_elsewhere(text, uuid) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
