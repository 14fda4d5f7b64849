"""Idempotency keys: one of many at once does the work, the others learn what became of it."""

import json
import threading
import uuid

import psycopg2
import pytest

from database import MINIMAL, add, add_task, begin, query
from waiting import wait_for

HASH, OTHER_HASH = b"\x01" * 32, b"\x02" * 32


def claim(connection, key="key", route="POST /tasks", body_hash=HASH):
    return query(connection, "SELECT * FROM claim_idempotency_key(%s, %s, %s)", route, key, body_hash)[0]


def store(connection, key="key", status=201, body='{"id": 1}', route="POST /tasks"):
    query(connection, "SELECT store_idempotency_answer(%s, %s, %s, %s, 'Location: /x', %s)", route, key,
          HASH, status, body)


@pytest.fixture
def mine(become, alice):
    return become(alice)


@pytest.fixture
def stored(become, alice):
    connection = become(alice)
    assert claim(connection)[0] == "fresh"
    store(connection)
    connection.commit()


def test_replay(become, alice, stored):
    assert claim(become(alice)) == ("replay", 201, "Location: /x", '{"id": 1}')
    assert claim(become(alice)) == ("replay", 201, "Location: /x", '{"id": 1}'), "two at once, too"


def test_another_body(mine, stored):
    assert claim(mine, body_hash=OTHER_HASH) == ("mismatch", None, None, None)


def test_the_scope_is_user_route_and_key(become, mine, bob, stored):
    assert claim(mine, key="other")[0] == "fresh"
    assert claim(mine, route="POST /projects")[0] == "fresh"
    assert claim(become(bob))[0] == "fresh"


def test_in_flight_until_the_holder_ends(become, alice):
    first, second = become(alice), become(alice)
    assert claim(first)[0] == "fresh"
    assert claim(second) == ("in_flight", None, None, None)
    first.rollback()
    assert claim(second)[0] == "fresh"


def test_a_request_that_died_left_nothing(become, mine, alice):
    connection = become(alice)
    claim(connection)
    add_task(connection, alice)
    store(connection)
    connection.rollback()
    assert claim(mine)[0] == "fresh"


def test_a_refused_change_keeps_its_answer(become, mine, alice):
    connection = become(alice)
    claim(connection)
    query(connection, "SAVEPOINT work")
    with pytest.raises(psycopg2.Error):
        add_task(connection, alice, title="")
    query(connection, "ROLLBACK TO SAVEPOINT work")
    assert claim(mine)[0] == "in_flight", "the key is held across the savepoint"
    store(connection, status=400, body="{}")
    connection.commit()
    assert claim(mine)[:2] == ("replay", 400)


@pytest.mark.parametrize("age, outcome", [("23:59", "replay"), ("24:01", "fresh")])
def test_kept_for_24_hours(database, mine, alice, stored, age, outcome):
    database.ask("UPDATE idempotency_keys SET created_at = now() - %s::interval WHERE user_id = %s", age,
                 alice.id)
    assert claim(mine)[0] == outcome
    if outcome == "fresh":
        store(mine, status=200)
        mine.commit()


def test_new_keys_take_old_ones_along(database, become, alice):
    database.ask("INSERT INTO idempotency_keys SELECT %s, 'POST /tasks', n::text, '', 200, '', '',"
                 " now() - interval '25 h' FROM generate_series(1, 6) AS n", alice.id)
    for n in range(2):
        connection = become(alice)
        claim(connection, key=f"new {n}")
        connection.commit()
    assert database.ask("SELECT count(*) FROM idempotency_keys WHERE user_id = %s", alice.id) == [(0,)]


def test_50_at_once_make_one_row(database, become, alice):
    outcomes, barrier = [], threading.Barrier(50)

    def client():
        connection = database.connect(autocommit=False)
        barrier.wait()
        while True:
            begin(connection, alice)
            outcome = claim(connection)[0]
            if outcome == "fresh":
                add_task(connection, alice)
                store(connection)
            connection.commit()
            outcomes.append(outcome)
            if outcome != "in_flight":
                break
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("fresh") == 1 and outcomes.count("replay") == 49
    assert query(become(alice), "SELECT count(*) FROM tasks") == [(1,)]


# What was deleted, and what is old


def ids_of(database, user):
    return database.ask("SELECT status, head, body, resource_ids::text[] FROM idempotency_keys WHERE user_id = %s"
                        " ORDER BY key", user.id)


def test_a_stored_answer_knows_what_it_shows(database, become, alice):
    connection = become(alice)
    one, two = str(uuid.uuid4()), str(uuid.uuid4())
    body = json.dumps({"tasks": [{"id": one, "project_id": two}, {"id": two}], "current": {"id": one}, "id": 7})
    claim(connection)
    store(connection, body=body)
    claim(connection, key="empty")
    store(connection, key="empty", status=204, body="")
    connection.commit()
    assert [(row[0], sorted(row[3])) for row in ids_of(database, alice)] == [(204, []), (201, sorted([one, two]))]


@pytest.mark.parametrize("table", MINIMAL)
def test_a_deletion_empties_what_shows_the_row(database, become, alice, bob, table):
    connection = become(alice)
    rows = [add(connection, table, alice) for _ in range(3)]
    for row in rows:
        claim(connection, key=row)
        store(connection, key=row, body=json.dumps({"id": row}))
    connection.commit()
    begin(connection, alice)
    query(connection, f"DELETE FROM {table} WHERE id = ANY (%s::uuid[])", rows[:2])
    connection.commit()
    stored = dict(database.ask("SELECT key, body FROM idempotency_keys WHERE user_id = %s", alice.id))
    assert stored == {rows[0]: "", rows[1]: "", rows[2]: json.dumps({"id": rows[2]})}
    begin(connection, alice)
    assert claim(connection, key=rows[0]) == ("replay", 404, "", "")


