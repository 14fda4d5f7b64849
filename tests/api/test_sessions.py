"""Sessions: listed, ended one by one or together, and dead at the very next request."""

import pytest

from contract import refused
from forger import expired
from resources import NOBODYS

MEMBERS = ["id", "user_agent", "ip", "created_at", "last_used_at", "current"]


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
    ("x" * 300, "x" * 256), ("Ünï".encode(), "Ünï"), (b"\xff\xfe", "\ufffd\ufffd"),
    (b"Phone \xe4/7 \xc3\xa4", "Phone \ufffd/7 \u00e4"), ("", None)])
def test_devices_as_they_call_themselves(client, user, agent, shown):
    other = client.log_in(user.email, headers={"User-Agent": agent})
    assert [session["user_agent"] for session in listed(user) if session["id"] == other.session_id] in (
        [shown], [shown or ""])


def test_at_most_100_sessions(client, stack, user):
    """The next login ends the one unused longest."""
    oldest, other = user.another_session(), user.another_session()
    stack.ask("UPDATE sessions SET last_used_at = now() - interval '1 h' WHERE id = %s", oldest.session_id)
    stack.ask("INSERT INTO sessions (user_id, id, expires_at) SELECT %s, gen_random_uuid(), now() + interval '1 h'"
              " FROM generate_series(1, 97)", user.id)
    assert len(listed(user)) == 100 and is_alive(oldest) == [True]
    stack.ask("UPDATE sessions SET last_used_at = now() - interval '1 h' WHERE id = %s", oldest.session_id)
    newest = client.log_in(user.email)
    refused(oldest.get("/users/me"), 401, "session_revoked")
    assert is_alive(user, other, newest) == [True, True, True]
    assert len(listed(newest)) == 100


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


@pytest.mark.parametrize("access", ["missing", "expired", "malformed"])
@pytest.mark.parametrize("scope, alive", [
    ("this", [False, True, True]), ("others", [True, False, False]), ("all", [False, False, False])])
def test_logout_by_refresh_token(stack, user, stranger, access, scope, alive):
    sessions = [user, user.another_session(), user.another_session()]
    token = {"missing": None, "expired": expired(stack, user.access_token), "malformed": "x"}[access]
    answer = user.with_token(token).post(
        "/auth/logout", json={"refresh_token": user.refresh_token, "scope": scope})
    assert (answer.status_code, answer.content) == (204, b"")
    assert is_alive(*sessions) == alive
    assert is_alive(stranger) == [True]


def test_logout_by_both_tokens(user, stranger):
    other = user.another_session()
    for foreign in (other.refresh_token, stranger.refresh_token, "x", "", user.access_token):
        refused(user.post("/auth/logout", json={"refresh_token": foreign}), 400, "validation_failed",
                "refresh_token")
    assert is_alive(user, other, stranger) == [True, True, True]
    assert user.post("/auth/logout", json={"refresh_token": user.refresh_token}).status_code == 204
    assert is_alive(user, other) == [False, True]


def test_logout_by_a_refresh_token_that_is_behind(client, user):
    refreshed = client.post("/auth/refresh", json={"refresh_token": user.refresh_token}).json()
    answer = client.post("/auth/logout", json={"refresh_token": user.refresh_token})
    assert answer.status_code == 204
    refused(client.post("/auth/refresh", json={"refresh_token": refreshed["refresh_token"]}), 401,
            "session_revoked")


def test_logouts_that_name_no_session(client, stack, user):
    for nothing in ("x", "", user.access_token, user.refresh_token[:-2]):
        refused(client.post("/auth/logout", json={"refresh_token": nothing}), 401, "unauthorized")
    refused(client.post("/auth/logout", json={"refresh_token": expired(stack, user.refresh_token)}), 401,
            "session_expired")
    for body in ({"refresh_token": None}, {"refresh_token": 1}, {"refresh_token": user.refresh_token, "x": 1}):
        refused(client.post("/auth/logout", json=body), 401, "unauthorized")
        refused(user.post("/auth/logout", json=body), 400, "validation_failed", list(body)[-1])
    refused(client.post("/auth/logout"), 401, "unauthorized")
    refused(client.with_token(expired(stack, user.access_token)).post("/auth/logout"), 401, "token_expired")
    assert is_alive(user) == [True]
    client.post("/auth/logout", json={"refresh_token": user.refresh_token})
    refused(client.post("/auth/logout", json={"refresh_token": user.refresh_token}), 401, "session_revoked")


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
                answer = user.patch("/users/me", json={})  # reads go over kept connections
            line = stack.request_line(answer.headers["X-Request-Id"])
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
