-- shared.sql: fragments that more than one file uses.

-- The entity tag of a row that has an owner.

-- fragment row_tag
entity_tag(etag, user_id, id, created_at, version)

-- fragment my_timezone
(SELECT u.timezone FROM users AS u WHERE u.id = current_user_id())

-- fragment my_clock
clock AS MATERIALIZED (
    SELECT timezone AS zone, now() AT TIME ZONE timezone AS now, (now() AT TIME ZONE timezone)::date AS today
    FROM users WHERE id = current_user_id())

-- fragment archived_projects
ARRAY(SELECT a.id FROM projects AS a WHERE a.user_id = current_user_id() AND a.archived)
