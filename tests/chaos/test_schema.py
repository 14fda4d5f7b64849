"""A program on a schema that is older than it expects: nothing is half served."""

import json
import os
import subprocess

import pytest

from fastcgi import Pool, ask
from private_pg import ROOT
from waiting import wait_for

RELEASED = "@v0.1.0"
LOGIN = {"email": "old@example.org", "password": "Correct-Horse-7"}
ACCOUNT = {**LOGIN, "username": "old"}
CALLS = [("GET", "/tasks", None), ("GET", "/users/me", None), ("POST", "/tasks", {"title": "t"}),
         ("GET", "/dashboard", None), ("GET", "/users/me/export", None), ("GET", "/moods/stats?period=week", None),
         ("POST", "/auth/register", ACCOUNT), ("POST", "/auth/login", LOGIN),
         ("GET", "/auth/sessions", None)]


def migrate(stack, *command):
    done = subprocess.run([ROOT / "scripts/migrate", *command], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True,
                          env={**os.environ, "DATABASE_OWNER_URL": stack.postgres.url("older")})
    assert done.returncode == 0, done.stdout + done.stderr


def urls(stack, database):
    return {"DATABASE_URL": stack.postgres.url(database, "daybook_app"),
            "LOGIN_DATABASE_URL": stack.postgres.url(database, "daybook_login")}


@pytest.fixture
def pool(stack):
    """Workers on a database of the first release."""
    stack.postgres.run("CREATE DATABASE older ENCODING 'UTF8' TEMPLATE template0")
    migrate(stack, "deploy", "--to", RELEASED)
    with Pool(stack, "older", **urls(stack, "older")) as pool:
        wait_for(lambda: pool.get("/health").status == 200)
        yield pool
        assert pool.stop() == [0]
    stack.postgres.run("DROP DATABASE older")


def call(pool, user, method, path, body, **headers):
    return ask(pool.path, method, "/api/v1" + path, body, authorization=f"Bearer {user.token}", **headers)


def all_refused(pool, user):
    for method, path, members in CALLS:
        body = json.dumps(members).encode() if members else b""
        for headers in ({}, {"idempotency_key": "k"}):
            reply = call(pool, user, method, path, body, **headers)
            assert (reply.status, reply.body["error"]) == (503, "unavailable"), (path, reply.body)
            assert reply.headers["retry-after"] == "1"


def test_older_schema(stack, pool, user):
    """Until it is migrated everything that needs it is 503; then the same workers serve it."""
    ready = pool.get("/ready")
    assert (ready.status, ready.body["checks"]["database"], ready.body["checks"]["schema"]) == (503, "ok", "outdated")
    assert "schema_outdated" in pool.log.read_text()
    all_refused(pool, user)
    assert pool.get("/metrics").status == 200
    migrate(stack, "deploy")
    assert pool.get("/ready").status == 200
    body = json.dumps(ACCOUNT).encode()
    assert call(pool, user, "POST", "/auth/register", body).status == 201
    assert call(pool, user, "POST", "/auth/login", json.dumps(LOGIN).encode()).status == 200


def test_schema_that_goes_back(stack, pool, user):
    """Also under workers that had served it."""
    migrate(stack, "deploy")
    assert pool.get("/ready").status == 200
    body = json.dumps(ACCOUNT).encode()
    assert call(pool, user, "POST", "/auth/register", body).status == 201
    assert call(pool, user, "GET", "/tasks", b"").status == 401, "a user of the other database"
    migrate(stack, "revert", "--to", RELEASED)
    for method, path, members in CALLS:
        reply = call(pool, user, method, path, json.dumps(members).encode() if members else b"")
        assert reply.status in (401, 503), (path, reply.body)
    all_refused(pool, user)


def test_no_schema(stack, user):
    """An empty database is an outdated one."""
    stack.postgres.run("CREATE DATABASE empty")
    with Pool(stack, "empty", **urls(stack, "empty")) as pool:
        wait_for(lambda: pool.get("/ready").status == 503)
        assert pool.get("/ready").body["checks"]["schema"] == "outdated"
        all_refused(pool, user)
        assert pool.stop() == [0]
    stack.postgres.run("DROP DATABASE empty")
