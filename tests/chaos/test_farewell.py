"""Requests that are under way while their account is deleted."""

import json
import threading
import uuid

import pytest

from fastcgi import Pool, ask
from waiting import wait_for

CREATES = {
    "/tasks": {"title": "too late"},
    "/projects": {"name": "too late"},
    "/categories": {"name": "too late"},
    "/moods": {"score": 3},
    "/journals": {"content": "too late"},
}
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND wait_event_type = 'Lock'"


@pytest.fixture(scope="module")
def pool(stack):
    """A worker that waits for the end of the deletion, however busy the machine is."""
    with Pool(stack, "farewell", 1, LOCK_TIMEOUT_MS="60000", STATEMENT_TIMEOUT_MS="60000") as pool:
        yield pool


@pytest.fixture
def deletion(stack, user):
    """The deletion of the user's account, which commits when it is told to."""
    connection = stack.postgres.connect("daybook", autocommit=False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM daybook.users WHERE email = %s", [user.account["email"]])
        assert cursor.rowcount == 1
    yield connection
    connection.close()


def during(stack, deletion, role, call):
    """The answer of a call that waits for the deletion."""
    answers = []
    thread = threading.Thread(target=lambda: answers.append(call()))
    thread.start()
    wait_for(lambda: stack.ask(WAITING, role) == [(1,)])
    deletion.commit()
    thread.join()
    return answers[0]


@pytest.mark.parametrize("headers", [{}, {"idempotency_key": "once"}])
@pytest.mark.parametrize("path", CREATES)
def test_a_creation(stack, pool, user, deletion, path, headers):
    body = json.dumps(CREATES[path]).encode()
    answer = during(stack, deletion, "daybook_app", lambda: ask(
        pool.path, "POST", f"/api/v1{path}", body, timeout_s=60, authorization=f"Bearer {user.token}", **headers))
    assert (answer.status, answer.body["error"]) == (401, "session_revoked"), answer.text
    assert stack.ask(f"SELECT count(*) FROM {path[1:]} AS t WHERE NOT EXISTS"
                     " (SELECT FROM users AS u WHERE u.id = t.user_id)") == [(0,)]


def test_a_login(stack, pool, user, deletion):
    answer = during(stack, deletion, "daybook_login", lambda: ask(
        pool.path, "POST", "/api/v1/auth/login", json.dumps(user.account).encode(), timeout_s=60))
    assert (answer.status, answer.body["error"]) == (401, "invalid_credentials"), answer.text


def test_another_account_is_not_held_up(stack, pool, deletion):
    name = uuid.uuid4().hex[:20]
    account = {"email": f"{name}@example.org", "username": name, "password": "Correct-Horse-7"}
    assert ask(pool.path, "POST", "/api/v1/auth/register", json.dumps(account).encode()).status == 201
    deletion.rollback()
