"""The profile and the end of an account."""

import random
import zoneinfo

import pytest

from client import PASSWORD
from contract import refused
from resources import stale, tag


def me(user):
    return user.get("/users/me").json()


@pytest.fixture(params=["PATCH", "PUT"])
def change(request, user):
    """change({…}): PATCH and PUT are the same merge."""
    return lambda body, **options: user.request(request.param, "/users/me", json=body, **options)


def test_the_profile(user):
    response = user.get("/users/me")
    assert response.headers["ETag"] == tag(user, "/users/me")
    assert response.json() == {**response.json(), "id": user.id, "email": user.email,
                               "username": user.username, "name": None, "timezone": "UTC",
                               "email_verified": False, "version": 1}


def test_without_a_token(client):
    for method in ("GET", "PATCH", "PUT", "DELETE"):
        refused(client.request(method, "/users/me"), 401, "unauthorized")


def test_changes(user, change):
    before = me(user)
    response = change({"name": "Ada", "timezone": "Asia/Tokyo", "username": f"ada-{before['id'][-8:]}"})
    assert response.status_code == 200
    after = response.json()
    assert after == {**before, "name": "Ada", "timezone": "Asia/Tokyo",
                     "username": f"ada-{before['id'][-8:]}", "version": 2,
                     "updated_at": after["updated_at"]}
    assert after["updated_at"] > before["updated_at"]
    assert response.headers["ETag"] == tag(user, "/users/me")
    assert me(user) == after
    assert change({"name": None}).json()["name"] is None
    assert me(user)["timezone"] == "Asia/Tokyo"


@pytest.mark.parametrize("sent, kept", [
    ("utc", "UTC"), ("europe/berlin", "Europe/Berlin"), ("AMERICA/PORT-AU-PRINCE", "America/Port-au-Prince"),
    ("america/argentina/comodrivadavia", "America/Argentina/ComodRivadavia"), ("CET", "CET"), ("cet", "CET"),
    ("EeT", "EET"), ("met", "MET"), ("wet", "WET"), ("est5edt", "EST5EDT"), ("gb-eire", "GB-Eire"), ("factory", "Factory"),
    ("etc/gmt+12", "Etc/GMT+12"), ("nz-chat", "NZ-CHAT"), ("Asia/Ust-nera", "Asia/Ust-Nera")])
def test_a_zone_in_any_case_reads_back_as_the_list_has_it(change, user, sent, kept):
    answer = change({"timezone": sent})
    assert (answer.status_code, answer.json()["timezone"]) == (200, kept)
    assert me(user)["timezone"] == kept


def test_every_zone_of_the_list(stack, client):
    """In upper and in lower case; the whole list in one statement, a few of it through the front."""
    names = sorted(zoneinfo.available_timezones() - {"localtime"})
    assert stack.ask("SELECT count(*) FROM timezones WHERE name = ANY (%s)", names) == [(len(names),)]
    user = client.new_user()
    for name in random.Random(1).sample(names, 60):
        for sent in [name.upper(), name.lower()]:
            assert user.patch("/users/me", json={"timezone": sent}).json()["timezone"] == name


def test_an_empty_change(user, change):
    before = me(user)
    assert change({}).json() == before
    assert me(user) == before


def test_what_was_got_may_be_sent_back(user, change):
    before = me(user)
    response = change({**before, "name": "Ada"})
    assert response.status_code == 200, response.text
    after = response.json()
    assert after == {**before, "name": "Ada", "version": 2, "updated_at": after["updated_at"]}


def test_server_owned_members_do_not_change(user, change):
    before = me(user)
    response = change({"id": "0190f3c0-0000-7000-8000-000000000000", "email_verified": True,
                       "created_at": "2000-01-01T00:00:00Z", "updated_at": None})
    assert response.status_code == 200
    after = me(user)
    assert {name: after[name] for name in ("id", "email_verified", "created_at", "name")} == {
        name: before[name] for name in ("id", "email_verified", "created_at", "name")}


@pytest.mark.parametrize("field, value", [
    ("username", "ab"), ("username", "a" * 31), ("username", "a b"), ("username", None), ("username", 1),
    ("name", ""), ("name", "\u2003"), ("name", "n" * 101), ("name", "a\u0000"), ("name", []),
    ("timezone", ""), ("timezone", "Mars/Olympus"), ("timezone", None), ("timezone", "posix/CET"),
    ("email", "x"), ("email", None),
    ("version", 0), ("version", -1), ("version", "1"), ("version", 1.5), ("version", None),
    ("version", 2**63), ("password", PASSWORD), ("password_hash", "x"), ("Name", "x")])
def test_what_does_not_fit(user, change, field, value):
    before = me(user)
    refused(change({field: value, "name" if field != "name" else "timezone": "UTC"}), 400,
            "validation_failed", field)
    assert me(user) == before


