"""The wall: a statement without WHERE meets its own user's rows only, and
the workers' role can do nothing but what it is for."""

import psycopg2
import pytest

from database import MINIMAL, add, begin, query

FORBIDDEN = [
    "DROP TABLE daybook.tasks",
    "DROP SCHEMA daybook CASCADE",
    "TRUNCATE daybook.tasks",
    "TRUNCATE daybook.users CASCADE",
    "ALTER TABLE daybook.tasks NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE daybook.tasks DISABLE ROW LEVEL SECURITY",
    "DROP POLICY own ON daybook.tasks",
    "CREATE POLICY mine ON daybook.tasks USING (true)",
    "CREATE TABLE daybook.mine (id int)",
    "CREATE TABLE public.mine (id int)",
    "CREATE TEMPORARY TABLE mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION daybook.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION daybook.current_user_id() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER FUNCTION daybook.begin_request(uuid, uuid) SECURITY INVOKER",
    "COPY daybook.tasks TO PROGRAM 'cat'",
    "COPY daybook.tasks FROM PROGRAM 'true'",
    "COPY daybook.tasks TO '/tmp/tasks'",
    "SELECT pg_read_file('/etc/passwd')",
    "CREATE ROLE mine",
    "ALTER ROLE daybook_app SUPERUSER",
    "ALTER ROLE daybook_app BYPASSRLS",
    "SET ROLE daybook_owner",
    "SET ROLE daybook_auth",
    "SET ROLE daybook_import",
    "SET SESSION AUTHORIZATION postgres",
    "SELECT * FROM daybook.credentials",
    "UPDATE daybook.credentials SET password_hash = ''",
    "SELECT * FROM daybook.rate_limits",
    "DELETE FROM daybook.rate_limits",
    "SELECT secret_hash FROM daybook.calendar_feeds",
    "SELECT user_id FROM daybook.calendar_feeds WHERE secret_hash = ''",
    "UPDATE daybook.calendar_feeds SET user_id = gen_random_uuid()",
    "INSERT INTO daybook.users (id, email, username) VALUES (gen_random_uuid(), 'a@b.c', 'abc')",
    "DELETE FROM daybook.users",
    "UPDATE daybook.users SET email = 'a@b.c'",
    "UPDATE daybook.users SET email_verified = true",
    "UPDATE daybook.users SET id = gen_random_uuid()",
    "INSERT INTO daybook.sessions (user_id, id, expires_at) VALUES (gen_random_uuid(), gen_random_uuid(), now())",
    "UPDATE daybook.sessions SET expires_at = 'infinity'",
    "UPDATE daybook.sessions SET refresh_counter = 0",
    "DELETE FROM daybook.sessions",
    "UPDATE daybook.tasks SET user_id = gen_random_uuid()",
    "UPDATE daybook.tasks SET version = 1",
    "UPDATE daybook.tasks SET created_at = now()",
    "UPDATE daybook.tasks SET completed_at = now()",
    "INSERT INTO daybook.tasks (user_id, id, title, place_key) VALUES (gen_random_uuid(), gen_random_uuid(), 'x', 'V')",
    "SELECT daybook.import_rows('sessions', '{expires_at}', '{}', '[{\"id\": \"0190f3c0-0000-7000-8000-000000000000\"}]', true)",
    "SELECT daybook.import_rows('tasks', '{title_key}', '{}', '[{\"id\": \"0190f3c0-0000-7000-8000-000000000000\"}]', true)",
    "UPDATE daybook.tasks SET title_key = ''",
    "UPDATE daybook.tasks SET title_fold = ''",
    "UPDATE daybook.tasks SET search_key = ''",
    "UPDATE daybook.projects SET user_id = gen_random_uuid()",
    "UPDATE daybook.projects SET version = 1",
    "UPDATE daybook.projects SET name_key = ''",
    "UPDATE daybook.projects SET name_fold = ''",
    "UPDATE daybook.projects SET search_key = ''",
    "UPDATE daybook.categories SET user_id = gen_random_uuid()",
    "UPDATE daybook.categories SET name_key = ''",
    "UPDATE daybook.categories SET name_fold = ''",
    "UPDATE daybook.categories SET search_key = ''",
    "UPDATE daybook.moods SET user_id = gen_random_uuid()",
    "UPDATE daybook.moods SET updated_at = now()",
    "UPDATE daybook.journals SET user_id = gen_random_uuid()",
    "UPDATE daybook.journals SET content_key = ''",
    "UPDATE daybook.journals SET search_key = ''",
    "UPDATE daybook.journal_tags SET tag = ''",
    "UPDATE daybook.idempotency_keys SET body = ''",
    "UPDATE daybook.board_generations SET user_id = gen_random_uuid()",
    "DELETE FROM daybook.board_generations",
    "TRUNCATE daybook.projects CASCADE",
    "TRUNCATE daybook.journals",
    "INSERT INTO daybook.timezones VALUES ('Mars/Olympus', 'UTC')",
    "UPDATE daybook.timezones SET zone = 'UTC'",
    "SELECT daybook.add_timezones()",
    "UPDATE daybook.tasks SET change_xid = '0'",
    "UPDATE daybook.journals SET change_epoch = 0",
    "INSERT INTO daybook.moods (user_id, id, score, change_xid) VALUES (gen_random_uuid(), gen_random_uuid(), 3, '0')",
    "SELECT secret FROM daybook.change_epochs",
    "INSERT INTO daybook.change_epochs (epoch, identity, secret) VALUES (9, '', '')",
    "UPDATE daybook.change_epochs SET epoch = 9",
    "DELETE FROM daybook.change_epochs",
    "SELECT daybook.database_identity()",
    "INSERT INTO daybook.deletions VALUES (gen_random_uuid(), 'task', gen_random_uuid(), 0, '0')",
    "UPDATE daybook.deletions SET change_xid = '0'",
    "DELETE FROM daybook.deletions",
    "INSERT INTO daybook.stored_bytes VALUES (gen_random_uuid(), gen_random_uuid(), 0)",
    "UPDATE daybook.stored_bytes SET bytes = 0",
    "DELETE FROM daybook.stored_bytes",
    "SELECT daybook.add_stored_bytes(gen_random_uuid(), -1)",
    "SELECT daybook.claim_table('daybook.tasks')",
    "CALL daybook.fill_rows('daybook.tasks', 'title', 'search_key', 1)",
    "CALL daybook.demand_columns('daybook.tasks', 'title')",
    "SELECT * FROM daybook.outbox",
    "INSERT INTO daybook.outbox (user_id, id, kind, expires_at) VALUES (gen_random_uuid(), gen_random_uuid(), 'notifications', now())",
    "SELECT * FROM daybook.mail_tokens",
    "SELECT * FROM daybook.reset_requests",
    "SELECT * FROM daybook.jobs",
    "DELETE FROM daybook.notifications",
    "INSERT INTO daybook.notifications (user_id, type, occasion, message) VALUES (gen_random_uuid(), 'OVERDUE', now(), 'x')",
    "UPDATE daybook.notifications SET sent_at = now()",
    "UPDATE daybook.preferences SET version = 1",
    "UPDATE daybook.preferences SET user_id = gen_random_uuid()",
    "UPDATE daybook.users SET mail_failed_at = NULL",
    "SELECT daybook.queue_mail(gen_random_uuid(), 'reset_password')",
    "SELECT daybook.use_mail_token(gen_random_uuid(), '', 'reset')",
    "SELECT daybook.take_reset_request()",
    "SELECT daybook.sweep_dead_rows(1)",
    "DELETE FROM sqitch.changes",
    "SELECT * FROM sqitch.projects",
    "SET row_security = off; SELECT * FROM daybook.tasks",
]


