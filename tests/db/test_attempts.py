"""take_attempt and forget_attempts: exact, growing, never for good, and without leftovers."""

import threading
import uuid

import pytest

from database import query


@pytest.fixture
def key():
    return str(uuid.uuid4())


@pytest.fixture
def take(app, key):
    """Takes attempts at 3 in 60 s; answers the last waiting time."""

    def times(number=1, scope="login"):
        for _ in range(number):
            wait = query(app, "SELECT take_attempt(%s, %s, 3, 60)", scope, key)[0][0]
        return wait

    return times


def pass_time(database, key, seconds):
    database.ask(
        "UPDATE rate_limits SET window_started_at = window_started_at - make_interval(secs => %s),"
        " window_ends_at = window_ends_at - make_interval(secs => %s),"
        " expires_at = expires_at - make_interval(secs => %s) WHERE key = %s",
        seconds, seconds, seconds, key)


def test_the_first_pass_and_the_rest_wait(take):
    assert [take() for _ in range(3)] == [0, 0, 0]
    assert 50 <= take() <= 60
    assert 50 <= take() <= 60
    assert take(scope="other") == 0


def test_success_forgets(app, take, key):
    assert take(4) > 0
    query(app, "SELECT forget_attempts('login', %s)", key)
    assert take(3) == 0


def test_windows_grow_up_to_15_minutes_and_fall_back(database, take, key):
    assert take(4) > 0
    for before, window in ((60, 120), (120, 240), (240, 480), (480, 900), (900, 900)):
        pass_time(database, key, before + 1)
        assert [take(), take(), take()] == [0, 0, 0]
        assert window - 10 <= take() <= window
    pass_time(database, key, 901)
    assert take(3) == 0
    pass_time(database, key, 901)
    assert take(3) == 0, "a window that was kept is no strike"
    assert 50 <= take() <= 60


def test_a_quiet_window_forgets_the_strikes(database, take, key):
    assert take(4) > 0
    pass_time(database, key, 121)
    assert take(3) == 0
    assert 50 <= take() <= 60


def test_exact_for_20_at_once(database, key):
    results, barrier = [], threading.Barrier(20)

    def attacker():
        connection = database.connect()
        barrier.wait()
        for _ in range(10):
            results.append(query(connection, "SELECT take_attempt('login', %s, 5, 60)", key)[0][0])
        connection.close()

    threads = [threading.Thread(target=attacker) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 200 and results.count(0) == 5
    assert all(50 <= wait <= 60 for wait in results if wait)


def test_the_refused_neither_write_nor_wait(database, app, take, key):
    assert take(4) > 0
    holder = database.connect("postgres", autocommit=False)
    query(holder, "SELECT 1 FROM rate_limits WHERE key = %s FOR UPDATE", key)
    before = database.ask("SELECT xmin::text FROM rate_limits WHERE key = %s", key)
    query(app, "SET lock_timeout = 100")
    assert take(5) > 0
    assert database.ask("SELECT xmin::text FROM rate_limits WHERE key = %s", key) == before
    holder.close()


def test_a_rolled_back_attempt_is_not_counted(become, database, key):
    connection = become(None)
    query(connection, "SELECT take_attempt('login', %s, 3, 60)", key)
    connection.rollback()
    assert database.ask("SELECT count(*) FROM rate_limits WHERE key = %s", key) == [(0,)]


def test_the_table_does_not_grow(database, app):
    database.ask("INSERT INTO rate_limits SELECT 'old', n::text, now(), now(), now() - interval '1 h',"
                 " 1, 0 FROM generate_series(1, 20) AS n")
    for _ in range(6):
        query(app, "SELECT take_attempt('login', %s, 3, 60)", str(uuid.uuid4()))
    assert database.ask("SELECT count(*) FROM rate_limits WHERE scope = 'old'") == [(0,)]
