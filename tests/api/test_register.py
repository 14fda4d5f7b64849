"""Registering: every field at its limit and one past."""

import uuid

import pytest

from client import PASSWORD, at_once
from contract import refused

MEMBERS = ["id", "email", "pending_email", "username", "name", "timezone", "email_verified", "version", "created_at",
           "updated_at"]
LONG_DOMAIN = ".".join(["d" * 63] * 2 + ["e" * 63])


def some_email():
    return f"{uuid.uuid4().hex}@example.org"


@pytest.fixture
def body():
    return {"email": some_email(), "username": uuid.uuid4().hex[:20], "password": PASSWORD}


def test_the_new_user_is_answered(client, body):
    response = client.post("/auth/register", json={**body, "name": "Ada", "timezone": "Europe/Berlin"})
    assert response.status_code == 201
    user = response.json()
    assert list(user) == MEMBERS
    assert user == {**user, "email": body["email"], "username": body["username"], "name": "Ada",
                    "timezone": "Europe/Berlin", "email_verified": False, "version": 1}
    assert PASSWORD not in response.text
    assert uuid.UUID(user["id"]).version == 7
    assert response.headers["Location"] == "/api/v1/users/me"
    assert client.log_in(body["email"]).get("/users/me").json() == user


def test_defaults(client, body):
    user = client.post("/auth/register", json=body).json()
    assert (user["name"], user["timezone"]) == (None, "UTC")


def email_of(length):
    """An address of that many characters with the longest local part."""
    return uuid.uuid4().hex * 2 + "@" + LONG_DOMAIN[:length - 65]


FITTING = [
    ("email", lambda: uuid.uuid4().hex[:9] + "@b.c"),
    ("email", lambda: email_of(254)),
    ("email", lambda: f"o'{uuid.uuid4().hex}+tag_1=x@sub-1.example.org"),
    ("email", lambda: f"CamelCase{uuid.uuid4().hex}@Example.ORG"),
    ("username", lambda: uuid.uuid4().hex[:3]),
    ("username", lambda: uuid.uuid4().hex[:30]),
    ("username", lambda: "_.-" + uuid.uuid4().hex[:20].upper()),
    ("name", lambda: "x"),
    ("name", lambda: "𝄞" * 100),
    ("name", lambda: "  kept  "),
    ("name", lambda: None),
    ("timezone", lambda: "America/Argentina/ComodRivadavia"),
]


@pytest.mark.parametrize("field, value", FITTING)
def test_what_fits_comes_back_as_sent(client, body, field, value):
    sent = value()
    response = client.post("/auth/register", json={**body, field: sent})
    assert response.status_code == 201, response.text
    assert response.json()[field] == sent


@pytest.mark.parametrize("sent, kept", [("europe/berlin", "Europe/Berlin"), ("CET", "CET"), ("eet", "EET")])
def test_a_zone_in_any_case(client, body, sent, kept):
    assert client.post("/auth/register", json={**body, "timezone": sent}).json()["timezone"] == kept
    assert client.log_in(body["email"]).get("/users/me").json()["timezone"] == kept


NOT_FITTING = [
    *[("email", value) for value in [
        "", " ", "a", "a@b", "@b.c", "a@", "a@b.", "a@.c", "a b@c.d", "a@b c.d", " ",
        "a@@b.c", ".a@b.c", "a.@b.c", "a..b@c.d", "a@-b.c", "a@b-.c", '"a"@b.c', "a@[127.0.0.1]",
        "a@b.c,d@e.f", "a@b.c\r\nBcc: d@e.f", "<a@b.c>", "ä@b.c", "a@ä.c", "a\u0000@b.c", "a@b.c\u0000",
        "x" * 65 + "@b.c", "a@" + "d" * 64 + ".c", email_of(255), None, 1, True, [], {}]],
    *[("username", value) for value in [
        "", "ab", "a" * 31, "a b", "a@b", "ünï", "abc ", "abc\n", "a/b", "abc\u0000", None, 7, ["abc"]]],
    *[("name", value) for value in ["", " \t\u3000", "n" * 101, "𝄞" * 101, "a\u0000b", 5, {}]],
    *[("timezone", value) for value in [
        "", "Mars/Olympus", "Berlin", "posix/Europe/Berlin", "localtime", "posixrules", "CEST", "EST5", "Europe/Berl\u0131n", "+02:00", "../etc/passwd",
        "UTC\u0000", "x" * 65, None, 1]],
    *[("password", value) for value in [
        "Sh0rt-x", "no-upper-7-case", "NO-LOWER-7-CASE", "No-Digit-Here", "NoSymbol7Here",
        "Space 7 Only", "Aa1-" + "x" * 69, "Aa1-" + "é" * 34 + "y", "Aa1-xxxx\u0000", "abc\u0000Def-7890",
        None, 12345678, ["Correct-Horse-7"]]],
]


@pytest.mark.parametrize("field, value", NOT_FITTING)
def test_what_does_not_fit_is_that_fields_error(client, body, field, value):
    response = client.post("/auth/register", json={**body, field: value})
    refused(response, 400, "validation_failed", field)
    assert response.json()["message"].startswith(field)


@pytest.mark.parametrize("password", ["Aq1-zvpx", "Aq1-" + "zvpxkwmj" * 8 + "tyhq", "Aa1-" + "é" * 34, "Ää١-9 xxx",
                                      " Aq1-zvp ", "Aa1\t-\nxxx"])