# Tables that have no user.
WITHOUT_USER = ("rate_limits", "change_epochs", "jobs", "reset_requests")
# The jobs see all users, but not what these have written or by which they are known.
FORBIDDEN_JOBS = [
    *(f"SELECT count(*) FROM daybook.{table}" for table in (
        "credentials", "sessions", "journals", "journal_tags", "moods", "categories", "idempotency_keys", "rate_limits",
        "reset_requests", "board_generations")),
    "SELECT username FROM daybook.users",
    "SELECT name FROM daybook.users",
    "SELECT description FROM daybook.tasks",
    "SELECT name FROM daybook.projects",
    "UPDATE daybook.users SET email = 'a@b.c'",
    "UPDATE daybook.users SET email_verified = true",
    "UPDATE daybook.tasks SET title = ''",
    "DELETE FROM daybook.tasks",
    "DELETE FROM daybook.users",
    "UPDATE daybook.preferences SET overdue = false",
    "SELECT daybook.begin_request(gen_random_uuid(), gen_random_uuid())",
    "SELECT daybook.find_login('a@b.c')",
    "SELECT daybook.reset_password(gen_random_uuid(), '', '', '')",
    "SELECT daybook.confirm_address(gen_random_uuid(), '')",
    "SELECT daybook.exists_elsewhere('tasks', gen_random_uuid())",
    "CREATE TABLE daybook.mine (id int)",
    "SET ROLE daybook_auth",
    "TRUNCATE daybook.outbox",
]


def counts(connection, tables):
    return {table: query(connection, f"SELECT count(*) FROM {table}")[0][0] for table in tables}


def notify(database, user, minutes=0):
    """A notification that belongs to no task."""
    database.ask("INSERT INTO notifications (user_id, type, occasion, message) VALUES"
                 " (%s, 'GOOGLE_RECONNECT', now() + make_interval(mins => %s), 'hello')", user.id, minutes)


