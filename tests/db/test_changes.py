"""Which transaction wrote a row last: no walk misses one, whichever comes to its end first; and another
copy of the database is another epoch."""

import random
import subprocess
import threading

import pytest

from database import MINIMAL, add, load_statements, query, variant
from waiting import wait_for

KINDS = {"tasks": "task", "projects": "project", "categories": "category", "journals": "journal", "moods": "mood"}
WORDS = {**{kind: table for table, kind in KINDS.items()}, "user": "users", "deletion": "deletions"}
START = {"epoch": 0, "xid": "0", "type": "", "id": "00000000-0000-0000-0000-000000000000"}


def run(connection, entry, values):
    """The rows of one of the program's statements, by the names of their columns."""
    text, given = variant(entry, values)
    for number in range(len(given), 0, -1):
        text = text.replace(f"${number}", f"%({number})s")
    with connection.cursor() as cursor:
        cursor.execute(text, {str(number): value for number, value in enumerate(given, 1)})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def page_of():
    """page_of(connection, at, bound=None, rows=…): what a page tells of itself, and its changes."""
    statements = load_statements()

    def read(connection, at, bound=None, rows=200):
        page = run(connection, statements["change_page"], {**at, "bound": bound, "rows": rows, "deletions": True})
        changes = []
        for kind, count in ((row["_type"], row["_count"]) for row in page if row["_type"]):
            found = run(connection, statements[f"change_{WORDS[kind]}"], {**at, "rows": count, "fits": 1})
            changes += [(int(row["_change_epoch"]), int(row["_change_xid"]), row.get("_type", kind), row["id"],
                         kind == "deletion") for row in found]
        last = page[0]["_type"] and (int(page[0]["_change_epoch"]), int(page[0]["_change_xid"]), page[0]["_last_type"],
                                     page[0]["_last_id"])
        return page[0], sorted(change for change in changes if change[:4] <= last)

    return read


@pytest.fixture
def walk(database, page_of):
    """walk(user, …): the keys of one walk, each with whether it is a tombstone, and where the next one begins."""
    reader = database.connect()
    yield lambda user, *where, **how: walk_on(reader, page_of, user, *where, **how)
    reader.close()


def walk_on(reader, page_of, user, at=None, rows=7, between=None):
    at, bound, seen = at or START, None, []
    query(reader, "SELECT set_config('app.user_id', %s, false)", user.id)
    while True:
        page, changes = page_of(reader, at, bound, rows)
        bound = page["_bound"]
        seen += [((kind, row), deleted) for _, _, kind, row, deleted in changes]
        assert len(changes) <= rows and len({key for key, _ in seen}) == len(seen), "something came twice"
        if not page["_more"]:
            return seen, {**START, "epoch": page["_epoch"], "xid": bound}
        at = {"epoch": page["_change_epoch"], "xid": page["_change_xid"], "type": page["_last_type"], "id": page["_last_id"]}
        if between:
            between()


def until(walk, user, at, wanted):
    """The keys of walks until all that is wanted has come: whatever else runs may delay it."""
    seen = []

    def has_come():
        nonlocal seen, at
        found, at = walk(user, at)
        seen += found
        return wanted <= {key for key, _ in seen}

    wait_for(has_come)
    return seen, at


def versions(database, user):
    return {(kind, row): version for table, kind in KINDS.items()
            for row, version in database.ask(f"SELECT id, version FROM {table} WHERE user_id = %s", user.id)}


# Sixteen writers at once.


class Writer(threading.Thread):
    """Makes, changes and deletes rows in transactions of random length, some of which are taken back."""

    def __init__(self, database, user, seed):
        super().__init__(daemon=True)
        self.database, self.user, self.chance, self.mine, self.failure = database, user, random.Random(seed), [], None

    def run(self):
        connection = self.database.connect(autocommit=False)
        try:
            for _ in range(25):
                self.transaction(connection)
        except Exception as failure:
            self.failure = failure
        finally:
            connection.close()

    def transaction(self, connection):
        before = list(self.mine)
        query(connection, "SELECT set_config('app.user_id', %s, true)", self.user.id)
        for _ in range(self.chance.randint(1, 6)):
            self.deed(connection)
            query(connection, "SELECT pg_sleep(%s)", self.chance.choice([0, 0, 0.001, 0.02]))
        if self.chance.random() < 0.2:
            connection.rollback()
            self.mine = before
        else:
            connection.commit()

    def deed(self, connection):
        deed = self.chance.choice(["make", "make", "change", "delete"])
        if deed == "make" or not self.mine:
            table = self.chance.choice(sorted(MINIMAL))
            self.mine.append((table, add(connection, table, self.user)))
            return
        table, row = self.chance.choice(self.mine)
        if deed == "change":
            column = next(iter(MINIMAL[table]))
            assert query(connection, f"UPDATE {table} SET {column} = {column} WHERE id = %s", row) == 1
        else:
            assert query(connection, f"DELETE FROM {table} WHERE id = %s", row) == 1
            self.mine.remove((table, row))