def test_passwords_that_fit(client, body, password):
    assert client.post("/auth/register", json={**body, "password": password}).status_code == 201
    client.log_in(body["email"], password)


@pytest.mark.parametrize("field", ["email", "username", "password"])
def test_what_is_required(client, body, field):
    del body[field]
    refused(client.post("/auth/register", json=body), 400, "validation_failed", field)


def test_all_wrong_fields_at_once(client):
    response = client.post("/auth/register", json={
        "email": "x", "username": "x", "password": "x", "name": "", "timezone": 1, "admin": True})
    assert response.json()["error"] == "validation_failed"
    fields = {detail["field"] for detail in response.json()["details"]}
    assert fields == {"email", "username", "password", "name", "timezone", "admin"}
    refused(client.post("/auth/register", json={}), 400, "validation_failed", "email", "username",
            "password")


@pytest.mark.parametrize("member", ["id", "email_verified", "user_id", "role", "created_at", "Email",
                                    "email ", "", "password_hash"])
def test_unknown_members(client, body, member):
    refused(client.post("/auth/register", json={**body, member: "x"}), 400, "validation_failed", member)


def test_taken_regardless_of_case(client, user):
    for email in (user.email, user.email.upper(), user.email.title()):
        refused(client.register(expect=409, email=email), 409, "email_taken", "email")
    for username in (user.username, user.username.upper()):
        refused(client.register(expect=409, username=username), 409, "username_taken", "username")
    assert user.get("/users/me").status_code == 200


def test_one_of_many_at_once_gets_the_address(client, body):
    def register(number):
        return client.post("/auth/register", json={**body, "username": f"{body['username'][:9]}-{number}"})

    answers = at_once(*[lambda number=number: register(number) for number in range(8)])
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


def test_passwords_are_stored_as_bcrypt(client, stack, body):
    client.post("/auth/register", json=body)
    [(found,)] = stack.ask("SELECT password_hash FROM credentials JOIN users ON users.id = user_id"
                           " WHERE email = %s", body["email"])
    assert found.startswith("$2b$04$") and len(found) == 60


def test_the_72nd_byte_counts(client, body):
    """bcrypt looks at 72 bytes: all of them, and what is longer never logs in."""
    password = "Aa1-" + "x" * 67 + "y"
    client.post("/auth/register", json={**body, "password": password})
    client.log_in(body["email"], password)
    for other in (password[:-1], password[:-1] + "z", password + "z", password + "\u0000"):
        answer = client.post("/auth/login", json={"email": body["email"], "password": other})
        assert answer.status_code in (400, 401), other


def fields_of(answer):
    return sorted(detail["field"] for detail in answer.json()["details"])


@pytest.mark.parametrize("around", ["{} ", " {}", "\t{}\n", "\u3000{}\u00a0"])
def test_white_space_around_an_address_is_cut(client, body, around):
    made = client.post("/auth/register", json={**body, "email": around.format(body["email"])})
    assert made.status_code == 201 and made.json()["email"] == body["email"]
    assert client.log_in(around.format(body["email"])).id == made.json()["id"]
    again = client.post("/auth/register", json={**body, "username": uuid.uuid4().hex[:20],
                                                "email": around.format(body["email"])})
    refused(again, 409, "email_taken", "email")


def test_everything_that_is_wrong_at_once(client, body, user):
    answer = client.post("/auth/register", json={
        "email": user.email.upper(), "username": user.username.upper(), "password": "short", "timezone": "Mars/Olympus"})
    assert (answer.status_code, answer.json()["error"]) == (400, "validation_failed")
    assert fields_of(answer) == ["email", *["password"] * 4, "timezone", "username"]
    answer = client.post("/auth/register", json={**body, "email": user.email, "timezone": "Mars/Olympus"})
    assert (answer.status_code, fields_of(answer)) == (400, ["email", "timezone"])
    answer = client.post("/auth/register", json={**body, "username": user.username, "email": "x"})
    assert (answer.status_code, fields_of(answer)) == (400, ["email", "username"])


def test_every_rule_that_a_password_breaks(client, body):
    answer = client.post("/auth/register", json={**body, "password": ""})
    assert fields_of(answer) == ["password"] * 5
    assert len({detail["message"] for detail in answer.json()["details"]}) == 5


def test_only_taken(client, body, user):
    taken = {"email": user.email, "username": user.username}
    answer = client.post("/auth/register", json={**body, **taken})
    assert (answer.status_code, answer.json()["error"], fields_of(answer)) == (409, "email_taken", ["email", "username"])
    refused(client.post("/auth/register", json={**body, "email": user.email}), 409, "email_taken", "email")
    refused(client.post("/auth/register", json={**body, "username": user.username}), 409, "username_taken", "username")


def test_a_profile_too_is_told_everything_at_once(user, stranger):
    answer = user.patch("/users/me", json={"username": stranger.username, "timezone": "Mars/Olympus", "name": ""})
    assert (answer.status_code, fields_of(answer)) == (400, ["name", "timezone", "username"])
    answer = user.patch("/users/me", json={"username": stranger.username, "timezone": "Mars/Olympus"})
    assert (answer.status_code, fields_of(answer)) == (400, ["timezone", "username"])
    refused(user.patch("/users/me", json={"username": stranger.username, "timezone": "UTC"}), 409, "username_taken",
            "username")
    assert user.patch("/users/me", json={"username": user.username.upper(), "timezone": "UTC"}).status_code == 200
    assert user.patch("/users/me", json={"email": f" {user.email} "}).status_code == 200
