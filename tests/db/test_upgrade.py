"""A database of the first release migrates while the workers of that release serve: none of their requests
fails, and each row, count and order is as it was, or as the last acknowledged write left it."""

import subprocess
import threading
import types
import uuid

import pytest

from board_model import STATUSES
from database import bytes_counted, bytes_there, query
from private_pg import ROOT
from released_load import LISTS, TABLES, Mover, Visitor, Writer, log_in
from released_worker import Worker

TAG = "@v0.1.0"
# Columns of a row that are counted when it is read.
COUNTED = {"task_count", "task_counts", "_etag"}


class Old:
    """What a table had at the tag: a digest of its released columns for each row, by primary key."""

    def __init__(self, admin):
        self.admin = admin
        self.columns = {}
        for table, column in query(admin, "SELECT table_name, column_name FROM information_schema.columns"
                                   " WHERE table_schema = 'daybook' ORDER BY table_name, ordinal_position"):
            self.columns.setdefault(table, []).append(column)
        self.keys = {table: self.primary_key(table) for table in self.columns}
        self.files = self.find_files()
        self.rows = self.digest()

    def primary_key(self, table):
        return [name for (name,) in query(
            self.admin, "SELECT a.attname FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid"
            " AND a.attnum = ANY (i.indkey) WHERE i.indisprimary AND i.indrelid = %s::regclass"
            " ORDER BY array_position(i.indkey, a.attnum)", f"daybook.{table}")]

    def digest(self):
        """{table: {key: digest}} as it is now."""
        return {table: {tuple(key): digest for key, digest in query(
            self.admin, f"SELECT ARRAY[{', '.join(f'{name}::text' for name in self.keys[table])}],"
            f" md5(ROW({', '.join(columns)})::text) FROM daybook.{table}")}
            for table, columns in self.columns.items()}

    def find_files(self):
        """Where the rows of each table are: another file is another copy of the whole table."""
        return dict(query(self.admin, "SELECT relname::text, pg_relation_filenode(oid) FROM pg_class"
                          " WHERE relnamespace = 'daybook'::regnamespace AND relkind = 'r'"
                          " AND relname = ANY (%s)", list(self.columns)))


def old_lists(server, name, user):
    """All lists of a user in all orders, as workers of that release see them."""
    worker = Worker(server, name, user)
    lists = {(kind, sort_by, sort_order): worker.ask(f"{kind}_list", sort_by=sort_by, sort_order=sort_order,
                                                     rows=10000, skip=0)
             for kind, orders in LISTS.items() for sort_by in orders for sort_order in ("asc", "desc")}
    worker.close()
    return lists


def wait_until_all_have_served(clients, count):
    """Each of them this many requests more than now."""
    wanted = {client: client.served + count for client in clients}
    while not all(client.served >= wanted[client] for client in clients):
        for client in clients:
            if not client.is_alive():
                raise client.fault
        clients[0].join(0.02)


