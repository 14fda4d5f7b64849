"""Answers of PostgreSQL that never arrive."""

import concurrent.futures
import json
import os
import signal
import uuid

import pytest

from fastcgi import Pool, ask
from faults import looks
from promises import promise, rounds
from wire import Wire
from waiting import wait_for

CUTS = rounds(40, 500)
TIMEOUTS = {"STATEMENT_TIMEOUT_MS": "500", "CONNECT_TIMEOUT_S": "2"}


@pytest.fixture
def wire(stack):
    with Wire(stack, "w") as wire:
        yield wire


@pytest.fixture
def pool(stack, wire):
    with Pool(stack, "wire", DATABASE_URL=wire.url, **TIMEOUTS) as pool:
        wait_for(lambda: pool.get("/ready").status == 200)
        yield pool
        assert pool.stop() == [0]


def call(pool, user, method, path, body=None, **headers):
    text = json.dumps(body).encode() if body else b""
    headers["authorization"] = f"Bearer {user.token}"
    return ask(pool.path, method, "/api/v1" + path, text, **headers)


def call_free(*arguments, **options):
    """call() under a key; None while PostgreSQL has not noticed that its last holder is gone."""
    reply = call(*arguments, **options)
    return None if reply.status == 409 else reply


@promise
def test_answer_to_a_write_is_lost(stack, wire, pool, user):
    """Nobody knows whether it was done, so it is a 503; with an id of its own it can be repeated."""
    for _ in range(CUTS):
        task = {"id": str(uuid.uuid4()), "title": "once"}
        assert call(pool, user, "GET", "/tasks?limit=1").status == 200
        wire.cuts = 1
        assert call(pool, user, "POST", "/tasks", task).status == 503
        assert call(pool, user, "POST", "/tasks", task).status == 200, "it was committed"
        assert call(pool, user, "GET", f"/tasks/{task['id']}").body["version"] == 1
    assert call(pool, user, "GET", "/tasks?limit=1").body["total"] == CUTS


@pytest.mark.parametrize("passes", [0, 1, 2], ids=["claim", "change", "commit"])
def test_answer_within_an_idempotent_request_is_lost(wire, pool, user, passes):
    """The key, the change and the answer are there together or not at all."""
    for turn in range(CUTS // 4):
        key = {"idempotency_key": f"{passes}-{turn}"}
        assert call(pool, user, "GET", "/tasks?limit=1").status == 200
        wire.passes, wire.cuts = passes, 1
        assert call(pool, user, "POST", "/tasks", {"title": "once"}, **key).status == 503
        again = wait_for(lambda: call_free(pool, user, "POST", "/tasks", {"title": "once"}, **key))
        assert again.status == 201
        assert ("idempotency-replayed" in again.headers) == (passes == 2)
    assert call(pool, user, "GET", "/tasks?limit=1").body["total"] == CUTS // 4


@promise
def test_answer_to_a_read_is_lost(wire, pool, user):
    """A read is repeated, and nobody notices."""
    for _ in range(CUTS):
        wire.cuts = 1
        assert call(pool, user, "GET", "/tasks").status == 200
        assert wire.cuts == 0


def test_black_hole(wire, pool, user):
    """Nothing is refused, nothing arrives: neither on a connection nor for a new one. Whoever comes after
    somebody who waited in vain is told so without waiting."""
    assert call(pool, user, "GET", "/tasks").status == 200
    connections = wire.connections
    wire.blocked = True
    replies = at_once(lambda: call(pool, user, "GET", "/tasks"), 40)
    replies += at_once(lambda: call(pool, user, "POST", "/tasks", {"title": "lost"}), 40)
    assert {(reply.status, reply.headers["retry-after"]) for reply in replies} == {(503, "1")}
    assert wire.connections - connections < len(replies) / 2
    assert pool.get("/health").status == 200
    wire.blocked = False
    wait_for(lambda: call(pool, user, "GET", "/tasks").status == 200)


def test_silent_server(wire, pool, user):
    """It lets the worker in and says nothing more."""
    wire.silent_after = 1
    wire.cuts = 1
    assert call(pool, user, "GET", "/tasks").status == 503
    wire.silent_after = None
    wait_for(lambda: call(pool, user, "GET", "/tasks").status == 200)


def test_late_answers_cost_nothing(stack, wire, pool, user):
    """Statements that together take too long are given up, and the connection stays as it is."""
    assert call(pool, user, "POST", "/moods", {"score": 3}).status == 201
    backend = newest_backend(stack)
    with looks(stack, "users", "pg_sleep(0.4) IS NOT NULL"):
        for _ in range(3):
            reply = call(pool, user, "GET", "/dashboard")
            assert (reply.status, reply.body["error"]) == (503, "timeout")
            assert call(pool, user, "GET", "/moods").status == 200, "nobody has to wait afterwards"
    assert newest_backend(stack) == backend


def test_answer_that_was_on_its_way(wire, pool, user):
    """The server had done its work before it was asked to give up: its answer counts."""
    assert call(pool, user, "GET", "/tasks").status == 200
    connections = wire.connections
    wire.late = True
    assert call(pool, user, "GET", "/tasks").status == 200
    wire.late = False
    for _ in range(5):
        assert call(pool, user, "POST", "/tasks", {"title": "t"}).status == 201
    assert wire.connections == connections + 1


def test_stopped_backend(stack, user):
    """A backend that does not run any more without being gone."""
    with Pool(stack, "stopped", **TIMEOUTS) as pool:
        wait_for(lambda: pool.get("/ready").status == 200)
        backend = newest_backend(stack)
        os.kill(backend, signal.SIGSTOP)
        try:
            assert call(pool, user, "POST", "/tasks", {"title": "lost"}).status == 503
            wait_for(lambda: call(pool, user, "GET", "/tasks").status == 200)
        finally:
            os.kill(backend, signal.SIGCONT)
        assert pool.stop() == [0]


def at_once(ask_one, count):
    with concurrent.futures.ThreadPoolExecutor(count) as threads:
        return [future.result() for future in [threads.submit(ask_one) for _ in range(count)]]


def newest_backend(stack):
    return stack.ask("SELECT pid FROM pg_stat_activity WHERE application_name = 'daybook-worker'"
                     " ORDER BY backend_start DESC LIMIT 1")[0][0]
