-- seed.sql: what scripts/seed puts into a database. Nothing here is random: every value comes from the
-- number of its row, through pick(). User 1 is mary, who has the same data whatever the size; 2 is
-- george, who uses everything a lot; 3 is virginia, who has the most tasks; the others have 3 projects,
-- 4 categories, 5 journals and 10 moods each, and few or many tasks.
--
-- The rows of different people come one after another as they would in life, in the order of time.

BEGIN;
SET LOCAL search_path = daybook;
SET LOCAL maintenance_work_mem = '256MB';
SELECT date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS today \gset
-- The first release's schema has no places.
SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'tasks'::regclass AND attname = 'place_key') AS has_places \gset

-- These are inlined, which is three times as fast: so none may say IMMUTABLE that works with times.
-- A number from 0 to count - 1, for one purpose (salt) in one row.
CREATE FUNCTION pg_temp.pick(row_number bigint, salt int, count int) RETURNS int
	LANGUAGE sql IMMUTABLE
	RETURN abs(hashint8extended(row_number, salt) % count)::int;
CREATE FUNCTION pg_temp.word(row_number bigint, salt int, words text[]) RETURNS text
	LANGUAGE sql IMMUTABLE
	RETURN words[1 + pg_temp.pick(row_number, salt, cardinality(words))];

-- A UUID like those that the server makes: of version 7, in the order of time.
CREATE FUNCTION pg_temp.row_id(made_at timestamptz, kind text, row_number bigint) RETURNS uuid
	LANGUAGE sql STABLE
	RETURN (lpad(to_hex((date_part('epoch', made_at) * 1000)::bigint), 12, '0')
		|| overlay(overlay(left(md5(kind || row_number), 20) PLACING '7' FROM 1) PLACING '8' FROM 5))::uuid;

CREATE FUNCTION pg_temp.joined(person bigint) RETURNS timestamptz
	LANGUAGE sql STABLE
	RETURN :'today'::timestamptz - interval '732 days' + person * interval '1 s';
CREATE FUNCTION pg_temp.user_id(person bigint) RETURNS uuid
	LANGUAGE sql STABLE
	RETURN pg_temp.row_id(pg_temp.joined(person), 'user', person);
-- The moment at which a part of the last two years was over.
CREATE FUNCTION pg_temp.moment(part float8) RETURNS timestamptz
	LANGUAGE sql STABLE
	RETURN :'today'::timestamptz - (1 - part) * interval '730 days';

CREATE FUNCTION pg_temp.projects_of(person bigint) RETURNS int
	LANGUAGE sql IMMUTABLE
	RETURN CASE person WHEN 1 THEN 20 WHEN 2 THEN 40 WHEN 3 THEN 200 ELSE 3 END;
CREATE FUNCTION pg_temp.categories_of(person bigint) RETURNS int
	LANGUAGE sql IMMUTABLE
	RETURN CASE WHEN person <= 3 THEN 12 ELSE 4 END;
CREATE FUNCTION pg_temp.journals_of(person bigint) RETURNS int
	LANGUAGE sql IMMUTABLE
	RETURN CASE person WHEN 1 THEN 200 WHEN 2 THEN :george_journals WHEN 3 THEN :virginia_journals ELSE 5 END;
CREATE FUNCTION pg_temp.moods_of(person bigint) RETURNS int
	LANGUAGE sql IMMUTABLE
	RETURN CASE person WHEN 1 THEN 200 WHEN 2 THEN :george_moods WHEN 3 THEN :virginia_moods ELSE 10 END;

-- Many rows go in faster without what watches each of them: indexes and foreign keys are made anew
-- at the end, which also proves the references.
CREATE TEMPORARY TABLE later ON COMMIT DROP AS
SELECT CASE contype WHEN 'f' THEN 3 ELSE 1 END AS step, conname AS name,
	format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop_it,
	format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make_it
FROM pg_constraint
WHERE conrelid IN ('tasks'::regclass, 'journals'::regclass, 'moods'::regclass) AND contype IN ('p', 'u', 'f')
	OR confrelid IN ('tasks'::regclass, 'journals'::regclass, 'moods'::regclass) AND contype = 'f'
