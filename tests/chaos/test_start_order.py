"""Workers that are there before PostgreSQL."""

import os
import signal

from chaos_client import sign_up
from fastcgi import Pool, ask
from waiting import wait_for


def test_workers_before_postgres(stack):
    """They say that they live, refuse the rest, and are ready by themselves."""
    user = sign_up(stack)
    old = stack.workers("api")
    stack.postgres.stop()
    try:
        for worker in old:
            os.kill(worker, signal.SIGTERM)
        wait_for(lambda: len(stack.workers("api")) == len(old) and not set(stack.workers("api")) & set(old))
        young = stack.workers("api")
        for _ in range(8):
            assert user.get("/health").ok
            assert user.get("/tasks").polite
        ready = ask(stack.state / "s" / "api.sock", "GET", "/ready")
        assert ready.status == 503
        assert ready.body["checks"]["database"] == "unavailable"
    finally:
        stack.postgres.start()
    # So many in a row reach every worker.
    wait_for(lambda: all(user.get("/tasks").ok for _ in range(40)))
    assert ask(stack.state / "s" / "api.sock", "GET", "/ready").status == 200
    assert stack.workers("api") == young, "nobody had to be restarted"
    user.close()


def test_no_address_of_postgres(stack):
    """Nothing at all where PostgreSQL should be."""
    with Pool(stack, "alone", DATABASE_URL="postgresql:///daybook?host=/nonexistent") as pool:
        wait_for(lambda: pool.get("/health").status == 200)
        assert pool.get("/ready").status == 503
        assert pool.stop() == [0]
