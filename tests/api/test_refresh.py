"""Refresh tokens: each is good once, two tabs may meet, and a stolen one ends the session."""

import pytest

from client import at_once, claims
from contract import refused
from forger import expired


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


def test_a_lost_answer_is_given_again_until_its_token_is_used(client, stack, user):
    for _ in range(3):
        assert counter(refresh(client, user.refresh_token)) == 1
        pass_grace(stack, user)
    second = refresh(client, refresh(client, user.refresh_token).json()["refresh_token"])
    assert counter(second) == 2


def test_three_tabs_at_different_times(client, stack, user):
    tabs = [user.refresh_token] * 3
    for turn in range(1, 4):
        for tab in range(3):
            answer = refresh(client, tabs[tab])
            assert counter(answer) == turn
            tabs[tab] = answer.json()["refresh_token"]
            pass_grace(stack, user)


def test_for_ten_seconds_a_late_one_gets_what_is_current(client, user):
    first = refresh(client, user.refresh_token).json()["refresh_token"]
    assert counter(refresh(client, first)) == 2
    late = refresh(client, user.refresh_token)
    assert counter(late) == 2
    assert counter(refresh(client, late.json()["refresh_token"])) == 3


def test_a_late_answer_to_another_network_is_a_line_in_the_log(client, stack, user):
    """127.0.0.1 and 127.0.0.2 are neighbours, 127.9.0.1 is elsewhere."""
    first = refresh(client, user.refresh_token)
    near = refresh(client.from_address("127.0.0.2"), user.refresh_token)
    far = refresh(client.from_address("127.9.0.1"), user.refresh_token)
    assert [counter(answer) for answer in (first, near, far)] == [1, 1, 1]
    [line] = stack.log(event="refresh_late_elsewhere", session=user.session_id)
    assert line["request_id"] == far.headers["X-Request-Id"]
    assert (line["account"], line["ip"]) == (user.id, "127.9.0.1")


def test_moving_to_another_network_is_no_line_in_the_log(client, stack, user):
    moved = client.from_address("127.9.0.1")
    first = refresh(moved, user.refresh_token)
    assert counter(refresh(moved, user.refresh_token)) == 1
    assert counter(refresh(client, first.json()["refresh_token"])) == 2
    assert stack.log(event="refresh_late_elsewhere", session=user.session_id) == []


def assert_stolen(client, stack, user, answer, live):
    """The session has ended, for whoever holds a token of it, and the log says why."""
    refused(answer, 401, "session_revoked")
    refused(user.get("/users/me"), 401, "session_revoked")
    refused(refresh(client, live), 401, "session_revoked")
    [line] = stack.log(event="refresh_reused", request_id=answer.headers["X-Request-Id"])
    assert (line["account"], line["session"]) == (user.id, user.session_id)


def test_a_late_one_after_the_next_was_used(client, stack, user):
    first = refresh(client, user.refresh_token).json()["refresh_token"]
    live = refresh(client, first).json()["refresh_token"]
    pass_grace(stack, user)
    assert_stolen(client, stack, user, refresh(client, user.refresh_token), live)


def test_three_steps_behind(client, stack, user):
    live = user.refresh_token
    for _ in range(3):
        live = refresh(client, live).json()["refresh_token"]
    assert_stolen(client, stack, user, refresh(client, user.refresh_token), live)


def steal(client, stack, user):
    """Makes the user's first refresh token too old."""
    refresh(client, refresh(client, user.refresh_token).json()["refresh_token"])
    pass_grace(stack, user)


def test_a_theft_ends_that_session_only(client, stack, user):
    other = user.another_session()
    steal(client, stack, user)
    refused(refresh(client, user.refresh_token), 401, "session_revoked")
    assert other.get("/users/me").status_code == 200
    assert refresh(client, other.refresh_token).status_code == 200


def test_replays_at_once_are_all_refused(client, stack, user):
    steal(client, stack, user)
    answers = at_once(*[lambda: refresh(client, user.refresh_token)] * 10)
    assert {answer.status_code for answer in answers} == {401}
    assert len(stack.log(event="refresh_reused", session=user.session_id)) == 1


def test_a_session_that_nobody_refreshed(client, stack, user):
    stack.ask("UPDATE sessions SET expires_at = now() WHERE id = %s", user.session_id)
    refused(refresh(client, user.refresh_token), 401, "session_expired")
    refused(user.get("/users/me"), 401, "session_revoked")


def test_an_expired_refresh_token(client, stack, user):
    """A client that is told `token_expired` refreshes: here that would never end."""
    token = expired(stack, user.refresh_token)
    refused(refresh(client, token), 401, "session_expired")
    assert counter(refresh(client, user.refresh_token)) == 1


def test_the_whole_answer_of_a_login_may_be_sent(client, user):
    answer = client.post("/auth/login", json={"email": user.email, "password": user.password}).json()
    assert counter(client.post("/auth/refresh", json=answer)) == 1
    odd = {**answer, "access_token": None, "expires_in": "soon", "session_id": []}
    assert counter(client.post("/auth/refresh", json=odd)) == 1


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
