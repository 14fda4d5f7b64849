"""Sessions: listed, ended one by one or together, and dead at the very next request."""

import pytest

from contract import refused

MEMBERS = ["id", "user_agent", "ip", "created_at", "last_used_at", "current"]
NOBODYS = "0190f3c0-0000-7000-8000-000000000000"


def listed(user):
    answer = user.get("/auth/sessions").json()
    assert answer["count"] == len(answer["sessions"])
    return answer["sessions"]


def is_alive(*users):
    return [user.get("/users/me").status_code == 200 for user in users]


def test_the_list(client, user):
    other = client.log_in(user.email, headers={"User-Agent": "Phone \u00e4 \"7\""})
    sessions = {session["id"]: session for session in listed(user)}
    assert set(sessions) == {user.session_id, other.session_id}
    mine, phone = sessions[user.session_id], sessions[other.session_id]
    assert list(mine) == MEMBERS
    assert (mine["current"], phone["current"]) == (True, False)
    assert mine["ip"] == "127.0.0.1" and mine["user_agent"].startswith("python-requests")
    assert listed(other)[0]["created_at"] <= listed(other)[0]["last_used_at"]
    assert [session["current"] for session in listed(other) if session["id"] == other.session_id] == [True]


@pytest.mark.parametrize("agent, shown", [
    ("x" * 300, "x" * 256), ("Ünï".encode(), "Ünï"), (b"\xff\xfe", None), ("", None)])
def test_devices_as_they_call_themselves(client, user, agent, shown):
    other = client.log_in(user.email, headers={"User-Agent": agent})
    assert [session["user_agent"] for session in listed(user) if session["id"] == other.session_id] in (
        [shown], [shown or ""])


def test_revoke_one(stack, user):
    other = user.another_session()
    assert user.delete(f"/auth/sessions/{other.session_id}").status_code == 204
    refused(other.get("/users/me"), 401, "session_revoked")
    refused(other.with_token(None).post("/auth/refresh", json={"refresh_token": other.refresh_token}),
            401, "session_revoked")
    assert [session["id"] for session in listed(user)] == [user.session_id]
    assert user.delete(f"/auth/sessions/{other.session_id}").status_code == 204
    assert user.delete(f"/auth/sessions/{user.session_id.upper()}").status_code == 204
    answer = user.get("/users/me")
    refused(answer, 401, "session_revoked")
    [line] = stack.log(event="token_refused", request_id=answer.headers["X-Request-Id"])
    assert (line["user"], line["reason"]) == (user.id, "session_revoked")


def test_strangers_and_nobodys_sessions(user, stranger):
    refused(stranger.delete(f"/auth/sessions/{user.session_id}"), 403, "forbidden")
    assert is_alive(user) == [True]
    for unknown in (NOBODYS, "x", user.session_id + "0", "me"):
        refused(user.delete(f"/auth/sessions/{unknown}"), 404, "not_found")
    refused(user.with_token(None).delete(f"/auth/sessions/{user.session_id}"), 401, "unauthorized")


@pytest.mark.parametrize("options, alive", [
    ({}, [False, True, True]),
    ({"json": {}}, [False, True, True]),
    ({"json": {"scope": "this"}}, [False, True, True]),
    ({"json": {"scope": "others"}}, [True, False, False]),
    ({"json": {"scope": "all"}}, [False, False, False]),
])
def test_logout(user, stranger, options, alive):
    sessions = [user, user.another_session(), user.another_session()]
    assert user.post("/auth/logout", **options).status_code == 204
    assert is_alive(*sessions) == alive
    assert is_alive(stranger) == [True]


@pytest.mark.parametrize("body, fields", [
    ({"scope": "ALL"}, ["scope"]), ({"scope": ""}, ["scope"]), ({"scope": None}, ["scope"]),
    ({"scope": ["all"]}, ["scope"]), ({"everywhere": True}, ["everywhere"])])
def test_logouts_that_are_refused(user, body, fields):
    refused(user.post("/auth/logout", json=body), 400, "validation_failed", *fields)
    assert is_alive(user) == [True]


def test_logging_out_twice(user):
    assert user.post("/auth/logout").status_code == 204
    refused(user.post("/auth/logout"), 401, "session_revoked")
    refused(user.with_token(None).post("/auth/logout"), 401, "unauthorized")


def test_every_worker_refuses_at_once(stack, user):
    """After the answer to the logout no worker lets the token in, whatever it knew of it before."""
    workers = stack.workers("api")

    def ask_each():
        for worker in workers:
            with stack.standing_still(set(workers) - {worker}):
                answer = user.get("/users/me")
            line, = stack.log(event="request", request_id=answer.headers["X-Request-Id"])
            assert line["pid"] == worker
            yield answer.status_code

    assert list(ask_each()) == [200] * len(workers)
    assert user.post("/auth/logout").status_code == 204
    assert list(ask_each()) == [401] * len(workers)


def test_last_used_is_noted_once_a_minute(stack, user):
    stack.ask("UPDATE sessions SET last_used_at = last_used_at - interval '1 h' WHERE id = %s",
              user.session_id)
    user.get("/users/me")
    assert stack.ask("SELECT now() - last_used_at < interval '10 s' FROM sessions WHERE id = %s",
                     user.session_id) == [(True,)]
