"""scripts/migrate: there and back, twice at once, and what it says when it cannot."""

import os
import subprocess
import urllib.parse

import pytest

from database import query
from private_pg import ROOT

CHANGES = [line.split()[0] for line in (ROOT / "sql/sqitch.plan").read_text().splitlines()
           if line and line[0] not in "%@"]

# What a verify script must notice: (change, damage, repair).
DAMAGE = [
    ("roles", "ALTER ROLE daybook_app CREATEDB", "ALTER ROLE daybook_app NOCREATEDB"),
    ("schema", "GRANT CREATE ON SCHEMA daybook TO daybook_app",
     "REVOKE CREATE ON SCHEMA daybook FROM daybook_app"),
    ("schema", "ALTER DEFAULT PRIVILEGES FOR ROLE daybook_auth GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
     "ALTER DEFAULT PRIVILEGES FOR ROLE daybook_auth REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"),
    ("users", "ALTER TABLE daybook.users NO FORCE ROW LEVEL SECURITY",
     "ALTER TABLE daybook.users FORCE ROW LEVEL SECURITY"),
    ("users", "GRANT UPDATE ON daybook.users TO daybook_app",
     "REVOKE UPDATE ON daybook.users FROM daybook_app;"
     "GRANT UPDATE (username, name, timezone) ON daybook.users TO daybook_app"),
    ("credentials", "GRANT SELECT ON daybook.credentials TO daybook_app",
     "REVOKE SELECT ON daybook.credentials FROM daybook_app"),
    ("requests", "ALTER FUNCTION daybook.begin_request(uuid, uuid) RESET search_path",
     "ALTER FUNCTION daybook.begin_request(uuid, uuid) SET search_path = pg_catalog, pg_temp"),
    ("tasks", "GRANT UPDATE (version) ON daybook.tasks TO daybook_app",
     "REVOKE UPDATE (version) ON daybook.tasks FROM daybook_app"),
    ("task_indexes", "DROP INDEX daybook.tasks_title",
     "CREATE INDEX tasks_title ON daybook.tasks (user_id, title_key, id)"),
    ("projects", "ALTER TABLE daybook.projects DISABLE ROW LEVEL SECURITY",
     "ALTER TABLE daybook.projects ENABLE ROW LEVEL SECURITY"),
    ("categories", "ALTER TABLE daybook.categories DROP CONSTRAINT categories_name_key",
     "ALTER TABLE daybook.categories ADD CONSTRAINT categories_name_key UNIQUE (user_id, name_fold)"),
    ("task_groups", "DROP INDEX daybook.tasks_project_board",
     "CREATE INDEX tasks_project_board"
     " ON daybook.tasks (user_id, project_id, status_rank, position, id)"),
    ("moods", "DROP INDEX daybook.moods_id", "CREATE INDEX moods_id ON daybook.moods (id)"),
    ("journals", "GRANT UPDATE (content_key) ON daybook.journals TO daybook_app",
     "REVOKE UPDATE (content_key) ON daybook.journals FROM daybook_app"),
    ("board", "ALTER FUNCTION daybook.lock_tasks() SECURITY DEFINER",
     "ALTER FUNCTION daybook.lock_tasks() SECURITY INVOKER"),
    ("bulk", "REVOKE EXECUTE ON FUNCTION daybook.bulk_reject(jsonb) FROM daybook_app",
     "GRANT EXECUTE ON FUNCTION daybook.bulk_reject(jsonb) TO daybook_app"),
    ("idempotency", "GRANT UPDATE (status) ON daybook.idempotency_keys TO daybook_app",
     "REVOKE UPDATE (status) ON daybook.idempotency_keys FROM daybook_app"),
    ("foreign_tokens", "ALTER FUNCTION daybook.begin_foreign_request(uuid, text) SECURITY INVOKER",
     "ALTER FUNCTION daybook.begin_foreign_request(uuid, text) SECURITY DEFINER"),
    ("named_sessions", "ALTER POLICY named ON daybook.sessions USING (id = daybook.current_session_id())",
     "ALTER POLICY named ON daybook.sessions"
     " USING (id = daybook.current_session_id() AND revoked_at IS NULL AND expires_at > now())"),
    ("turns", "REVOKE EXECUTE ON FUNCTION daybook.take_turn(int) FROM daybook_app",
     "GRANT EXECUTE ON FUNCTION daybook.take_turn(int) TO daybook_app"),
    ("renewals", "REVOKE EXECUTE ON FUNCTION daybook.renew_session(uuid, uuid, int, text, text, int, int) FROM daybook_app",
     "GRANT EXECUTE ON FUNCTION daybook.renew_session(uuid, uuid, int, text, text, int, int) TO daybook_app"),
    ("places", "REVOKE UPDATE (place_key) ON daybook.tasks FROM daybook_app",
     "GRANT UPDATE (place_key) ON daybook.tasks TO daybook_app"),
    ("place_indexes", "ALTER INDEX daybook.tasks_place RENAME TO tasks_other",
     "ALTER INDEX daybook.tasks_other RENAME TO tasks_place"),
    ("one_order", "ALTER FUNCTION daybook.find_place(uuid, bigint, uuid, smallint, text, uuid) RENAME TO other",
     "ALTER FUNCTION daybook.other(uuid, bigint, uuid, smallint, text, uuid) RENAME TO find_place"),
    ("place_backfill", "ALTER TABLE daybook.tasks ALTER COLUMN place_key DROP NOT NULL",
     "ALTER TABLE daybook.tasks ALTER COLUMN place_key SET NOT NULL"),
    ("board_moves", "ALTER TABLE daybook.board_generations DISABLE ROW LEVEL SECURITY",
     "ALTER TABLE daybook.board_generations ENABLE ROW LEVEL SECURITY"),
    ("login_role", "DROP POLICY login_own ON daybook.users",
     "CREATE POLICY login_own ON daybook.users FOR SELECT TO daybook_login USING (id = daybook.current_user_id())"),
    ("logins", "ALTER FUNCTION daybook.find_credentials(text) SECURITY INVOKER",
     "ALTER FUNCTION daybook.find_credentials(text) SECURITY DEFINER"),
    ("answer_ids", "REVOKE INSERT (resource_ids) ON daybook.idempotency_keys FROM daybook_app",
     "GRANT INSERT (resource_ids) ON daybook.idempotency_keys TO daybook_app"),
    ("answer_backfill", "ALTER INDEX daybook.idempotency_keys_age RENAME TO other",
     "ALTER INDEX daybook.other RENAME TO idempotency_keys_age"),
    ("answer_ends", "ALTER TABLE daybook.moods DISABLE TRIGGER forget_answers",
     "ALTER TABLE daybook.moods ENABLE TRIGGER forget_answers"),
    ("text_keys", "ALTER FUNCTION daybook.search_key(text[]) STABLE",
     "ALTER FUNCTION daybook.search_key(text[]) IMMUTABLE"),
    ("zone_names", "UPDATE daybook.timezones SET zone = name WHERE name = 'CET'",
     "SELECT daybook.add_timezones()"),
    ("folded_groups", "ALTER TABLE daybook.projects ALTER COLUMN name_fold DROP NOT NULL",
     "ALTER TABLE daybook.projects ALTER COLUMN name_fold SET NOT NULL"),
    ("folded_tasks", "DROP INDEX daybook.tasks_title_fold",
     "CREATE INDEX tasks_title_fold ON daybook.tasks (user_id, title_fold, id)"),
    ("folded_journals", "ALTER TABLE daybook.journal_tags NO FORCE ROW LEVEL SECURITY",
     "ALTER TABLE daybook.journal_tags FORCE ROW LEVEL SECURITY"),
    ("account_faults", "ALTER FUNCTION daybook.profile_faults(text, text) SECURITY INVOKER",
     "ALTER FUNCTION daybook.profile_faults(text, text) SECURITY DEFINER"),
]


