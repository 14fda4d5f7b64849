"""Requests that may take long, over several hosts: one user never holds more than four workers."""

import concurrent.futures

import pytest

from chaos_client import sign_up
from fastcgi import Pool, ask
from faults import gate
from waiting import wait_for

CALLS = 12
SLOW = ["/users/me/export", "/dashboard"]


@pytest.fixture
def pools(stack):
    """The workers of two hosts. Their statements may take as long as the test does."""
    patient = {"STATEMENT_TIMEOUT_MS": "60000"}
    with Pool(stack, "one", count=4, **patient) as one, Pool(stack, "two", count=4, **patient) as two:
        yield [one, two]
        assert one.stop() + two.stop() == [0] * 8


@pytest.fixture
def writer(stack, user):
    """Somebody who has something to read."""
    assert user.post("/moods", {"score": 4}).status == 201
    return user


def get(pool, user, path):
    return ask(pool.path, "GET", "/api/v1" + path, timeout_s=60, authorization=f"Bearer {user.token}")


@pytest.mark.parametrize("path", SLOW)
def test_two_at_once_over_all_workers(stack, pools, writer, path):
    """Two go on, also while they read for long; two more wait in vain; the rest is refused at once."""
    stranger = sign_up(stack)
    with concurrent.futures.ThreadPoolExecutor(CALLS) as threads, gate(stack, "moods") as open_gate:
        calls = [threads.submit(get, pools[number % 2], writer, path) for number in range(CALLS)]
        wait_for(lambda: sum(call.done() for call in calls) == CALLS - 2)
        refused = [call.result() for call in calls if call.done()]
        assert {(reply.status, reply.body["error"], reply.headers["retry-after"]) for reply in refused} \
            == {(429, "too_many_requests", "1")}
        for pool in pools:
            assert get(pool, stranger, path).status == 200
            assert get(pool, writer, "/tasks").status == 200
        assert not all(call.done() for call in calls)
        open_gate()
        assert [call.result().status for call in calls if call.result() not in refused] == [200, 200]
    stranger.close()