def test_the_own_address_may_be_repeated(user, change):
    assert change({"email": user.email.upper(), "name": "Ada"}).json()["email"] == user.email


def test_a_username_that_is_taken(user, stranger, change):
    refused(change({"username": stranger.username.upper(), "name": "x"}), 409, "username_taken", "username")
    assert me(user)["name"] is None
    assert change({"username": user.username.upper()}).json()["username"] == user.username.upper()


def test_conditional_get(user):
    now = tag(user, "/users/me")
    for unchanged in (now, f'"0", {now}', "*", f"W/{now}"):
        answer = user.get("/users/me", headers={"If-None-Match": unchanged})
        assert (answer.status_code, answer.headers["ETag"]) == (304, now)
    user.patch("/users/me", json={"name": "Ada"})
    assert user.get("/users/me", headers={"If-None-Match": now}).status_code == 200


def test_stale_changes(user, change):
    old = tag(user, "/users/me")
    change({"name": "first"})
    for headers in ({"If-Match": old}, {"If-Match": '"7", "8"'}, {"If-Match": f"W/{old}"}, {"If-Match": ","},
                    {"If-None-Match": "*"}, {"If-None-Match": tag(user, "/users/me")}):
        stale(change({"name": "stale"}, headers=headers), user, "/users/me")
        stale(change({}, headers=headers), user, "/users/me")
    stale(change({"name": "stale", "version": 1}), user, "/users/me", 409)
    stale(change({"version": 3}), user, "/users/me", 409)
    stale(change({"version": 1}, headers={"If-Match": old}), user, "/users/me")
    assert me(user)["name"] == "first"


def test_fresh_changes(user, change):
    assert change({"name": "a"}, headers={"If-Match": tag(user, "/users/me")}).json()["version"] == 2
    assert change({"name": "b", "version": 2}).json()["version"] == 3
    assert change({"name": "c"}, headers={"If-Match": f'"x", W/{tag(user, "/users/me")}'}).json()["version"] == 4
    assert change({"name": "d"}, headers={"If-Match": "*"}).json()["version"] == 5


@pytest.mark.parametrize("match", ["1", '"1', '1"', "x", '"1" "2"', '"1",,"2', '*, "1"'])
def test_a_malformed_if_match(user, change, match):
    answer = change({"name": "x"}, headers={"If-Match": match})
    assert (answer.status_code, me(user)["name"]) == (400, None)


# The end of an account


def test_deleting_needs_the_password(user):
    for wrong in ("Wrong-Horse-7", "", PASSWORD + "\n", "x" * 100):
        refused(user.delete("/users/me", json={"password": wrong}), 403, "invalid_password", "password")
    for body, fields in (({}, ["password"]), ({"password": None}, ["password"]),
                         ({"password": PASSWORD, "sure": True}, ["sure"])):
        refused(user.delete("/users/me", json=body), 400, "validation_failed", *fields)
    refused(user.delete("/users/me"), 400, "invalid_json")
    assert user.get("/users/me").status_code == 200


def test_everything_is_gone(client, stack, user, stranger):
    other = user.another_session()
    for number in range(3):
        user.post("/tasks", json={"title": f"task {number}"})
    answer = user.delete("/users/me", json={"password": PASSWORD})
    assert (answer.status_code, answer.content) == (204, b"")
    for session in (user, other):
        refused(session.get("/users/me"), 401, "session_revoked")
        refused(session.post("/tasks", json={"title": "too late"}), 401, "session_revoked")
        refused(client.post("/auth/refresh", json={"refresh_token": session.refresh_token}), 401,
                "session_revoked")
    refused(client.post("/auth/login", json={"email": user.email, "password": PASSWORD}), 401,
            "invalid_credentials")
    assert rows_of(stack, user.id) == {}
    assert rows_of(stack, stranger.id) != {}
    [line] = stack.log(event="account_deleted", request_id=answer.headers["X-Request-Id"])
    assert line["user"] == user.id


def rows_of(stack, user_id):
    """How many rows each table has of a user, in whatever column."""
    columns = stack.ask(
        "SELECT attrelid::regclass::text, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
        " WHERE relnamespace = 'daybook'::regnamespace AND relkind IN ('r', 'p')"
        " AND (attname = 'user_id' OR attrelid::regclass::text = 'users' AND attname = 'id')")
    assert ("users", "id") in columns and ("tasks", "user_id") in columns
    counts = {table: stack.ask(f"SELECT count(*) FROM {table} WHERE {column} = %s", user_id)[0][0]
              for table, column in columns}
    return {table: count for table, count in counts.items() if count}


def test_the_address_and_the_name_are_free_again(client, user):
    user.delete("/users/me", json={"password": PASSWORD})
    again = client.new_user(email=user.email, username=user.username)
    assert again.id != user.id
    assert again.get("/tasks").json()["total"] == 0
    refused(user.get("/tasks"), 401, "session_revoked")