@pytest.fixture
def couple(database, become, alice, bob):
    """Of everything, Alice has two and Bob has three."""
    for user, number in ((alice, 2), (bob, 3)):
        connection = become(user)
        for table in MINIMAL:
            for _ in range(number):
                add(connection, table, user, **({"tags": ["mine"], "content": "x" * 100000} if table == "journals" else {}))
        for key in range(number):
            query(connection, "DELETE FROM moods WHERE id = %s", add(connection, "moods", user))
            query(connection, "SELECT store_idempotency_answer('POST /tasks', %s, '', 201, '', '')", str(key))
            query(connection, "INSERT INTO board_generations (user_id, status_rank, generation) VALUES (%s, %s, 1)",
                  user.id, key + 1)
            notify(database, user, key)
        query(connection, "INSERT INTO preferences (user_id) VALUES (%s)", user.id)
        connection.commit()
    return alice, bob


def test_every_table_is_looked_at(database):
    assert {"users", "sessions", "idempotency_keys", "board_generations", "journal_tags", "deletions", "notifications",
            "preferences", "stored_bytes", *MINIMAL} == set(
        database.tables(selectable_by="daybook_app"))


def test_everybody_sees_only_their_own(database, become, couple):
    alice, bob = couple
    tables = database.tables(selectable_by="daybook_app")
    for user, number in ((alice, 2), (bob, 3)):
        assert counts(become(user), tables) == {
            "users": 1, "sessions": 1, "preferences": 1, "stored_bytes": 1, "deletions": number,
            "idempotency_keys": number, "board_generations": number, "journal_tags": number, "notifications": number,
            **dict.fromkeys(MINIMAL, number)}


def test_nobody_sees_nothing(database, become, couple):
    tables = database.tables(selectable_by="daybook_app")
    connection = become(None)
    assert set(counts(connection, tables).values()) == {0}
    for table, columns in MINIMAL.items():
        assert query(connection, f"UPDATE {table} SET {next(iter(columns))} = NULL") == 0
        assert query(connection, f"DELETE FROM {table}") == 0
    assert query(connection, "DELETE FROM idempotency_keys") == 0


def test_the_user_is_forgotten_with_the_transaction(database, become, couple):
    connection = become(couple[0])
    connection.commit()
    assert set(counts(connection, database.tables(selectable_by="daybook_app")).values()) == {0}


def test_writing_without_where_spares_the_others(database, become, couple):
    alice, bob = couple

    def rows_of_bob():
        return {table: database.ask(f"SELECT t FROM {table} AS t WHERE user_id = %s ORDER BY 1", bob.id)
                for table in (*MINIMAL, "sessions", "idempotency_keys", "board_generations", "journal_tags",
                              "notifications", "preferences")}

    before = rows_of_bob()
    connection = become(alice)
    assert query(connection, "UPDATE users SET name = 'mine'") == 1
    assert query(connection, "UPDATE sessions SET revoked_at = now(), revoked_reason = 'logout'") == 1
    assert query(connection, "UPDATE notifications SET read = true") == 2
    assert query(connection, "UPDATE preferences SET overdue = false") == 1
    assert query(connection, "DELETE FROM journal_tags") == 2
    for table, columns in MINIMAL.items():
        column = next(iter(columns))
        assert query(connection, f"UPDATE {table} SET {column} = {column}") == 2
        assert query(connection, f"DELETE FROM {table}") == 2
    assert query(connection, "DELETE FROM idempotency_keys") == 2
    connection.commit()
    assert rows_of_bob() == before


@pytest.mark.parametrize("table", MINIMAL)
def test_a_row_for_somebody_else_is_refused(become, alice, bob, table):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        add(become(alice), table, bob)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        add(become(None), table, bob)


@pytest.mark.parametrize("table, column, target", [
    ("tasks", "project_id", "projects"),
    ("tasks", "category_id", "categories"),
    ("journals", "mood_id", "moods"),
])
def test_nobody_can_name_a_strangers_row(become, alice, bob, table, column, target):
    connection = become(bob)
    strangers = add(connection, target, bob)
    connection.commit()
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        add(become(alice), table, alice, **{column: strangers})
    connection = become(alice)
    mine = add(connection, table, alice)
    with pytest.raises(psycopg2.errors.ForeignKeyViolation) as error:
        query(connection, f"UPDATE {table} SET {column} = %s WHERE id = %s", strangers, mine)
    assert error.value.diag.constraint_name == f"{table}_{column.removesuffix('_id')}_fkey"


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_workers_may_not(become, alice, statement):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(become(alice), statement)


