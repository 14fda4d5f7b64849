"""The columns that hold the folded forms of texts: kept by the database itself whoever writes, and filled
for the rows that were there before them."""

import subprocess

import psycopg2
import pytest

from database import add, query, read
from private_pg import ROOT

CHANGES = ["folded_groups", "folded_tasks", "folded_journals"]
LAST_RELEASE = "named_sessions"
# A table's texts, its columns for order and search, and what these are for "ΟΔΟΣ é" with "Straße".
KEYS = [
    ("tasks", "title", "description", "title_fold"),
    ("projects", "name", "description", "name_fold"),
    ("categories", "name", None, "name_fold"),
    ("journals", "title", "content", None),
]


@pytest.fixture
def mine(become, alice):
    return become(alice)


def keys(connection, table, row, fold):
    text, search = read(connection, table, row, f"{fold or 'NULL'}, convert_from(search_key, 'UTF8')")
    return text, search.split("\u034f")


@pytest.mark.parametrize("table, first, second, fold", KEYS)
def test_the_keys_follow_the_texts(mine, alice, table, first, second, fold):
    row = add(mine, table, alice, **{first: "ΟΔΟΣ é", **({second: "Straße"} if second else {})})
    rest = ["strasse"] if second else []
    assert keys(mine, table, row, fold) == (fold and "οδοσ é", ["οδοσ e", *rest])
    query(mine, f"UPDATE {table} SET {first} = 'İ' WHERE id = %s", row)
    assert keys(mine, table, row, fold) == (fold and "i\u0307", ["i", *rest])
    if second:
        query(mine, f"UPDATE {table} SET {second} = 'Ἀ' WHERE id = %s", row)
        assert keys(mine, table, row, fold) == (fold and "i\u0307", ["i", "α"])


@pytest.mark.parametrize("table, first, second", [("tasks", "title", "description"), ("projects", "name", "description"),
                                                  ("journals", "content", "title")])
def test_a_text_that_is_not_there_is_no_part_of_the_key(mine, alice, table, first, second):
    row = add(mine, table, alice, **{first: "x"})
    assert keys(mine, table, row, None)[1] == ["x"]
    query(mine, f"UPDATE {table} SET {second} = 'y' WHERE id = %s", row)
    query(mine, f"UPDATE {table} SET {second} = NULL WHERE id = %s", row)
    assert keys(mine, table, row, None)[1] == ["x"]


@pytest.mark.parametrize("one, other", [("ΟΔΟΣ", "οδος"), ("é", "E\u0301"), ("Straße", "STRASSE"), ("ﬁ", "FI")])
def test_names_of_categories_are_unique_folded(mine, alice, one, other):
    add(mine, "categories", alice, name=one)
    mine.commit()
    with pytest.raises(psycopg2.errors.UniqueViolation) as error:
        query(mine, "SELECT set_config('app.user_id', %s, true)", alice.id)
        add(mine, "categories", alice, name=other)
    assert error.value.diag.constraint_name == "categories_name_key"


# Tags.


def tags(connection):
    return query(connection, "SELECT journal_id::text, tag_fold, tag FROM journal_tags ORDER BY 1, 2")


def test_each_tag_is_listed_as_it_was_spelled_first(mine, alice):
    entry = add(mine, "journals", alice, tags=["b", "Straße", "STRASSE", "B", "a"])
    assert read(mine, "journals", entry, "tags") == (["b", "straße", "a"],)
    assert tags(mine) == [(entry, "a", "a"), (entry, "b", "b"), (entry, "strasse", "straße")]
    query(mine, "UPDATE journals SET tags = %s WHERE id = %s", ["strasse", "A"], entry)
    assert tags(mine) == [(entry, "a", "a"), (entry, "strasse", "strasse")]
    query(mine, "UPDATE journals SET content = 'x', tags = tags WHERE id = %s", entry)
    assert tags(mine) == [(entry, "a", "a"), (entry, "strasse", "strasse")]
    query(mine, "UPDATE journals SET tags = '{}' WHERE id = %s", entry)
    assert tags(mine) == []


def test_the_tags_go_with_their_entry(mine, alice):
    kept, gone = (add(mine, "journals", alice, tags=["a"]) for _ in range(2))
    query(mine, "DELETE FROM journals WHERE id = %s", gone)
    assert tags(mine) == [(kept, "a", "a")]


# Rows from before.


