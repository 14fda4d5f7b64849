-- Deploy daybook:exists_elsewhere to pg
-- requires: sessions
-- requires: tasks
BEGIN;

SET LOCAL ROLE daybook_owner;
GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- Whether anybody has a row with this id: it tells 403 from 404 after the own rows had none. A
-- resource is any table with a user_id and an id; daybook_auth needs a policy there and the right to
-- select the two, and an index on the id. Another word is a mistake of the program and raises 20000
-- (case_not_found).
CREATE FUNCTION daybook.exists_elsewhere(resource text, id uuid) RETURNS boolean
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_one boolean;
BEGIN
	IF (SELECT count(*) FROM pg_attribute AS a
		WHERE a.attrelid = to_regclass(format('daybook.%I', resource))
			AND a.attname IN ('user_id', 'id') AND NOT a.attisdropped) < 2 THEN
		RAISE case_not_found USING MESSAGE = format('there is no resource %L', resource);
	END IF;
	EXECUTE format('SELECT EXISTS (SELECT FROM daybook.%I WHERE id = $1)', resource)
		INTO found_one USING id;
	RETURN found_one;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.exists_elsewhere(text, uuid) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
