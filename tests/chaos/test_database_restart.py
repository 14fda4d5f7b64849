"""PostgreSQL dies and comes back while people work."""

import os
import random
import signal
import time

from load import Load
from promises import promise, rounds
from stack import POOLS
from waiting import wait_for

SLOWEST_S = 4
READY_S = 1
ENOUGH = 100  # answers, for a test to mean something


def check(stack, load, workers):
    assert len(load.answers) >= ENOUGH
    assert load.impolite() == []
    assert load.lost() == []
    assert load.slowest_s() < SLOWEST_S
    assert {pool: stack.workers(pool) for pool in workers} == workers, "a worker has ended"


def workers_of(stack):
    return {pool: stack.workers(pool) for pool in POOLS}


def answers(stack):
    try:
        return stack.ask("SELECT 1")
    except Exception:  # psycopg2 has many words for "not now"
        return None


def see_all_well(load, ready):
    """Whatever began later than a second after PostgreSQL was ready has succeeded."""
    wait_for(lambda: len(load.since(ready + READY_S)) > 20, 20)
    assert load.failed(ready + READY_S) == []


@promise
def test_immediate_restarts(stack):
    workers = workers_of(stack)
    with Load(stack) as load:
        for _ in range(rounds(4, 20)):
            time.sleep(0.3)
            stack.postgres.stop()
            stack.postgres.start()
            see_all_well(load, time.monotonic())
    check(stack, load, workers)
    assert load.failed(), "the restarts were not noticed"


def test_away_for_a_while(stack):
    workers = workers_of(stack)
    with Load(stack) as load:
        time.sleep(0.3)
        stack.postgres.stop()
        time.sleep(2.5)
        stack.postgres.start()
        see_all_well(load, time.monotonic())
    check(stack, load, workers)


@promise
def test_killed_backends(stack):
    workers = workers_of(stack)
    with Load(stack) as load:
        for _ in range(rounds(4, 50)):
            time.sleep(0.3)
            backends = wait_for(lambda: stack.ask(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'daybook-worker'"))
            os.kill(random.choice(backends)[0], signal.SIGKILL)
            time.sleep(0.1)
            wait_for(lambda: answers(stack), pause_s=0.005)
            see_all_well(load, time.monotonic())
    check(stack, load, workers)


def test_ended_backends(stack):
    """One connection ends at a time: an administrator's doing, or a pooler's."""
    workers = workers_of(stack)
    with Load(stack) as load:
        for _ in range(20):
            time.sleep(0.05)
            stack.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                      " WHERE application_name = 'daybook-worker' ORDER BY random() LIMIT 1")
    check(stack, load, workers)
