"""Refresh tokens: each is good once, two tabs may meet, and a stolen one ends the session."""

import pytest

from client import at_once, claims
from contract import refused


def refresh(client, token):
    return client.post("/auth/refresh", json={"refresh_token": token})


def counter(response):
    return claims(response.json()["refresh_token"])["ctr"]


def pass_grace(stack, user):
    stack.ask("UPDATE sessions SET refreshed_at = refreshed_at - interval '11 s' WHERE id = %s",
              user.session_id)


def test_the_answer_is_that_of_a_login(client, user):
    response = refresh(client, user.refresh_token)
    assert response.status_code == 200
    tokens = response.json()
    assert tokens == {**tokens, "token_type": "Bearer", "expires_in": 86400,
                      "refresh_expires_in": 604800, "session_id": user.session_id}
    assert tokens["refresh_token"] != user.refresh_token
    assert client.with_token(tokens["access_token"]).get("/users/me").status_code == 200
    assert user.get("/users/me").status_code == 200


def test_a_long_chain(client, user):
    token = user.refresh_token
    for number in range(1, 20):
        response = refresh(client, token)
        assert counter(response) == number
        token = response.json()["refresh_token"]
    assert claims(token)["sub"] == user.id


def test_ten_at_once_get_the_same_counter(client, user):
    answers = at_once(*[lambda: refresh(client, user.refresh_token)] * 10)
    assert [answer.status_code for answer in answers] == [200] * 10
    assert {counter(answer) for answer in answers} == {1}
    for answer in answers:
        assert client.with_token(answer.json()["access_token"]).get("/users/me").status_code == 200
    assert counter(refresh(client, answers[3].json()["refresh_token"])) == 2


def test_one_step_behind_within_the_grace(client, user):
    first = refresh(client, user.refresh_token)
    assert counter(refresh(client, user.refresh_token)) == 1
    second = refresh(client, first.json()["refresh_token"])
    assert counter(second) == 2
    assert counter(refresh(client, first.json()["refresh_token"])) == 2


def assert_stolen(client, stack, user, answer, live):
    """The session has ended, for whoever holds a token of it, and the log says why."""
    refused(answer, 401, "session_revoked")
    refused(user.get("/users/me"), 401, "session_revoked")
    refused(refresh(client, live), 401, "session_revoked")
    [line] = stack.log(event="refresh_reused", request_id=answer.headers["X-Request-Id"])
    assert (line["account"], line["session"]) == (user.id, user.session_id)


def test_one_step_behind_after_the_grace(client, stack, user):
    live = refresh(client, user.refresh_token).json()["refresh_token"]
    pass_grace(stack, user)
    assert_stolen(client, stack, user, refresh(client, user.refresh_token), live)


def test_two_steps_behind(client, stack, user):
    first = refresh(client, user.refresh_token).json()["refresh_token"]
    live = refresh(client, first).json()["refresh_token"]
    assert_stolen(client, stack, user, refresh(client, user.refresh_token), live)


def test_a_theft_ends_that_session_only(client, stack, user):
    other = user.another_session()
    refresh(client, user.refresh_token)
    pass_grace(stack, user)
    refused(refresh(client, user.refresh_token), 401, "session_revoked")
    assert other.get("/users/me").status_code == 200
    assert refresh(client, other.refresh_token).status_code == 200


def test_replays_at_once_are_all_refused(client, stack, user):
    refresh(client, user.refresh_token)
    pass_grace(stack, user)
    answers = at_once(*[lambda: refresh(client, user.refresh_token)] * 10)
    assert {answer.status_code for answer in answers} == {401}
    assert len(stack.log(event="refresh_reused", session=user.session_id)) == 1


def test_after_the_session_has_ended(client, stack, user):
    stack.ask("UPDATE sessions SET expires_at = now() WHERE id = %s", user.session_id)
    refused(refresh(client, user.refresh_token), 401, "session_revoked")
    refused(user.get("/users/me"), 401, "session_revoked")


def test_each_refresh_prolongs_the_session(client, stack, user):
    stack.ask("UPDATE sessions SET expires_at = now() + interval '1 min' WHERE id = %s", user.session_id)
    refresh(client, user.refresh_token)
    assert stack.ask("SELECT expires_at > now() + interval '6 days 23 hours' FROM sessions WHERE id = %s",
                     user.session_id) == [(True,)]


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "x" * 5000])
def test_what_is_no_token(client, token):
    refused(refresh(client, token), 401, "unauthorized")


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(client, user):
    refused(refresh(client, user.access_token), 401, "unauthorized")
    refused(client.with_token(user.refresh_token).get("/users/me"), 401, "unauthorized")


@pytest.mark.parametrize("body, fields", [
    ({}, ["refresh_token"]), ({"refresh_token": None}, ["refresh_token"]),
    ({"refresh_token": 1}, ["refresh_token"]), ({"refresh_token": "x\u0000"}, ["refresh_token"]),
    ({"refresh_token": "x", "scope": "all"}, ["scope"])])
def test_bodies_that_are_refused(client, body, fields):
    refused(client.post("/auth/refresh", json=body), 400, "validation_failed", *fields)