@pytest.mark.parametrize("seed", [1, 2])
def test_no_walk_misses_what_sixteen_writers_do(database, walk, alice, seed):
    """A client reads a row's version when it hears of it; at the end it has the last one of each."""
    writers = [Writer(database, alice, 100 * seed + n) for n in range(16)]
    for writer in writers:
        writer.start()
    copy, at, chance = {}, None, random.Random(seed)

    def look():
        nonlocal at
        seen, at = walk(alice, at, rows=chance.randint(2, 40))
        now = versions(database, alice)
        for key, _ in seen:
            copy.pop(key, None)
            if key in now:
                copy[key] = now[key]

    while any(writer.is_alive() for writer in writers):
        look()
    assert [writer.failure for writer in writers] == [None] * 16
    final = versions(database, alice)
    wait_for(lambda: look() or copy == final)
    assert len(final) > 50


def test_an_open_transaction_delays_and_loses_nothing(database, become, walk, alice):
    early, late = become(alice), become(alice)
    first = add(early, "tasks", alice)
    second = add(late, "tasks", alice)
    late.commit()
    seen, at = walk(alice)
    assert {key for key, _ in seen} <= {("user", alice.id)}
    early.commit()
    until(walk, alice, at, {("task", first), ("task", second)})


def test_what_changes_meanwhile_comes_in_the_next_walk(database, become, walk, alice):
    connection = become(alice)
    rows = [add(connection, "moods", alice) for _ in range(9)]
    connection.commit()

    def change_all():
        writer = become(alice)
        query(writer, "UPDATE moods SET score = 1")
        writer.commit()

    until(walk, alice, None, {("mood", row) for row in rows})
    seen, at = walk(alice, rows=3, between=change_all)
    assert 0 < len([key for key, _ in seen if key[0] == "mood"]) < 9
    again, _ = until(walk, alice, at, {("mood", row) for row in rows})
    assert len(again) == 9


def test_rows_from_before_come_first(database, become, walk, alice):
    connection = become(alice)
    rows = [add(connection, table, alice) for table in MINIMAL]
    connection.commit()
    for table in MINIMAL:
        database.ask("SET session_replication_role = replica")
        query(database.admin, f"UPDATE {table} SET change_xid = '0', change_epoch = 0 WHERE user_id = %s", alice.id)
    database.ask("SET session_replication_role = origin")
    until(walk, alice, None, {("user", alice.id)})
    seen, _ = walk(alice, rows=2)
    assert [key for key, _ in seen] == sorted((KINDS[table], row) for table, row in zip(MINIMAL, rows)) + [("user", alice.id)]


# What is a change, and what is none.


@pytest.mark.parametrize("table", MINIMAL)
def test_a_write_is_a_change_and_a_back_fill_is_none(database, become, alice, table):
    connection = become(alice)
    row = add(connection, table, alice)
    [(made, epoch)] = query(connection, f"SELECT change_xid, change_epoch FROM {table} WHERE id = %s", row)
    connection.commit()
    assert (made, epoch) != ("0", 0) and epoch == database.ask("SELECT max(epoch) FROM change_epochs")[0][0]
    column = next(iter(MINIMAL[table]))
    for backfill, same in (("on", True), ("off", False)):
        connection = become(alice)
        query(connection, "SELECT set_config('app.backfill', %s, true)", backfill)
        query(connection, f"UPDATE {table} SET {column} = {column} WHERE id = %s", row)
        connection.commit()
        assert (database.ask(f"SELECT change_xid FROM {table} WHERE id = %s", row) == [(made,)]) == same


def test_a_user_that_goes_leaves_no_tombstones(database, become, alice):
    connection = become(alice)
    for table in MINIMAL:
        add(connection, table, alice)
    query(connection, "DELETE FROM moods")
    assert query(connection, "SELECT count(*) FROM deletions") == [(1,)]
    query(connection, "SELECT delete_my_account()")
    connection.commit()
    assert database.ask("SELECT count(*) FROM deletions WHERE user_id = %s", alice.id) == [(0,)]


def test_tombstones_go_after_their_days(database, become, alice, app):
    connection = become(alice)
    for _ in range(3):
        add(connection, "moods", alice)
    query(connection, "DELETE FROM moods")
    connection.commit()
    ages = iter(["90 days 23 hours", "91 days 1 minute", "200 days"])
    for (row,) in database.ask("SELECT id FROM deletions WHERE user_id = %s", alice.id):
        query(database.admin, "UPDATE deletions SET deleted_at = now() - %s::interval WHERE id = %s", next(ages), row)
    query(database.admin, "SELECT forget_attempts('sweep', 'deletions')")
    assert query(app, "SELECT sweep_deletions()") == [(False,)]
    assert database.ask("SELECT count(*) FROM deletions WHERE user_id = %s", alice.id) == [(1,)]
    query(database.admin, "UPDATE deletions SET deleted_at = now() - interval '1 year' WHERE user_id = %s", alice.id)
    assert query(app, "SELECT sweep_deletions()") == [(False,)]  # once an hour
    assert database.ask("SELECT count(*) FROM deletions WHERE user_id = %s", alice.id) == [(1,)]


