"""Logging in and what the log says about it."""

import pytest

from client import PASSWORD, claims
from contract import refused

MEMBERS = ["access_token", "refresh_token", "token_type", "expires_in", "refresh_expires_in",
           "session_id"]


def test_the_answer(client, user):
    response = client.post("/auth/login", json={"email": user.email, "password": user.password})
    assert response.status_code == 200
    tokens = response.json()
    assert list(tokens) == MEMBERS
    assert (tokens["token_type"], tokens["expires_in"], tokens["refresh_expires_in"]) == (
        "Bearer", 86400, 604800)
    for token, kind, lifetime in (("access_token", "access", 86400), ("refresh_token", "refresh", 604800)):
        said = claims(tokens[token])
        assert said == {**said, "sub": user.id, "email": user.email, "sid": tokens["session_id"],
                        "typ": kind, "iss": "daybook", "aud": "daybook"}
        assert said["exp"] - said["iat"] == lifetime
        assert said["jti"]


def test_the_address_in_any_case(client, user):
    assert client.log_in(user.email.upper()).id == user.id


def test_an_address_that_only_looks_like_it(client):
    """U+212A becomes k in lower case: it must not be a way around the count of attempts."""
    user = client.new_user(email="kelvin@example.org")
    other = client.post("/auth/login", json={"email": "\u212aelvin@example.org", "password": PASSWORD})
    refused(other, 401, "invalid_credentials")
    assert user.another_session().id == user.id


def test_wrong_and_unknown_get_the_same_answer(client, user):
    """The same bytes and the same headers, but for the request's own id, length and time."""
    answers = []
    for email in (user.email, "n" * len(user.email) + "@example.org"):
        for password in ("Wrong-Horse-7", "", "x" * 5000, "Aa1-" + "x" * 69):
            answer = client.post("/auth/login", json={"email": email, "password": password},
                                 headers={"X-Request-Id": "same"})
            refused(answer, 401, "invalid_credentials")
            headers = {name: value for name, value in answer.headers.items() if name != "Date"}
            answers.append((answer.content, headers))
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("email", ["", "x", "x" * 300 + "@example.org", "a'; --", "%", "\ud7ff\U0010ffff"])
def test_addresses_that_nobody_can_have(client, email):
    refused(client.post("/auth/login", json={"email": email, "password": "x"}), 401, "invalid_credentials")


@pytest.mark.parametrize("body, fields", [
    ({}, ["email", "password"]),
    ({"email": "a@b.c"}, ["password"]),
    ({"email": None, "password": None}, ["email", "password"]),
    ({"email": 1, "password": []}, ["email", "password"]),
    ({"email": "a@b.c\u0000", "password": "x"}, ["email"]),
    ({"email": "a@b.c", "password": "x\u0000"}, ["password"]),
    ({"email": "a@b.c", "password": "x", "otp": "1"}, ["otp"]),
])
def test_bodies_that_are_refused(client, body, fields):
    refused(client.post("/auth/login", json=body), 400, "validation_failed", *fields)


def test_each_login_is_a_session_of_its_own(user):
    other = user.another_session()
    assert other.session_id != user.session_id
    assert user.get("/users/me").json() == other.get("/users/me").json()


def test_every_attempt_is_logged_without_secrets(client, stack, user):
    canary = "Canary-4711-Wrong"
    wrong = client.post("/auth/login", json={"email": user.email, "password": canary})
    right = client.post("/auth/login", json={"email": user.email, "password": user.password})
    [failed] = stack.log(event="login_failed", request_id=wrong.headers["X-Request-Id"])
    [passed] = stack.log(event="login_ok", request_id=right.headers["X-Request-Id"])
    assert (failed["email"], failed["ip"]) == ("u***@example.org", "127.0.0.1")
    assert (passed["account"], passed["session"]) == (user.id, right.json()["session_id"])
    for path in (stack.state / "logs").iterdir():
        text = path.read_bytes()
        for secret in (canary, user.password, user.email, right.json()["access_token"].split(".")[2],
                       right.json()["refresh_token"].split(".")[2]):
            assert secret.encode() not in text, path.name


@pytest.mark.parametrize("email", ["Secret@Horse-7", "Correct-Horse-7@home", "nobody@example.org", "x"])
def test_what_is_no_known_address_is_a_digest_in_the_log(client, stack, email):
    """It may be a password in the wrong field."""
    answers = [client.post("/auth/login", json={"email": email, "password": "x"}) for _ in range(2)]
    lines = [stack.log(event="login_failed", request_id=answer.headers["X-Request-Id"])[0] for answer in answers]
    assert len({line["email_digest"] for line in lines}) == 1
    assert all("email" not in line and len(line["email_digest"]) == 16 for line in lines)
    other = client.post("/auth/login", json={"email": email + "x", "password": "x"})
    [line] = stack.log(event="login_failed", request_id=other.headers["X-Request-Id"])
    assert line["email_digest"] != lines[0]["email_digest"]
    for path in (stack.state / "logs").iterdir():
        assert email == "x" or email.encode() not in path.read_bytes(), path.name


def test_a_refused_token_is_logged_without_it(client, stack, user):
    answer = client.with_token(user.access_token[:-2] + "xx").get("/users/me")
    refused(answer, 401, "unauthorized")
    [line] = stack.log(event="token_refused", request_id=answer.headers["X-Request-Id"])
    assert line["ip"] == "127.0.0.1" and "token" not in line
    assert line["path"] == "/api/v1/users/me"


def test_a_foreign_resource_is_logged(stack, user, stranger):
    task = user.post("/tasks", json={"title": "mine"}).json()
    answer = stranger.get(f"/tasks/{task['id']}")
    refused(answer, 403, "forbidden")
    [line] = stack.log(event="foreign_access", request_id=answer.headers["X-Request-Id"])
    assert (line["user"], line["id"]) == (stranger.id, task["id"])
