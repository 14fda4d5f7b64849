"""What a user has stored is the sum of what is there, however it came and went; and who has too much adds
nothing more, but may still make it less."""

import random
import re
import threading
import uuid

import psycopg2
import pytest

from database import COUNTED, MINIMAL, add, bytes_counted, bytes_there, query
from private_pg import ROOT

SAMPLE = 32768
LARGE = {"tasks": ("description", 2000), "projects": ("description", 2000), "journals": ("content", 100000),
         "moods": ("note", 1000), "categories": ("name", 50)}


def limit(connection, byte_count):
    query(connection, "SELECT set_config('app.quota_bytes', %s, true)", str(byte_count))


def fill(connection, user, count, letter="x"):
    """Entries of 101 000 bytes, which count as they are."""
    return [add(connection, "journals", user, content=letter * 100000) for _ in range(count)]


def refused(connection, act):
    """Whether something is refused since too much is stored; the transaction goes on."""
    query(connection, "SAVEPOINT before")
    try:
        act()
    except psycopg2.Error as error:
        assert error.pgcode == "DB413"
        query(connection, "ROLLBACK TO before")
        return True
    return False


# What counts.


def test_a_sample_is_right_on_average(app):
    """Of rows of n bytes, n in 32768 count as 32768: all hashes in turn come to the exact sum."""
    for size in (1, 200, 1000, 1234, SAMPLE - 1):
        assert query(app, "SELECT sum(sampled(%s, h)) FROM generate_series(0, 32767) AS h", size) == [(SAMPLE * size,)]
    for size in (SAMPLE, SAMPLE + 1, 400000):
        assert query(app, "SELECT DISTINCT sampled(%s, h) FROM generate_series(-9, 9) AS h", size) == [(size,)]


@pytest.mark.parametrize("table, minimal, columns, more", [
    ("tasks", 1006, {"description": "ü" * 50, "title": "ab"}, 1102),
    ("projects", 1009, {"description": "x" * 30}, 1039),
    ("categories", 1036, {}, 1036),
    ("moods", 1000, {"note": "€", "emotions": ["sad", "glad"]}, 1403),
    ("journals", 1010, {"title": "a", "tags": ["b", "c"]}, 1411)])
def test_the_bytes_of_a_row(become, alice, table, minimal, columns, more):
    connection = become(alice)
    rows = [add(connection, table, alice), add(connection, table, alice, **columns)]
    assert [query(connection, f"SELECT row_bytes(r) FROM {table} AS r WHERE id = %s", row)[0][0] for row in rows] == [
        minimal, more]


def test_ids_that_a_client_chooses_tell_nothing_of_their_chance(database, server, migrate):
    """The same id has another hash in another database."""
    server.run("CREATE DATABASE sampled_otherwise")
    assert migrate("deploy", "sampled_otherwise").returncode == 0
    other = server.connect("sampled_otherwise")
    sql = "SELECT daybook.row_hash(jsonb_populate_record(NULL::daybook.%s, jsonb_build_object('id', '%s')))"
    for table in MINIMAL:
        ids = [uuid.uuid5(uuid.NAMESPACE_URL, str(n)) for n in range(5)]
        assert [query(other, sql % (table, i)) for i in ids] != [database.ask(sql % (table, i)) for i in ids]
    other.close()
    server.run("DROP DATABASE sampled_otherwise")


