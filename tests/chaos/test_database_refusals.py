"""A PostgreSQL that is there and says no: locks, slow statements, deadlocks, no room."""

import concurrent.futures
import contextlib
import threading
import uuid

import psycopg2
import pytest

from fastcgi import ask
from faults import fails_first, held, new_task, told, trigger
from waiting import wait_for

STATEMENT_TIMEOUT_S = 2
TRIES = 4
ATTEMPTS = 200  # of people, while nobody gets a connection


def test_locked_row(stack, user):
    locked, free = new_task(user), new_task(user)
    before = told(stack, "lock timeout")
    with held(stack, "SELECT FROM tasks WHERE id = %s FOR UPDATE", locked.split("/")[-1]):
        answer = user.patch(locked, {"title": "waits"})
        assert answer.polite and answer.body["error"] == "unavailable"
        wait_for(lambda: told(stack, "lock timeout") == before + 1)
        assert user.get(locked).ok, "reading waits for no row"
        assert user.patch(free, {"title": "does not wait"}).ok
    assert user.patch(locked, {"title": "has waited"}).ok


def test_locked_table(stack, user):
    task = new_task(user)
    with held(stack, "LOCK TABLE tasks"):
        for answer in user.get(task), user.get("/tasks"), user.patch(task, {"title": "waits"}):
            assert answer.polite
        assert user.get("/users/me").ok
    assert user.get(task).ok


def test_slow_statement(stack, user):
    task, other = new_task(user), new_task(user)
    with trigger(stack, "PERFORM pg_sleep(10)"):
        answers = []
        slow = user.again()
        thread = threading.Thread(target=lambda: answers.append(slow.patch(task, {"title": "chaos"})))
        thread.start()
        beside = []
        while thread.is_alive():
            beside.append(user.patch(other, {"title": "quick"}))
        thread.join()
    assert answers[0].polite and answers[0].body["error"] == "timeout"
    assert len(beside) > 1, "nobody waits for it"
    assert all(answer.ok for answer in beside)
    assert user.get(task).body["title"] == "a task", "it was rolled back"


def test_a_deletion_that_changes_many_rows_has_longer(stack, user):
    category = user.post("/categories", {"name": "kept by one slow task"}).body
    task = user.post("/tasks", {"title": "chaos", "category_id": category["id"]}).body
    with trigger(stack, f"PERFORM pg_sleep({STATEMENT_TIMEOUT_S + 2})"):
        answer = user.call("DELETE", f"/categories/{category['id']}")
    assert answer.status == 204
    assert user.get(f"/tasks/{task['id']}").body["category_id"] is None


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
@pytest.mark.parametrize("key", [None, "idempotent"])
def test_conflicts_are_repeated(stack, user, sqlstate, key):
    headers = {"Idempotency-Key": f"{key}-{uuid.uuid4()}"} if key else {}
    with trigger(stack, fails_first(TRIES - 1, sqlstate)):
        answer = user.call("POST", "/tasks", {"title": "chaos"}, headers)
        assert answer.status == 201, answer
    assert user.get("/tasks").body["total"] == 1


@pytest.mark.parametrize("key", [None, "idempotent"])
def test_conflicts_without_end(stack, user, key):
    headers = {"Idempotency-Key": f"{key}-{uuid.uuid4()}"} if key else {}
    with trigger(stack, fails_first(1000, "40001")):
        answer = user.call("POST", "/tasks", {"title": "chaos"}, headers)
        assert answer.polite
        assert stack.ask("SELECT last_value FROM chaos_calls") == [(TRIES,)]
    assert user.call("POST", "/tasks", {"title": "chaos"}, headers).status == 201, "nothing was kept"


COLLIDING = ("SELECT t.place_key INTO NEW.place_key FROM tasks t WHERE t.user_id = NEW.user_id"
             " AND t.status_rank = status_rank(NEW.status) AND t.id <> NEW.id")