@pytest.fixture(scope="module")
def filled(server, database, migrate):
    """A database of the release with rows, before it is migrated further."""
    server.run("CREATE DATABASE filled OWNER operator")
    done = migrate("deploy", "filled", "--to", LAST_RELEASE, role="operator")
    assert done.returncode == 0, done.stdout + done.stderr
    connection = server.connect("filled")
    query(connection, "SET search_path = daybook")
    query(connection, "INSERT INTO users (id, email, username) SELECT md5(n::text)::uuid, n || '@b.cd', 'user' || n"
          " FROM generate_series(1, 3) AS n")
    yield connection
    connection.close()


def names(connection):
    return query(connection, "SELECT name, version FROM categories WHERE user_id = md5('1')::uuid"
                 " ORDER BY created_at")


def make_older_rows(connection):
    for number, name in enumerate(["οδος", "οδοσ", "é", "e\u0301", "οδοσ (2)", "e\u0301 (2)", "x", "ß" * 50, "s" * 49 + "ſ",
                                   "οδοσ (3)", "ss" * 25]):
        query(connection, "INSERT INTO categories (user_id, id, name, created_at)"
              " VALUES (md5('1')::uuid, gen_random_uuid(), %s, now() + %s * interval '1 s')", name, number)
    query(connection, "INSERT INTO categories (user_id, id, name) VALUES (md5('2')::uuid, md5('c')::uuid, 'οδος')")
    query(connection, "INSERT INTO projects (user_id, id, name, description)"
          " SELECT md5((1 + n % 3)::text)::uuid, md5(n::text)::uuid, 'ΟΔΟΣ ' || n, 'é' FROM generate_series(1, 1200) AS n")
    query(connection, "INSERT INTO tasks (user_id, id, title) SELECT user_id, id, name FROM projects")
    query(connection, "INSERT INTO journals (user_id, id, content, entry_date, tags)"
          " SELECT user_id, id, name, '2026-01-01', '{a}' FROM projects LIMIT 25")
    query(connection, "UPDATE journals SET tags = %s WHERE id = md5('7')::uuid", ["b", "straße", "strasse", "é", "e\u0301"])


def seen(connection):
    """What the workers of the release read, but of what must change."""
    return {table: query(connection, f"SELECT id, {columns}, version, updated_at FROM {table}"
                         " WHERE id <> md5('7')::uuid ORDER BY user_id, id")
            for table, columns in [("projects", "name, name_key"), ("tasks", "title, title_key, position"),
                                   ("journals", "content, content_key, tags")]}


def test_rows_from_before_are_filled_and_nothing_else(server, filled, migrate):
    make_older_rows(filled)
    before = seen(filled)
    done = migrate("deploy", "filled", role="operator")
    assert done.returncode == 0, done.stdout + done.stderr
    assert seen(filled) == before

    said = done.stdout + done.stderr
    assert names(filled) == [
        ("οδος", 1), ("οδοσ (4)", 2), ("é", 1), ("e\u0301 (3)", 2), ("οδοσ (2)", 1), ("e\u0301 (2)", 1), ("x", 1),
        ("ß" * 50, 1), ("s" * 49 + "ſ", 1), ("οδοσ (3)", 1), ("s" * 46 + " (2)", 2)]
    assert '"οδοσ" is "οδοσ (4)" now' in said and said.count('" now') == 3
    assert query(filled, "SELECT name, version FROM categories WHERE id = md5('c')::uuid") == [("οδος", 1)]
    assert query(filled, "SELECT tags, version FROM journals WHERE id = md5('7')::uuid") == [(["b", "straße", "é"], 3)]
    for table, texts in [("tasks", "title, description"), ("projects", "name, description"), ("categories", "name"),
                         ("journals", "title, content")]:
        assert query(filled, f"SELECT count(*) FROM {table} WHERE search_key IS DISTINCT FROM search_key({texts})") == [(0,)]
    assert query(filled, "SELECT array_agg(tag_fold ORDER BY tag_fold), count(DISTINCT journal_id) FROM journal_tags"
                 " WHERE journal_id = md5('7')::uuid OR tag = 'a'") == [(["a"] * 24 + ["b", "strasse", "é"], 25)]


@pytest.mark.parametrize("change", CHANGES)
def test_a_deployment_that_was_cut_off_can_be_run_again(server, filled, change):
    """Each script on what it has made itself is the most that a cut-off one can have left."""
    for folder in ("deploy", "verify"):
        done = subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-f", ROOT / f"sql/{folder}/{change}.sql",
                               server.url("filled", "operator")], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