class Writer(threading.Thread):
    """Makes, changes and deletes rows of all kinds and sizes; some of its transactions are taken back."""

    def __init__(self, database, user, seed):
        super().__init__(daemon=True)
        self.database, self.user, self.chance, self.failure = database, user, random.Random(seed), None

    def run(self):
        connection = self.database.connect(autocommit=False)
        try:
            for _ in range(30):
                query(connection, "SELECT set_config('app.user_id', %s, true)", self.user.id)
                for _ in range(self.chance.randint(1, 5)):
                    self.deed(connection)
                (connection.rollback if self.chance.random() < 0.2 else connection.commit)()
        except psycopg2.errors.DeadlockDetected:
            connection.rollback()  # of writers of one row in another order; what is left of it has to be right
        except Exception as failure:
            self.failure = failure
        finally:
            connection.close()

    def deed(self, connection):
        table = self.chance.choice(list(MINIMAL))
        column, most = LARGE[table]
        text = uuid.uuid4().hex + "x" * self.chance.choice([0, 10, most - 32])
        rows = [row for (row,) in query(connection, f"SELECT id FROM {table} ORDER BY id LIMIT 5 FOR UPDATE SKIP LOCKED")]
        deed = self.chance.choice(["add", "add", "change", "delete"]) if rows else "add"
        if deed == "add":
            add(connection, table, self.user, **{column: text})
        elif deed == "change":
            query(connection, f"UPDATE {table} SET {column} = %s WHERE id = %s", text, rows[0])
        else:
            query(connection, f"DELETE FROM {table} WHERE id = %s", rows[-1])


def test_the_sum_is_what_is_there_after_sixteen_writers_at_once(database, alice):
    writers = [Writer(database, alice, seed) for seed in range(16)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.failure for writer in writers] == [None] * 16
    assert bytes_counted(database.admin, alice) == bytes_there(database.admin, alice) > 0
    assert database.ask("SELECT count(*) <= 16 FROM stored_bytes WHERE user_id = %s", alice.id) == [(True,)]


def test_what_a_project_takes_along_is_counted(database, become, alice):
    connection = become(alice)
    project = add(connection, "projects", alice)
    category = add(connection, "categories", alice)
    for _ in range(200):
        add(connection, "tasks", alice, project_id=project, category_id=category, description="x" * 2000)
    connection.commit()
    assert bytes_counted(database.admin, alice) == bytes_there(database.admin, alice) > 0
    connection = become(alice)
    query(connection, "DELETE FROM categories")
    query(connection, "DELETE FROM projects")
    connection.commit()
    assert bytes_counted(database.admin, alice) == bytes_there(database.admin, alice)
    assert query(database.admin, "SELECT count(*) FROM tasks WHERE user_id = %s", alice.id) == [(0,)]


def test_a_stored_answer_counts_until_it_is_emptied(database, become, alice):
    connection = become(alice)
    task = add(connection, "tasks", alice)
    before = bytes_counted(connection, alice)
    query(connection, "SELECT store_idempotency_answer('POST /tasks', 'key', '', 201, '', %s)",
          '{"id": "%s", "description": "%s"}' % (task, "x" * 50000))
    assert bytes_counted(connection, alice) > before + 50000
    query(connection, "DELETE FROM tasks")
    connection.commit()
    assert bytes_counted(database.admin, alice) == bytes_there(database.admin, alice) < 50000


def test_an_account_with_much_in_it_can_go(database, become, alice):
    connection = become(alice)
    fill(connection, alice, 5)
    assert query(connection, "SELECT delete_my_account()") == [(True,)]
    connection.commit()
    assert database.ask("SELECT count(*) FROM stored_bytes WHERE user_id = %s", alice.id) == [(0,)]


# What is refused.


def test_nothing_is_refused_up_to_the_limit_and_all_beyond(become, alice):
    connection = become(alice)
    limit(connection, 505000 + len(MINIMAL) * SAMPLE)
    assert not refused(connection, lambda: fill(connection, alice, 5))
    for table in MINIMAL:
        assert not refused(connection, lambda: add(connection, table, alice)), table
    limit(connection, 504999)
    for table in MINIMAL:
        assert refused(connection, lambda: add(connection, table, alice)), table


def test_what_is_larger_than_the_rest_of_the_room_is_refused(become, alice):
    connection = become(alice)
    limit(connection, 303000)
    fill(connection, alice, 3)
    assert refused(connection, lambda: fill(connection, alice, 1))
    assert bytes_counted(connection, alice) == 303000