@pytest.mark.parametrize("key", [None, "idempotent"])
def test_places_that_collide(stack, user, key):
    """Two tasks drew the same random place: whoever came second tries again, by the same key as well."""
    headers = {"Idempotency-Key": f"{key}-{uuid.uuid4()}"} if key else {}
    moving, other = (user.post("/tasks", {"title": title}).body["id"] for title in ("chaos", "in its way"))
    before = user.get(f"/tasks/{moving}").body
    stack.announce("tasks_place")
    calls = [("POST", "/tasks", {"title": "chaos"}), ("PATCH", f"/tasks/{moving}", {"title": "chaos", "description": "x"}),
             ("POST", f"/tasks/{moving}/move", {"before": other}),
             ("PATCH", "/tasks/bulk", {"updates": [{"id": other, "priority": "HIGH"}, {"id": moving, "after": other}]})]
    with trigger(stack, COLLIDING):
        answers = [user.call(*call, headers) for call in calls]
    assert all(answer.polite and answer.body["error"] == "unavailable" for answer in answers), answers
    assert user.get("/tasks").body["total"] == 2
    assert user.get(f"/tasks/{moving}").body == before and user.get(f"/tasks/{other}").body["priority"] == "MEDIUM"
    assert [user.call(*call, headers).status for call in calls] == [201, 200, 200, 200], "nothing was kept"


def test_deadlocks(stack, user):
    """Two changes that each want the other's row; neither asks for it before both have their own."""
    pair = [new_task(user), new_task(user)]
    for task, other in zip(pair, reversed(pair)):
        assert user.patch(task, {"description": other.split("/")[-1]}).ok
    clients = [user.again(), user.again()]
    body = ("IF nextval('chaos_calls') <= 2 THEN"
            " WHILE (SELECT last_value FROM chaos_calls) < 2 LOOP PERFORM pg_sleep(0.001); END LOOP;"
            "END IF;"
            "PERFORM FROM tasks WHERE id = NEW.description::uuid FOR UPDATE")
    before = told(stack, "deadlock detected")
    with trigger(stack, body), concurrent.futures.ThreadPoolExecutor(2) as threads:
        for _ in range(5):
            stack.ask("ALTER SEQUENCE chaos_calls RESTART")
            calls = [threads.submit(client.patch, task, {"title": "chaos"})
                     for client, task in zip(clients, pair)]
            assert [call.result().status for call in calls] == [200, 200]
    wait_for(lambda: told(stack, "deadlock detected") >= before + 5)


def test_no_connection_left(stack, user):
    """PostgreSQL takes no more connections: 503, and no attempt to connect for each request."""
    with contextlib.ExitStack() as others:
        take_every_connection(stack, others)
        before = connects(stack)
        assert all(user.get("/tasks").polite for _ in range(ATTEMPTS))
        assert user.get("/health").ok
        assert connects(stack) - before < ATTEMPTS / 2
    wait_for(lambda: user.get("/tasks").ok)


def take_every_connection(stack, others):
    """Those of the workers and the jobs, too. One that is ended is free only a moment later, and its process wants
    it back: it is over when all that PostgreSQL has are ours."""
    [(most,)] = stack.ask("SELECT current_setting('max_connections')::int"
                          " - current_setting('superuser_reserved_connections')::int")
    for _ in range(most):
        others.callback(wait_for(lambda: take_connection(stack)).close)


def take_connection(stack):
    """None where a connection of the workers or the jobs had to be ended first."""
    try:
        return psycopg2.connect(stack.postgres.url("daybook", "daybook_app"))
    except psycopg2.OperationalError:
        stack.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                  " WHERE application_name IN ('daybook-worker', 'daybook-jobs')")
        return None


def connects(stack):
    reply = ask(stack.state / "s" / "api.sock", "GET", "/metrics")
    lines = reply.text.decode().splitlines()
    return int([line for line in lines if line.startswith("daybook_db_connects_total ")][0].split()[1])