# Epochs.


@pytest.fixture
def elsewhere(database):
    """The database takes itself for another one: as after a promotion, its rows remain as they are."""
    query(database.admin, "UPDATE change_epochs SET identity = 'another place'"
                          " WHERE epoch = (SELECT max(epoch) FROM change_epochs)")


def test_another_place_begins_one_epoch(database, elsewhere, app):
    before = database.ask("SELECT max(epoch), count(*) FROM change_epochs")[0]
    assert query(app, "SELECT settled FROM change_clock()") == [(False,)]
    askers = [threading.Thread(target=lambda: query(database.connect(), "SELECT begin_change_epoch()")) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert database.ask("SELECT max(epoch), count(*) FROM change_epochs")[0] == (before[0] + 1, before[1] + 1)
    assert query(app, "SELECT settled FROM change_clock()") == [(True,)]
    assert database.ask("SELECT count(DISTINCT secret), count(DISTINCT nonce) = count(*) FROM change_epochs") == [(1, True)]


def test_an_epoch_waits_for_who_writes_in_the_one_before(database, elsewhere, become, walk, alice):
    writer = become(alice)
    row = add(writer, "moods", alice)
    asker = threading.Thread(target=lambda: query(database.connect(), "SELECT begin_change_epoch()"))
    asker.start()
    while not database.ask("SELECT pid FROM pg_locks WHERE relation = 'change_epochs'::regclass AND NOT granted"):
        pass
    # Who comes while the next epoch is waited for, writes in that one.
    late = become(alice)
    adder = threading.Thread(target=lambda: add(late, "projects", alice))
    adder.start()
    while len(database.ask("SELECT pid FROM pg_locks WHERE relation = 'change_epochs'::regclass AND NOT granted")) < 2:
        pass
    writer.commit()
    asker.join()
    adder.join()
    late.commit()
    epoch = database.ask("SELECT max(epoch) FROM change_epochs")[0][0]
    assert database.ask("SELECT change_epoch FROM moods WHERE id = %s", row) == [(epoch - 1,)]
    assert database.ask("SELECT change_epoch FROM projects WHERE user_id = %s", alice.id) == [(epoch,)]
    seen, _ = walk(alice)
    assert ("mood", row) in {key for key, _ in seen}


def test_a_restored_dump_shows_everything(server, database, become, page_of, alice):
    """Its rows are ahead of the transactions there, and its cursors are those of another epoch."""
    connection = become(alice)
    rows = {add(connection, "tasks", alice) for _ in range(5)}
    gone = add(connection, "moods", alice)
    query(connection, "DELETE FROM moods")
    connection.commit()
    query(database.admin, "UPDATE tasks SET title = title WHERE user_id = %s", alice.id)
    dump = server.state / "changes.dump"
    subprocess.run(["pg_dump", "-Fc", "-f", dump, server.url("daybook")], check=True)
    server.run("CREATE DATABASE restored")
    subprocess.run(["pg_restore", "--exit-on-error", "-d", server.url("restored"), dump], check=True)
    other = server.connect("restored", "daybook_app")
    query(other, "SET search_path = daybook")
    old = database.ask("SELECT epoch, nonce, secret FROM change_clock()")[0]
    assert query(other, "SELECT settled FROM change_clock()") == [(False,)]
    query(other, "SELECT begin_change_epoch()")
    new = query(other, "SELECT epoch, nonce, secret FROM change_clock()")[0]
    assert new[0] == old[0] + 1 and new[1] != old[1] and new[2] == old[2]
    query(other, "SELECT set_config('app.user_id', %s, false)", alice.id)
    _, changes = page_of(other, START)
    keys = {(kind, row): deleted for _, _, kind, row, deleted in changes}
    assert keys == {**{("task", row): False for row in rows}, ("user", alice.id): False, ("mood", gone): True}
    other.close()


def test_the_copy_of_a_database_is_another_place(server, database, migrate):
    server.run("CREATE DATABASE original")
    assert migrate("deploy", "original").returncode == 0
    server.run("CREATE DATABASE copy TEMPLATE original")
    identities = []
    for name in ("original", "copy"):
        connection = server.connect(name)
        identities += query(connection, "SELECT daybook.database_identity()")
        connection.close()
    assert len(set(identities)) == 2