@pytest.fixture(scope="module")
def empty(server, database):
    """Makes an empty database. The roles of "daybook" are there already, as in a shared cluster."""

    def make(name):
        server.run(f"CREATE DATABASE {name}")
        return name

    return make


def verifies(server, database, change):
    done = subprocess.run(
        ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-f", ROOT / f"sql/verify/{change}.sql",
         server.url(database)], capture_output=True, text=True)
    return done.returncode == 0


def test_every_change_has_its_three_files():
    for folder in ("deploy", "revert", "verify"):
        files = {path.stem for path in (ROOT / "sql" / folder).glob("*.sql")}
        assert files == set(CHANGES), folder


def test_there_and_back_and_there(server, migrate, empty):
    name = empty("round_trip")
    for command in ("deploy", "revert"):  # deploying verifies each change
        done = migrate(command, name)
        assert done.returncode == 0, done.stdout + done.stderr
    left = server.connect(name)
    assert query(left, "SELECT count(*) FROM pg_namespace WHERE nspname = 'daybook'") == [(0,)]
    assert query(left, "SELECT count(*) FROM pg_default_acl") == [(0,)]
    left.close()
    for change in CHANGES:
        if change != "roles":
            assert not verifies(server, name, change), f"verify/{change} is content with nothing"
    assert migrate("deploy", name).returncode == 0
    assert migrate("verify", name).returncode == 0
    again = migrate("deploy", name)
    assert again.returncode == 0 and "up-to-date" in again.stdout + again.stderr


