"""Changing the password."""

import pytest

from client import PASSWORD
from contract import refused

NEW = "Other-Horse-8"


def change(user, current=PASSWORD, new=NEW, **more):
    return user.post("/auth/change-password",
                     json={"current_password": current, "new_password": new, **more})


def test_the_other_sessions_end(client, stack, user):
    other = user.another_session()
    answer = change(user)
    assert (answer.status_code, answer.content) == (204, b"")
    assert user.get("/users/me").status_code == 200
    refused(other.get("/users/me"), 401, "session_revoked")
    refused(client.post("/auth/refresh", json={"refresh_token": other.refresh_token}), 401,
            "session_revoked")
    refused(client.post("/auth/login", json={"email": user.email, "password": PASSWORD}), 401,
            "invalid_credentials")
    assert client.log_in(user.email, NEW).id == user.id
    [line] = stack.log(event="password_changed", request_id=answer.headers["X-Request-Id"])
    assert line["user"] == user.id


def test_the_wrong_current_password(stack, user):
    other = user.another_session()
    for wrong in ("Wrong-Horse-7", "", PASSWORD + " ", "x" * 5000, "Aa1-" + "x" * 69):
        answer = change(user, current=wrong)
        refused(answer, 403, "invalid_password", "current_password")
        assert stack.log(event="password_wrong", request_id=answer.headers["X-Request-Id"])
    assert other.get("/users/me").status_code == 200
    user.another_session()


@pytest.mark.parametrize("new", ["Sh0rt-x", "Aa1-" + "x" * 69, "no-upper-7-case",
                                 "Nul-Horse-7\u0000", None, 7])
def test_new_passwords_obey_the_rules(client, user, new):
    refused(change(user, new=new), 400, "validation_failed", "new_password")
    client.log_in(user.email, PASSWORD)


@pytest.mark.parametrize("body, fields", [
    ({}, ["current_password", "new_password"]),
    ({"current_password": PASSWORD}, ["new_password"]),
    ({"new_password": NEW}, ["current_password"]),
    ({"current_password": PASSWORD, "new_password": NEW, "user_id": "x"}, ["user_id"])])
def test_bodies_that_are_refused(user, body, fields):
    refused(user.post("/auth/change-password", json=body), 400, "validation_failed", *fields)


def test_without_a_token(client):
    refused(client.post("/auth/change-password", json={"current_password": "x", "new_password": NEW}), 401,
            "unauthorized")


def test_the_same_password_again(client, user):
    assert change(user, new=PASSWORD).status_code == 204
    client.log_in(user.email, PASSWORD)
