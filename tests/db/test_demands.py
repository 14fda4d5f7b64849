"""What a table or a list says of itself, the rest of the project has to follow: a new one that is not
exported, not sorted by an index, or not verified after its migration is found here."""

import re

import pytest

from database import load_sqlgen
from private_pg import ROOT

QUERIES = ROOT / "sql" / "queries"
# Tables with a row for each (user_id, id) that are no part of the export, and why.
NOT_EXPORTED = {"outbox": "it says which mails of ours were sent, and its rows go after some weeks"}
# Those that /changes does not show, and why.
NOT_AMONG_CHANGES = {"sessions": "the list of sessions is short, and nobody works on it offline",
                     "outbox": "nobody reads it through the API"}
# Orders of lists that no index has, and why.
SORTED = {
    ("categories", "created_at"): "a user has few categories, and they are sorted by name",
    ("categories", "updated_at"): "a user has few categories, and they are sorted by name",
    ("moods", "created_at"): "moods are read by the time at which they were felt",
    ("moods", "updated_at"): "moods are read by the time at which they were felt",
}


def lists():
    """(table, order, direction or None, key expressions) of every list."""
    sqlgen = load_sqlgen()
    for path in sorted(QUERIES.glob("*.sql")):
        text = sqlgen.heads_joined(path.read_text())
        for head in re.finditer(r"^-- \w+\(.*\)(?: \w+)* pages$", text, re.M):
            body = text[head.end():].split("{page}")[0]
            table = re.findall(r"^\s*FROM (\w+)", body, re.M)[-1]
            for order in filter(None, (sqlgen.ORDER.match(line[3:]) for line in body.splitlines())):
                keys = order["terms"].split(" | ")[0] if order["terms"] else order["expr"] or order["name"]
                yield table, order["name"], order["way"], [key.strip() for key in sqlgen.split_top(keys)]


@pytest.fixture(scope="module")
def indexes(database):
    """The key expressions of every index, as lists, by table."""
    rows = database.ask("""
        SELECT i.indrelid::regclass::text, array_agg(pg_get_indexdef(i.indexrelid, n, true) ORDER BY n)
        FROM pg_index AS i, generate_series(1, i.indnkeyatts) AS n
        WHERE i.indisvalid AND i.indpred IS NULL
        GROUP BY i.indrelid, i.indexrelid""")
    found = {}
    for table, keys in rows:
        found.setdefault(table.removeprefix("daybook."), []).append([key.removeprefix("daybook.").strip('"') for key in keys])
    return found


def test_every_documented_order_has_an_index(indexes):
    all_lists = list(lists())
    missing = {(table, order) for table, order, _, keys in all_lists
               if not any(index[:len(keys) + 1] == ["user_id", *keys] for index in indexes[table])}
    assert len(all_lists) > 15 and missing == set(SORTED)


def tables_of_users(database):
    """Tables with a row for each (user_id, id)."""
    return {table for (table,) in database.ask("""
        SELECT conrelid::regclass::text FROM pg_constraint
        WHERE contype = 'p' AND connamespace = 'daybook'::regnamespace
            AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute AS a
                WHERE a.attrelid = conrelid AND a.attnum = ANY (conkey)) = '{id,user_id}'""")}


def test_every_table_of_a_user_is_exported(database):
    tables = tables_of_users(database)
    exported = set(re.findall(r"^-- export_(\w+)\(", (QUERIES / "export.sql").read_text(), re.M))
    assert len(tables) >= 6 and tables - exported == set(NOT_EXPORTED)


def test_no_stored_answer_outlives_what_it_shows(database):
    """A deletion empties the answers that show the row, and storing one holds the row."""
    emptied = {table for (table,) in database.ask(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'forget_answers'")}
    [(source,)] = database.ask("SELECT prosrc FROM pg_proc WHERE proname = 'store_idempotency_answer'")
    held = set(re.findall(r"FROM daybook\.(\w+) WHERE user_id = me AND id = ANY \(shown\)", source))
    exported = set(re.findall(r"^-- export_(\w+)\(", (QUERIES / "export.sql").read_text(), re.M)) - {"sessions", "notifications"}
    assert len(held) >= 5 and held == {table.removeprefix("daybook.") for table in emptied} == exported


def tables_with(database, trigger):
    return {table.removeprefix("daybook.") for (table,) in database.ask(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", trigger)}


def test_every_table_of_a_user_is_among_the_changes(database, indexes):
    tables = {table.removeprefix("daybook.") for table in tables_of_users(database)} - set(NOT_AMONG_CHANGES)
    assert tables_with(database, "keep_deletions") == tables
    assert tables_with(database, "stamp_change") == tables | {"users", "preferences"}
    assert all(["user_id", "change_epoch", "change_xid", "id"] in indexes[table] for table in tables)
    assert tables <= set(re.findall(r"^-- change_(\w+)\(", (QUERIES / "changes.sql").read_text(), re.M))


def changes():
    return [line.split()[0] for line in (ROOT / "sql" / "sqitch.plan").read_text().splitlines()
            if re.match(r"\w", line)]


def test_every_change_leaves_its_mark(server, migrate):
    """A verify script fails as soon as its change is gone."""
    server.run("CREATE DATABASE marks")
    assert migrate("deploy", "marks").returncode == 0
    silent = []
    for change in reversed(changes()[1:]):  # the roles belong to the whole cluster
        assert server.script("marks", ROOT / "sql" / "revert" / f"{change}.sql"), change
        if server.script("marks", ROOT / "sql" / "verify" / f"{change}.sql"):
            silent.append(change)
    assert silent == []