def test_who_has_too_much_can_make_it_less(become, alice):
    connection = become(alice)
    first, second, third = fill(connection, alice, 3)
    task = add(connection, "tasks", alice, description="long enough")
    limit(connection, 200000)
    assert refused(connection, lambda: query(connection, "UPDATE tasks SET description = 'longer than it was'"))
    assert not refused(connection, lambda: query(
        connection, "UPDATE tasks SET description = 'shorter', status = 'DONE' WHERE id = %s", task))
    assert not refused(connection, lambda: query(
        connection, "UPDATE journals SET content = %s WHERE id = %s", "y" * 100000, first))
    assert not refused(connection, lambda: query(connection, "DELETE FROM journals WHERE id = %s", second))
    assert bytes_counted(connection, alice) <= 202000 + 2 * SAMPLE
    assert not refused(connection, lambda: query(connection, "DELETE FROM journals WHERE id = %s", third))
    assert not refused(connection, lambda: query(connection, "UPDATE tasks SET description = 'longer than it was'"))


def test_without_a_limit_nothing_is_refused(become, alice):
    for setting in ("", None, 10 ** 18 - 1):
        connection = become(alice)
        if setting is not None:
            limit(connection, setting)
        assert not refused(connection, lambda: fill(connection, alice, 5))


def test_a_stored_answer_may_go_a_tenth_beyond(become, alice):
    connection = become(alice)
    limit(connection, 310000)
    fill(connection, alice, 3)

    def store(key, status, body):
        return refused(connection, lambda: query(
            connection, "SELECT store_idempotency_answer('PATCH /tasks', %s, '', %s, '', %s)", key, status, body))

    assert not store("1", 200, '{"a": "%s"}' % ("x" * 32000))
    assert store("3", 200, '{"a": "%s"}' % ("x" * 32000))
    limit(connection, 1000)
    assert store("4", 200, "{}")
    assert not store("5", 204, ""), "a deletion is told"


def test_one_user_is_not_refused_for_another(become, alice, bob):
    rich = become(alice)
    fill(rich, alice, 5)
    rich.commit()
    connection = become(bob)
    limit(connection, 200000)
    assert not refused(connection, lambda: fill(connection, bob, 1))


def test_nobody_waits_for_a_part_that_another_holds(become, alice):
    first, second = become(alice), become(alice)
    fill(first, alice, 1)
    query(second, "SET LOCAL lock_timeout = '1s'")
    fill(second, alice, 1)
    second.commit()
    first.commit()
    assert bytes_counted(become(alice), alice) == 202000


def test_only_triggers_count(become, alice):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(become(alice), "SELECT add_stored_bytes(%s, -1000000)", alice.id)


def test_no_write_of_the_program_is_left_out(database):
    """Every table that a request may fill is counted, but for those that have a few rows of a user."""
    few = {"users", "sessions", "board_generations", "calendar_feeds", "journal_tags", "preferences"}
    written = {table for table, in database.ask(
        "SELECT relname FROM pg_class AS c WHERE relnamespace = 'daybook'::regnamespace AND relkind = 'r'"
        " AND (has_any_column_privilege('daybook_app', c.oid, 'INSERT')"
        " OR has_any_column_privilege('daybook_app', c.oid, 'UPDATE'))")}
    triggers = {table.removeprefix("daybook.") for table, in database.ask(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = 'daybook.count_bytes()'::regprocedure")}
    assert triggers == set(COUNTED) and triggers - {"deletions"} == written - few


# What the operator sees.


def test_the_documented_statement_shows_the_largest_users(database, alice, bob):
    text = (ROOT / "docs" / "operations.md").read_text()
    statement = re.search(r'psql -d daybook -c "(SELECT [^"]*stored_bytes[^"]*)"', text)[1]
    for user, parts in ((bob, [10 ** 12]), (alice, [10 ** 12, 5])):
        for part in parts:
            database.ask("INSERT INTO stored_bytes VALUES (%s, gen_random_uuid(), %s)", user.id, part)
    assert database.ask(statement)[:2] == [(alice.username, 10 ** 12 + 5, "931 GB"), (bob.username, 10 ** 12, "931 GB")]
