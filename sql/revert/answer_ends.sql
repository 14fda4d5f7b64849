-- Revert daybook:answer_ends from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DROP TRIGGER forget_answers ON daybook.journals;
DROP TRIGGER forget_answers ON daybook.moods;
DROP TRIGGER forget_answers ON daybook.categories;
DROP TRIGGER forget_answers ON daybook.projects;
DROP TRIGGER forget_answers ON daybook.tasks;

GRANT CREATE ON SCHEMA daybook TO daybook_auth;
SET LOCAL ROLE daybook_auth;
CREATE OR REPLACE FUNCTION daybook.delete_my_account() RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM daybook.users AS u WHERE u.id = daybook.current_user_id();
	RETURN FOUND;
END
$$;
DROP FUNCTION daybook.sweep_stored_answers();
DROP FUNCTION daybook.forget_answers();
SET LOCAL ROLE daybook_owner;
REVOKE CREATE ON SCHEMA daybook FROM daybook_auth;

COMMIT;
