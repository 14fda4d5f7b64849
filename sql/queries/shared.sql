-- shared.sql: fragments that more than one file uses.

-- The entity tag of a row that has an owner.

-- fragment row_tag
entity_tag(etag, user_id, id, created_at, version)

-- The user's time zone, as AT TIME ZONE takes it.

-- fragment my_zone
(SELECT z.zone FROM users AS u JOIN timezones AS z ON z.name = u.timezone WHERE u.id = current_user_id())

-- fragment my_clock
clock AS MATERIALIZED (
    SELECT u.timezone, z.zone, now() AT TIME ZONE z.zone AS now, (now() AT TIME ZONE z.zone)::date AS today
    FROM users AS u JOIN timezones AS z ON z.name = u.timezone WHERE u.id = current_user_id())

-- A search, in the rows of any table that has a search_key.

-- fragment is_found
AND position((SELECT search_key(:search)) IN search_key) > 0    --? search

-- fragment archived_projects
ARRAY(SELECT a.id FROM projects AS a WHERE a.user_id = current_user_id() AND a.archived)