UNION ALL
SELECT 2, c.relname, format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE i.indrelid IN ('tasks'::regclass, 'journals'::regclass, 'moods'::regclass)
	AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u'));
DO $$
DECLARE
	statement text;
BEGIN
	FOR statement IN SELECT drop_it FROM later ORDER BY step DESC, name LOOP
		EXECUTE statement;
	END LOOP;
END
$$;

\echo :people people
INSERT INTO users (id, email, username, name, timezone, email_verified, created_at, updated_at)
SELECT pg_temp.user_id(n), username || '@demo.example', username,
	CASE n WHEN 1 THEN 'Mary Chesnut' WHEN 2 THEN 'George Orwell' WHEN 3 THEN 'Virginia Woolf'
		ELSE pg_temp.word(n, 1, '{Ada,Bashir,Chiara,Dawit,Elif,Farid,Greta,Hana,Ivo,Jun,Kofi,Lucía}')
			|| ' ' || pg_temp.word(n, 2, '{Abebe,Brandt,Costa,Dąbrowska,Eriksen,Fujita,Okafor,Silva,Varga}') END,
	CASE n WHEN 1 THEN 'Europe/Berlin' WHEN 2 THEN 'America/New_York' WHEN 3 THEN 'UTC'
		ELSE pg_temp.word(n, 3, '{UTC,Europe/Berlin,America/Los_Angeles,Asia/Tokyo,Asia/Kolkata,Africa/Nairobi}') END,
	true, pg_temp.joined(n), pg_temp.joined(n)
FROM (SELECT n, CASE n WHEN 1 THEN 'mary' WHEN 2 THEN 'george' WHEN 3 THEN 'virginia'
		ELSE 'person' || n END AS username
	FROM generate_series(1, :people) AS n) AS people;

-- "Demo-Password-1"
INSERT INTO credentials (user_id, password_hash)
SELECT pg_temp.user_id(n), '$2b$12$SeedSeedSeedSeedSeedSeNhGqg443csiJ/zOk6ZQQWBu1F7xVsc.'
FROM generate_series(1, 3) AS n;

\echo projects and categories
INSERT INTO projects (user_id, id, name, description, color, archived, created_at, updated_at)
SELECT pg_temp.user_id(n), pg_temp.row_id(pg_temp.joined(n), 'project', r),
	pg_temp.word(r, 1, '{Kitchen,Garden,Thesis,Wedding,Move,Website,Holiday,Choir,Allotment,Novel,Taxes,Marathon}')
		|| ' ' || number + 1,
	CASE WHEN pg_temp.pick(r, 2, 2) = 0 THEN 'What has to be done, and by whom.' END,
	pg_temp.word(r, 3, '{#1E88E5,#43A047,#E53935,#8E24AA,#FDD835}'), pg_temp.pick(r, 4, 10) = 0,
	made_at, made_at + pg_temp.pick(r, 5, 600) * interval '1 day'
FROM (SELECT n, number, n * 1000 + number AS r, pg_temp.joined(n) + number * interval '1 day' / 2 AS made_at
	FROM generate_series(1, :people) AS n, generate_series(0, pg_temp.projects_of(n) - 1) AS number) AS p;

INSERT INTO categories (user_id, id, name, color, created_at, updated_at)
SELECT pg_temp.user_id(n), pg_temp.row_id(pg_temp.joined(n), 'category', n * 1000 + number),
	('{Home,Work,Health,Money,Friends,Family,Learning,Travel,Books,Music,Sport,Errands}'::text[])[1 + number],
	pg_temp.word(number, 1, '{#1E88E5,#43A047,#E53935,#8E24AA,#FDD835}'), pg_temp.joined(n), pg_temp.joined(n)
FROM generate_series(1, :people) AS n, generate_series(0, pg_temp.categories_of(n) - 1) AS number;

