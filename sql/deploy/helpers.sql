-- Deploy daybook:helpers to pg
-- requires: schema
-- Small words that tables and statements are made of. Those in SQL are inlined: they cost nothing,
-- and an index on their result is found.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- Whose request this is; null outside a request. A setting that was set in an earlier transaction
-- of the same connection reads as ''.
CREATE FUNCTION daybook.current_user_id() RETURNS uuid
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN nullif(current_setting('app.user_id', true), '')::uuid;

-- The form in which texts are compared regardless of case. A collation by name, because the lower
-- case of "I" must not depend on how the database was made. Compare and sort it COLLATE "C": by
-- code point, which no update of the system's locales changes under an index.
CREATE FUNCTION daybook.fold(value text) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN lower(value COLLATE "und-x-icu");

-- Whether a text has nothing but Unicode's White_Space.
CREATE FUNCTION daybook.blank(value text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN btrim(value, U&' \0009\000A\000B\000C\000D\0085\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\2028\2029\202F\205F\3000') = '';

-- Merge patch (RFC 7396) in one UPDATE: a member that was sent, null included, replaces the old value.
CREATE FUNCTION daybook.merge(name text, sent text[], value anyelement, old anyelement)
	RETURNS anyelement
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN name = ANY (sent) THEN value ELSE old END;
$$;

-- The moment at which a day begins in a time zone. Where clocks are put back at midnight (Havana), there
-- are two midnights; AT TIME ZONE takes the later one, but the day begins with the earlier one.
CREATE FUNCTION daybook.day_start(day date, zone text) RETURNS timestamptz
	LANGUAGE sql STABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN (late - interval '1 hour') AT TIME ZONE zone >= day THEN late - interval '1 hour'
		ELSE late END
	FROM (SELECT day::timestamp AT TIME ZONE zone AS late) AS midnight;
$$;

-- Trigger BEFORE UPDATE: the row gets its next version and the time of the change, also when it is
-- written as it was: whoever counts versions counts writes, so a lost one shows. Triggers run in the
-- order of their names; every table calls this one last.
CREATE FUNCTION daybook.touch_row() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	NEW.version := OLD.version + 1;
	NEW.updated_at := now();
	RETURN NEW;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.current_user_id(), daybook.fold(text), daybook.blank(text),
	daybook.merge(text, text[], anyelement, anyelement), daybook.day_start(date, text)
	TO daybook_auth, daybook_app, daybook_jobs;

COMMIT;
