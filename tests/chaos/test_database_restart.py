"""PostgreSQL dies and comes back while people work."""

import os
import random
import signal

from faults import told
from load import Load
from promises import promise, rounds
from stack import POOLS
from waiting import wait_for

ENOUGH = 100  # answers, for a test to mean something
IN_A_ROW = 20  # successes, for all to be well again
REINITIALIZES = "all server processes terminated"


def check(stack, load, workers):
    assert len(load.answers) >= ENOUGH
    assert load.impolite() == []
    assert load.lost() == []
    assert {pool: stack.workers(pool) for pool in workers} == workers, "a worker has ended"


def workers_of(stack):
    return {pool: stack.workers(pool) for pool in POOLS}


def answers(stack):
    try:
        return stack.ask("SELECT 1")
    except Exception:  # psycopg2 has many words for "not now"
        return None


def work_on(load, answers):
    """Waits for so many further answers."""
    enough = len(load.answers) + answers
    wait_for(lambda: len(load.answers) >= enough)


def see_all_well(load):
    """Everybody is served again: PostgreSQL is back, and nothing else was done."""
    work_on(load, IN_A_ROW)
    wait_for(lambda: all(answer.ok for answer in load.answers[-IN_A_ROW:]))


@promise
def test_immediate_restarts(stack):
    workers = workers_of(stack)
    with Load(stack) as load:
        for _ in range(rounds(4, 20)):
            work_on(load, IN_A_ROW)
            stack.postgres.stop()
            stack.postgres.start()
            see_all_well(load)
    check(stack, load, workers)
    assert load.failed(), "the restarts were not noticed"


def test_away_for_a_while(stack):
    workers = workers_of(stack)
    with Load(stack) as load:
        work_on(load, IN_A_ROW)
        stack.postgres.stop()
        wait_for(lambda: len(load.failed()) >= ENOUGH)
        stack.postgres.start()
        see_all_well(load)
    check(stack, load, workers)


@promise
def test_killed_backends(stack):
    workers = workers_of(stack)
    with Load(stack) as load:
        for _ in range(rounds(4, 50)):
            work_on(load, IN_A_ROW)
            before = told(stack, REINITIALIZES)
            backends = wait_for(lambda: stack.ask(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'daybook-worker'"))
            os.kill(random.choice(backends)[0], signal.SIGKILL)
            wait_for(lambda: told(stack, REINITIALIZES) > before)
            wait_for(lambda: answers(stack))
            see_all_well(load)
    check(stack, load, workers)


def test_ended_backends(stack):
    """One connection ends at a time: an administrator's doing, or a pooler's."""
    workers = workers_of(stack)
    with Load(stack) as load:
        for _ in range(20):
            work_on(load, 3)
            stack.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                      " WHERE application_name = 'daybook-worker' ORDER BY random() LIMIT 1")
    check(stack, load, workers)
