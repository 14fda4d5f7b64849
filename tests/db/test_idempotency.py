"""Idempotency keys: one of many at once does the work, the others learn what became of it."""

import threading

import psycopg2
import pytest

from database import add_task, begin, query

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