@pytest.mark.parametrize("statement", FORBIDDEN_JOBS)
def test_the_jobs_may_not(database, statement):
    connection = database.connect("daybook_jobs")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(connection, statement)
    connection.close()


def test_the_jobs_see_all_users(database, couple):
    connection = database.connect("daybook_jobs")
    ids = [user.id for user in couple]
    assert query(connection, "SELECT count(*) FROM users WHERE id = ANY (%s::uuid[])", ids) == [(2,)]
    for table, number in (("tasks", 5), ("projects", 5), ("notifications", 5), ("preferences", 2)):
        assert query(connection, f"SELECT count(user_id) FROM {table} WHERE user_id = ANY (%s::uuid[])", ids) == [
            (number,)]
    connection.close()


def test_roles(database):
    roles = database.ask(
        "SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR"
        " rolreplication FROM pg_roles WHERE rolname ~ '^daybook_' ORDER BY 1")
    assert roles == [("daybook_app", True, False), ("daybook_auth", False, False), ("daybook_import", False, False),
                     ("daybook_jobs", True, False), ("daybook_login", True, False), ("daybook_owner", False, False)]
    owned = database.ask("SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refobjid IN"
                         " ('daybook_app'::regrole, 'daybook_jobs'::regrole, 'daybook_login'::regrole)")
    assert owned == [(0,)]


def test_every_table_is_behind_the_wall(database):
    open_tables = database.ask(
        "SELECT relname FROM pg_class WHERE relnamespace = 'daybook'::regnamespace AND relkind = 'r'"
        " AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY 1")
    assert open_tables == [("change_epochs",), ("timezones",)]
    policies = database.ask("SELECT tablename, policyname, roles::text[], cmd, qual, with_check FROM pg_policies"
                            " WHERE schemaname = 'daybook' AND policyname !~ 'named'")
    assert {policy[0] for policy in policies} == set(database.tables()) - {"change_epochs"}
    for table, policy, roles, command, using, check in policies:
        assert using and check == (None if command == "SELECT" else using), (table, policy)
        if policy == "jobs":
            assert roles == ["daybook_jobs"] and using == "true", table
        elif roles != ["daybook_auth"]:
            assert "current_user_id()" in using, (table, policy)


def test_the_session_that_a_request_names(database):
    """The policies that know no user: they show a living session to whoever knows its id."""
    found = database.ask("SELECT tablename, policyname, roles::text[], cmd, qual FROM pg_policies"
                         " WHERE schemaname = 'daybook' AND policyname ~ 'named' ORDER BY policyname")
    living = "((id = current_session_id()) AND (revoked_at IS NULL) AND (expires_at > now()))"
    assert found == [("sessions", "login_named", ["daybook_login"], "SELECT", living),
                     ("sessions", "named", ["daybook_app"], "SELECT", living)]


def test_keys_begin_with_the_user(database):
    """So that the schema distributes by user; what is counted or asked before a user is known has none."""
    keys = database.ask(
        "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint AS c JOIN pg_attribute AS a"
        " ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'p'"
        " AND c.connamespace = 'daybook'::regnamespace")
    assert all(key == "user_id" for table, key in keys
               if table not in ("users", "timezones", *WITHOUT_USER)), keys


def test_functions(database):
    functions = database.ask(
        "SELECT proname, prosecdef, proowner::regrole::text, proconfig,"
        " EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0) OR proacl IS NULL"
        " FROM pg_proc WHERE pronamespace = 'daybook'::regnamespace")
    assert len(functions) > 20
    for name, definer, owner, config, public in functions:
        assert not public, f"{name} can be executed by everybody"
        wanted = "daybook_import" if name == "import_rows" else "daybook_auth" if definer else "daybook_owner"
        assert owner == wanted, name
        assert not definer or config == ["search_path=pg_catalog, pg_temp"], name


def test_an_account_takes_everything_along(database, become, alice):
    connection = become(alice)
    for table in MINIMAL:
        add(connection, table, alice)
    query(connection, "INSERT INTO preferences (user_id) VALUES (%s)", alice.id)
    notify(database, alice)
    database.ask("INSERT INTO outbox (user_id, id, kind, expires_at) VALUES (%s, gen_random_uuid(), 'verify_email',"
                 " now())", alice.id)
    database.ask("INSERT INTO mail_tokens VALUES (%s, 'hash', 'verify', 'a@example.org', now())", alice.id)
    assert query(connection, "SELECT delete_my_account()") == [(True,)]
    connection.commit()
    for table in database.tables():
        if table not in ("users", *WITHOUT_USER):
            assert database.ask(f"SELECT count(*) FROM {table} WHERE user_id = %s", alice.id) == [(0,)]
    assert database.ask("SELECT count(*) FROM users WHERE id = %s", alice.id) == [(0,)]
    assert begin(connection, alice) is None
