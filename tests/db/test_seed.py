"""scripts/seed: the same people and data each time, and only where nobody is hurt."""

import os
import subprocess

import pytest

from private_pg import ROOT

TABLES = ("users", "projects", "categories", "tasks", "moods", "journals")


@pytest.fixture(scope="module")
def seed(server, migrate):
    """Seeds a database, which it makes first if need be."""
    made = set()

    def run(name, *options, **environment):
        if name not in made:
            made.add(name)
            server.run(f"CREATE DATABASE {name}")
            done = migrate("deploy", name)
            assert done.returncode == 0, done.stdout + done.stderr
        return subprocess.run([ROOT / "scripts" / "seed", "--small", *options, server.url(name)],
                              env={**os.environ, **environment}, capture_output=True, text=True)

    return run


def ask(server, name, sql):
    connection = server.connect(name)
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path = daybook; {sql}")
        rows = cursor.fetchall()
    connection.close()
    return rows


def shape(server, name):
    """Indexes and constraints, which are away while it works."""
    return ask(server, name, "SELECT indexdef FROM pg_indexes WHERE schemaname = 'daybook' UNION ALL SELECT"
               " conname || convalidated || pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1")


def test_the_same_each_time(server, seed):
    seed("empty", ENVIRONMENT="production")
    found = []
    for name in ("seed_a", "seed_b"):
        done = seed(name)
        assert done.returncode == 0, done.stderr
        assert "mary@demo.example      500 tasks" in done.stdout
        found.append([ask(server, name, "SELECT count(*), md5(string_agg("
                          "(to_jsonb(t) - '{etag,change_xid}'::text[])::text, '' ORDER BY t.id))"
                          f" FROM {table} AS t") for table in TABLES])
        assert shape(server, name) == shape(server, "empty")
    assert found[0] == found[1]
    assert [rows[0][0] for rows in found[0]][::3] == [100, 10000]


def test_refusals(server, seed):
    done = seed("empty", ENVIRONMENT="production")
    assert done.returncode == 1 and "production" in done.stderr
    done = seed("seed_a", "--yes")
    assert done.returncode == 1 and "has been seeded" in done.stderr
    connection = server.connect("empty")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO daybook.users (id, email, username)"
                       " VALUES (gen_random_uuid(), 'ada@example.org', 'ada')")
    connection.close()
    done = seed("empty")
    assert done.returncode == 1 and "--yes" in done.stderr
    assert ask(server, "empty", "SELECT count(*) FROM users") == [(1,)]
    assert seed("empty", "--yes").returncode == 0
    assert ask(server, "empty", "SELECT count(*) FROM users") == [(101,)]
