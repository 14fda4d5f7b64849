-- Deploy daybook:account_faults to pg
-- requires: login_role
-- requires: zone_names
-- What is wrong with the members of an account that only the database can tell, all at once.
BEGIN;

SET LOCAL ROLE daybook_owner;
GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;

-- A row for each member that cannot be taken: somebody else has it, or it is no time zone. Nulls are not
-- looked at. The constraints decide; this only tells more than the first one.
CREATE FUNCTION daybook.account_faults(email text, username text, timezone text)
	RETURNS TABLE (field text, taken boolean)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'email', true WHERE EXISTS (SELECT FROM daybook.users AS u
		WHERE daybook.fold(u.email) COLLATE "C" = daybook.fold(account_faults.email) COLLATE "C"
			AND u.id IS DISTINCT FROM daybook.current_user_id())
	UNION ALL
	SELECT 'username', true WHERE EXISTS (SELECT FROM daybook.users AS u
		WHERE daybook.fold(u.username) COLLATE "C" = daybook.fold(account_faults.username) COLLATE "C"
			AND u.id IS DISTINCT FROM daybook.current_user_id())
	UNION ALL
	SELECT 'timezone', false WHERE NOT EXISTS (SELECT FROM daybook.timezones AS z
		WHERE lower(z.name) = lower(account_faults.timezone)) AND account_faults.timezone IS NOT NULL;
END
$$;

-- The same for the profile of the user who asks.
CREATE FUNCTION daybook.profile_faults(username text, timezone text)
	RETURNS TABLE (field text, taken boolean)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
	SELECT f.field, f.taken FROM daybook.account_faults(NULL, username, timezone) AS f;
$$;

GRANT EXECUTE ON FUNCTION daybook.account_faults(text, text, text) TO daybook_login, daybook_app;
GRANT EXECUTE ON FUNCTION daybook.profile_faults(text, text) TO daybook_app;
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