\echo :tasks tasks
\if :has_places
\set place_column ', place_key'
\set place_value ', rtrim(''V'' || lpad(to_hex(r), 6, ''0'') || left(md5(r::text), 7), ''0'')'
\else
\set place_column
\set place_value
\endif
-- OFFSET 0 keeps each value from being worked out again in every place that needs it.
INSERT INTO tasks (user_id, id, title, description, status, priority, due_date, remind_at, completed_at,
	created_at, updated_at, project_id, category_id :place_column)
SELECT pg_temp.user_id(n), pg_temp.row_id(made_at, 'task', r),
	pg_temp.word(r, 10, '{Water,Buy,Call about,Sort,Repair,Write about,Plan,Return,Clean,Read about,Pay for,Look for}')
		|| ' the ' || pg_temp.word(r, 11, '{plants,tickets,bicycle,letters,kitchen,insurance,piano,report,photos,garden,books,roof,car,recipe,curtains,boiler}')
		|| pg_temp.word(r, 12, '{"",""," on Monday"," for Anna"," before lunch"," with Tomás"," (again)"," next week"}'),
	CASE WHEN pg_temp.pick(r, 13, 2) = 0 THEN
		pg_temp.word(r, 14, '{"The old one is still good enough.","Ask at the counter first.","It was postponed twice.","Half of it is done.","Needs the long ladder."}')
			|| ' ' || pg_temp.word(r, 15, '{"Take the list along.","The number is on the fridge.","Not on a Sunday.","Receipts go into the blue folder."}') END,
	status, (CASE WHEN pg_temp.pick(r, 16, 10) < 3 THEN 'LOW' WHEN pg_temp.pick(r, 16, 10) < 7 THEN 'MEDIUM'
		WHEN pg_temp.pick(r, 16, 10) < 9 THEN 'HIGH' ELSE 'URGENT' END)::task_priority,
	due, CASE WHEN pg_temp.pick(r, 17, 3) = 0 THEN due - interval '1 day' END,
	CASE status WHEN 'DONE' THEN changed_at END, made_at, changed_at,
	CASE WHEN pg_temp.pick(r, 18, 10) < 6 THEN pg_temp.row_id(pg_temp.joined(n), 'project',
		n * 1000 + pg_temp.pick(r, 19, pg_temp.projects_of(n))) END,
	CASE WHEN pg_temp.pick(r, 20, 2) = 0 THEN pg_temp.row_id(pg_temp.joined(n), 'category',
		n * 1000 + pg_temp.pick(r, 21, pg_temp.categories_of(n))) END
	:place_value
FROM (SELECT n, r, made_at,
		(CASE WHEN pg_temp.pick(r, 1, 100) < 66 THEN 'DONE' WHEN pg_temp.pick(r, 1, 100) < 80 THEN 'IN_PROGRESS'
			ELSE 'TODO' END)::task_status AS status,
		least(made_at + pg_temp.pick(r, 2, 480) * interval '1 hour', :'today'::timestamptz) AS changed_at,
		CASE WHEN pg_temp.pick(r, 3, 10) < 6
			THEN date_trunc('hour', made_at) + pg_temp.pick(r, 4, 960) * interval '1 hour' END AS due
	FROM (SELECT n, r, pg_temp.moment(CASE n WHEN 1 THEN (r + 0.5) / 500 ELSE t::float8 / :tasks END) AS made_at
		FROM (SELECT t, n, CASE n WHEN 1 THEN t / (:tasks / 500) ELSE 1000 + t END AS r
			FROM (SELECT t, CASE WHEN t % (:tasks / 500) = 7 THEN 1
					WHEN t % (:tasks / :george_tasks) = 3 THEN 2
					WHEN t % (:tasks / :virginia_tasks) = 0 THEN 3
					ELSE 4 + floor((:people - 3) * power(pg_temp.pick(t, 22, 1000000) / 1e6::float8, 1.5))::int END AS n
				FROM generate_series(1::bigint, :tasks) AS t OFFSET 0) AS owned
			OFFSET 0) AS numbered
		OFFSET 0) AS dated
	OFFSET 0) AS task;