@pytest.mark.parametrize("status", [200, 409])
@pytest.mark.parametrize("table", MINIMAL)
def test_what_was_deleted_before_its_answer_is_stored(database, become, alice, table, status):
    """The answer was made of a row that nobody held."""
    setup, connection = become(alice), become(alice)
    row, stays = add(setup, table, alice), add(setup, table, alice)
    setup.commit()
    assert claim(connection)[0] == "fresh"
    assert query(connection, f"SELECT id::text FROM {table} WHERE id = %s", row) == [(row,)]
    begin(setup, alice)
    query(setup, f"DELETE FROM {table} WHERE id = %s", row)
    setup.commit()
    store(connection, status=status, body=json.dumps({"current": {"id": row}, "others": [{"id": stays}]}))
    connection.commit()
    assert ids_of(database, alice) == [(404, "", "", [])]


@pytest.mark.parametrize("table", MINIMAL)
def test_what_is_deleted_while_its_answer_is_stored(database, become, alice, table):
    """The deletion waits until it sees the answer."""
    setup, storing, deleting = become(alice), become(alice), become(alice)
    row = add(setup, table, alice)
    setup.commit()
    claim(storing)
    store(storing, status=409, body=json.dumps({"current": {"id": row}}))

    def delete():
        query(deleting, f"DELETE FROM {table} WHERE id = %s", row)
        deleting.commit()

    thread = threading.Thread(target=delete)
    thread.start()
    wait_for(lambda: database.ask("SELECT FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'",
                                  deleting.get_backend_pid()))
    storing.commit()
    thread.join()
    assert ids_of(database, alice) == [(404, "", "", [])]


def test_the_end_of_an_account_takes_all_answers(database, become, alice):
    connection = become(alice)
    task = add_task(connection, alice)
    claim(connection)
    store(connection, body=json.dumps({"id": task}))
    connection.commit()
    begin(connection, alice)
    assert query(connection, "SELECT delete_my_account()") == [(True,)]
    connection.commit()
    assert ids_of(database, alice) == []


def test_emptying_uses_its_index(database):
    database.ask("SET enable_seqscan = off")
    plan = database.ask("EXPLAIN UPDATE idempotency_keys AS k SET body = '' FROM users AS g"
                        " WHERE k.resource_ids @> ARRAY[g.id]")
    database.ask("RESET enable_seqscan")
    assert "idempotency_keys_resource_ids" in str(plan)


@pytest.fixture
def sweep(database, app):
    """sweep(): what it answers, an hour after the last one."""

    def ask(again=False):
        if not again:
            database.ask("DELETE FROM rate_limits WHERE scope = 'sweep'")
        return query(app, "SELECT sweep_stored_answers()")[0][0]

    return ask


def age(database, user, interval, count=1):
    database.ask("INSERT INTO idempotency_keys SELECT %s, 'POST /tasks', gen_random_uuid()::text, '', 200, '', '',"
                 " now() - %s::interval FROM generate_series(1, %s)", user.id, interval, count)


def test_old_answers_go_by_the_clock(database, sweep, alice, bob):
    for user in (alice, bob):
        age(database, user, "24:01")
        age(database, user, "23:59")
    assert sweep() is False
    for user in (alice, bob):
        assert database.ask("SELECT count(*), min(now() - created_at) < interval '24 h' FROM idempotency_keys"
                            " WHERE user_id = %s", user.id) == [(1, True)]


def test_once_an_hour_is_enough(database, sweep, alice):
    assert sweep() is False
    age(database, alice, "25 h")
    assert sweep(again=True) is False
    assert database.ask("SELECT count(*) FROM idempotency_keys WHERE user_id = %s", alice.id) == [(1,)]
    assert sweep() is False
    assert database.ask("SELECT count(*) FROM idempotency_keys WHERE user_id = %s", alice.id) == [(0,)]


def test_many_old_answers_go_bit_by_bit(database, sweep, alice):
    age(database, alice, "25 h", 5001)
    assert sweep() is True
    assert sweep(again=True) is False
    assert database.ask("SELECT count(*) FROM idempotency_keys WHERE user_id = %s", alice.id) == [(0,)]


def test_a_sweep_waits_for_nobody(database, sweep, alice):
    age(database, alice, "25 h", 2)
    holder = database.connect("postgres", autocommit=False)
    query(holder, "SELECT FROM idempotency_keys WHERE user_id = %s LIMIT 1 FOR UPDATE", alice.id)
    query(holder, "SELECT pg_advisory_xact_lock(hashtextextended('sweep idempotency_keys', 0))")
    assert sweep() is False
    assert database.ask("SELECT count(*) FROM idempotency_keys WHERE user_id = %s", alice.id) == [(2,)]
    holder.rollback()
    query(holder, "SELECT FROM idempotency_keys WHERE user_id = %s LIMIT 1 FOR UPDATE", alice.id)
    assert sweep() is False
    assert database.ask("SELECT count(*) FROM idempotency_keys WHERE user_id = %s", alice.id) == [(1,)]
    holder.close()