@pytest.fixture(scope="module")
def upgrade(server, database, migrate):
    """The upgrade itself; tests look at what it left."""
    name = "upgraded"
    server.run(f"CREATE DATABASE {name}")
    done = migrate("deploy", name, "--to", TAG)
    assert done.returncode == 0, done.stdout + done.stderr
    done = subprocess.run([ROOT / "scripts" / "seed", "--small", server.url(name)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr

    admin = server.connect(name)
    query(admin, "SET search_path = daybook; SET timezone = 'UTC'")
    people = [types.SimpleNamespace(id=user, session=str(uuid.uuid4()), username=username) for user, username in
              query(admin, "SELECT id::text, username FROM users ORDER BY created_at LIMIT 12")]
    worker = Worker(server, name, None)
    for person in people:
        log_in(worker, person)
    worker.close()
    busy, quiet, stop = people[:8], people[8:], threading.Event()
    assert "virginia" == busy[2].username
    old, lists = Old(admin), [old_lists(server, name, person) for person in quiet]

    clients = [(Mover if person is busy[2] else Writer)(server, name, person, seed, stop)
               for seed, person in enumerate(busy)] + [Visitor(server, name, None, 100, stop)]
    for client in clients:
        client.start()
    wait_until_all_have_served(clients, 10)
    served = sum(client.served for client in clients)
    done = migrate("deploy", name)
    served = sum(client.served for client in clients) - served
    if done.returncode == 0:
        wait_until_all_have_served(clients, 30)
    stop.set()
    for client in clients:
        client.join()
    yield types.SimpleNamespace(server=server, name=name, done=done, admin=admin, old=old, lists=lists, quiet=quiet,
                                clients=clients, writers=[c for c in clients if isinstance(c, Writer)],
                                mover=clients[2], served=served)
    for client in clients:
        client.worker.close()
    admin.close()


def test_no_request_failed(upgrade):
    assert upgrade.done.returncode == 0, upgrade.done.stdout + upgrade.done.stderr
    assert [client.fault for client in upgrade.clients] == [None] * len(upgrade.clients)
    assert upgrade.served > 0, "nobody was served while it migrated"


def test_no_table_was_written_anew(upgrade):
    assert upgrade.old.find_files() == upgrade.old.files


def touched_rows(upgrade):
    """{table: keys of the rows that the load has written}; those of a user for what it writes by itself."""
    rows = {table: set() for table in upgrade.old.columns}
    for client in upgrade.clients:
        for kind, row in client.acknowledged:
            if kind == "user":
                rows["users"].add((row,))
                rows["credentials"].add((row,))
            else:
                rows[TABLES[kind]].add((client.user.id, row))
    return rows


def test_every_row_is_as_it_was(upgrade):
    """All rows that the load has not written, and no others but its own."""
    touched, now = touched_rows(upgrade), upgrade.old.digest()
    owners = {client.user.id for client in upgrade.clients if client.user} | {user for (user,) in touched["users"]}
    assert sum(len(rows) for rows in touched.values()) > 100
    for table, rows in upgrade.old.rows.items():
        for key, digest in rows.items():
            if key not in touched[table] and not (table == "sessions" and key[0] in owners):
                assert now[table].get(key) == digest, (table, key)
        new = set(now[table]) - set(rows) - touched[table]
        assert all(key[0] in owners for key in new if "user_id" in upgrade.old.columns[table]), (table, new)


def test_every_acknowledged_write_is_there(upgrade):
    for client in upgrade.clients:
        for (kind, row), written in client.acknowledged.items():
            if kind == "user":
                continue
            found = client.worker.ask(f"{kind}_get", id=row)
            strip = [{name: value for name, value in row.items() if name not in COUNTED}
                     for row in (*found, *([written] if written else []))]
            assert len(found) == (written is not None) and (not written or strip[0] == strip[1]), (kind, row)


def test_every_order_is_as_it_was(upgrade):
    """Lists of those who changed nothing, in each order and to the last row."""
    for person, before in zip(upgrade.quiet, upgrade.lists):
        now = old_lists(upgrade.server, upgrade.name, person)
        for key in before:
            assert now[key] == before[key], key


def order(upgrade, user, columns):
    return {status: [task for (task,) in query(
        upgrade.admin, f"SELECT id::text FROM tasks WHERE user_id = %s AND status = %s ORDER BY {columns}", user,
        status)] for status in STATUSES}


def test_every_board_is_in_its_order(upgrade):
    """The new order is the old one of each status, then what was appended, in the order in which it was."""
    for client in upgrade.writers:
        assert order(upgrade, client.user.id, "place_key") == client.model.columns
    for user in (upgrade.mover.user, *upgrade.quiet):
        assert order(upgrade, user.id, "place_key") == order(upgrade, user.id, "position, id")
    assert upgrade.mover.refused > 0 and upgrade.mover.acknowledged


def test_what_everybody_stores_is_counted(upgrade):
    """What was there before, and what was written meanwhile."""
    everybody = [types.SimpleNamespace(id=user) for (user,) in query(upgrade.admin, "SELECT id::text FROM users")]
    sums = [bytes_counted(upgrade.admin, user) for user in everybody]
    assert sums == [bytes_there(upgrade.admin, user) for user in everybody]
    assert sum(sums) > 0


def test_back_again(upgrade, migrate):
    """The way back keeps every row, and workers of that release move tasks again. Zones that they would
    take for abbreviations go."""
    before = {**upgrade.old.digest(), "timezones": upgrade.old.rows["timezones"]}
    done = migrate("revert", upgrade.name, "--to", TAG)
    assert done.returncode == 0, done.stdout + done.stderr
    assert upgrade.old.digest() == before
    task, neighbour = upgrade.mover.tasks[:2]
    upgrade.mover.worker.ask("task_update", id=neighbour, sent=["status", "project_id"], status="DONE")
    upgrade.mover.worker.ask("board_move", id=task, sent=["status", "project_id", "after"], status="DONE",
                             after=neighbour)
    column = order(upgrade, upgrade.mover.user.id, "position, id")["DONE"]
    assert column.index(task) == column.index(neighbour) + 1