\echo moods and journals
INSERT INTO moods (user_id, id, score, emotions, note, recorded_at, created_at, updated_at)
SELECT pg_temp.user_id(n), pg_temp.row_id(pg_temp.joined(n), 'mood', r),
	(ARRAY[1, 2, 2, 3, 3, 3, 4, 4, 4, 5])[1 + pg_temp.pick(r, 1, 10)],
	ARRAY[pg_temp.word(r, 2, '{calm,tired,glad,worried,proud,bored,curious,sad}')],
	CASE WHEN pg_temp.pick(r, 3, 3) = 0 THEN
		pg_temp.word(r, 4, '{"Slept well.","Too much coffee.","A long walk.","Rain all day.","Met an old friend."}') END,
	made_at, made_at, made_at
FROM (SELECT n, n * 10000 + number AS r, pg_temp.moment((number + 0.5) / pg_temp.moods_of(n)) AS made_at
	FROM generate_series(1::bigint, :people) AS n, generate_series(0, pg_temp.moods_of(n) - 1) AS number
	ORDER BY made_at, n OFFSET 0) AS m;

INSERT INTO journals (user_id, id, title, content, entry_date, tags, mood_id, created_at, updated_at)
SELECT pg_temp.user_id(n), pg_temp.row_id(made_at, 'journal', r),
	CASE WHEN pg_temp.pick(r, 1, 3) > 0
		THEN pg_temp.word(r, 2, '{A quiet day,On the train,"What Anna said",Plans,Rain,"The garden in spring",Visitors,Nothing much}') END,
	(SELECT string_agg(pg_temp.word(r, 100 + i, '{
			"Woke early and read until the others were up.","The path along the river was flooded again.",
			"We spoke about the summer and agreed on nothing.","I wrote two pages and crossed out one.",
			"Anna brought plums from the garden.","In the evening we played cards and I lost.",
			"The letter from the bank has to wait.","Someone is practising the piano two floors up.",
			"I must remember how the light fell on the roofs.","Soup, bread, and an early night.",
			"It rained until noon, and then it did not matter any more.","The new boiler hums like a choir."}'), ' ')
		FROM generate_series(1, 3 + pg_temp.pick(r, 3, 20)) AS i),
	made_at::date,
	(ARRAY[pg_temp.word(r, 4, '{family,work,garden,travel,health,books}'),
		pg_temp.word(r, 5, '{morning,evening,idea,dream}')])[1:pg_temp.pick(r, 6, 3)],
	CASE WHEN pg_temp.pick(r, 7, 3) = 0 THEN pg_temp.row_id(pg_temp.joined(n), 'mood', r) END,
	made_at, made_at + pg_temp.pick(r, 8, 3) * interval '1 hour'
FROM (SELECT n, n * 10000 + number AS r, pg_temp.moment((number + 0.5) / pg_temp.journals_of(n)) AS made_at
	FROM generate_series(1::bigint, :people) AS n, generate_series(0, pg_temp.journals_of(n) - 1) AS number
	ORDER BY made_at, n OFFSET 0) AS j;

\echo indexes
DO $$
DECLARE
	statement text;
BEGIN
	FOR statement IN SELECT make_it FROM later ORDER BY step, name LOOP
		EXECUTE statement;
	END LOOP;
END
$$;
COMMIT;

\echo statistics
SET search_path = daybook;
SET maintenance_work_mem = '256MB';
SELECT format('VACUUM (FREEZE, ANALYZE) %s', string_agg(oid::regclass::text, ', ')) FROM pg_class
WHERE relnamespace = 'daybook'::regnamespace AND relkind = 'r' \gexec

SELECT format('  %-10s %10s rows %10s', relname, reltuples::bigint, pg_size_pretty(pg_total_relation_size(oid)))
FROM pg_class
WHERE relnamespace = 'daybook'::regnamespace
	AND relname IN ('users', 'projects', 'categories', 'tasks', 'moods', 'journals')
ORDER BY reltuples, relname;