def test_part_of_the_way(migrate, empty):
    name = empty("part")
    assert migrate("deploy", name, "--to", "users").returncode == 0
    assert migrate("revert", name, "--to", "helpers").returncode == 0
    status = migrate("status", name).stdout
    assert "# Change" in status and "timezones" in status and "helpers" in status
    assert migrate("deploy", name, "--to", "sessions").returncode == 0


def test_two_at_once(server, empty):
    name = empty("twice")
    both = [subprocess.Popen([ROOT / "scripts/migrate", "deploy"], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             env={**os.environ, "DATABASE_OWNER_URL": server.url(name)})
            for _ in range(2)]
    outputs = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert all(verifies(server, name, change) for change in CHANGES)


@pytest.mark.parametrize("change, damage, repair", DAMAGE)
def test_verify_notices_damage(server, database, change, damage, repair):
    assert verifies(server, "daybook", change)
    server.run(damage, "daybook")
    noticed = not verifies(server, "daybook", change)
    server.run(repair, "daybook")
    assert noticed
    assert verifies(server, "daybook", change)


def test_workers_can_ask_for_a_change(app):
    assert query(app, "SELECT schema_has('tasks'), schema_has('no such change')") == [(True, False)]


def test_addresses(server, database, migrate):
    folder = f"{server.state}/s"
    for url in (f"host={folder} dbname = daybook  user='postgres'",
                f"postgres://postgres@{urllib.parse.quote(folder, safe='')}/daybook",
                f"postgresql:///daybook?user=postgres&host={folder}"):
        done = migrate("status", "", url=url)
        assert done.returncode == 0 and "Nothing to deploy" in done.stdout, (url, done.stderr)


@pytest.mark.parametrize("url, words", [
    ("postgresql:///daybook?host=/nowhere", "cannot reach the database"),
    ("postgresql:///no_such?host={folder}&user=postgres", "does not exist"),
    ("mysql://localhost/daybook", "neither a libpq URI nor a conninfo string"),
    ("host='unfinished", "not a conninfo string"),
    ("hostess=x", 'unknown parameter "hostess"'),
])
def test_one_clear_line(server, migrate, url, words):
    done = migrate("deploy", "", url=url.format(folder=f"{server.state}/s"))
    assert done.returncode == 1
    assert words in done.stderr and done.stderr.count("\n") == 1 and not done.stdout


def test_usage():
    wrong = subprocess.run([ROOT / "scripts/migrate", "dance"], capture_output=True, text=True)
    assert wrong.returncode == 2 and wrong.stderr.startswith("usage: ")
    right = subprocess.run([ROOT / "scripts/migrate", "--help"], capture_output=True, text=True)
    assert right.returncode == 0 and right.stdout == wrong.stderr
