"""Tokens of another issuer, made here as a front end with a login of its own makes them."""

import base64
import hmac
import itertools
import json
import time
import uuid

import pytest

from client import PASSWORD, Client, at_once
from contract import refused
from resources import change, found, ids, make, make_task, new_id, read, tag

SECRET = "the secret of a front end that has its own login"
HEADER = {"alg": "HS256", "typ": "JWT"}
numbers = itertools.count(1)


def encode(data):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def sign(header, payload, secret=SECRET, digest="sha256"):
    text = f"{encode(header)}.{encode(payload)}"
    return f"{text}.{encode(hmac.digest(secret.encode(), text.encode(), digest))}"


def person(**changes):
    """Claims of somebody new; None takes one away."""
    claims = {"sub": new_id(), "email": f"front{next(numbers)}@example.org", "exp": now() + 600, **changes}
    return {name: value for name, value in claims.items() if value is not None}


def now():
    return int(time.time())


class Foreigner(Client):
    """Somebody who logged in at the front end."""

    def __init__(self, client, **changes):
        super().__init__(client.stack, client.contract, client.record)
        self.claims = person(**changes)
        self.id, self.email = self.claims.get("sub", self.claims.get("user_id")), self.claims["email"]
        self.access_token = sign(HEADER, self.claims)
        self.record.owners[self.id].add(self.id)

    def anew(self, **changes):
        """The same person with another token."""
        return self.with_token(sign(HEADER, {**self.claims, **changes}))


@pytest.fixture(scope="module")
def served(restart_stack):
    return restart_stack({"BETTER_AUTH_SECRET": SECRET})


@pytest.fixture(scope="module")
def visitor(served, connect):
    return connect(served)


@pytest.fixture
def foreigner(visitor):
    return Foreigner(visitor)


@pytest.fixture
def local(visitor):
    """Somebody who registered here."""
    return visitor.new_user()


def rows(stack, who):
    return stack.ask("SELECT email FROM users WHERE id = %s", who)


# First sight.


@pytest.mark.parametrize("changes", [
    {}, {"sub": None, "user_id": "018f0000-0000-7000-8000-00000000f001"},
    {"sub": "auth0|1", "user_id": "018F0000-0000-7000-8000-00000000F002"},
    {"sub": "018f0000-0000-7000-8000-00000000f003", "user_id": "018f0000-0000-7000-8000-00000000f004"},
    {"iss": "them", "aud": ["anybody"], "sid": "018f0000-0000-7000-8000-00000000f005", "typ": "access"}],
    ids=["sub", "user_id", "user_id beside a sub that is none", "both", "more claims"])
def test_made_at_first_sight(served, visitor, changes):
    who = Foreigner(visitor, **changes)
    expected = changes.get("sub") or changes.get("user_id") or who.id
    expected = changes["user_id"].lower() if changes.get("sub") == "auth0|1" else expected
    profile = read(who, "/users/me")
    assert (profile["id"], profile["email"]) == (expected, who.email)
    assert profile["username"] == who.email.split("@")[0]
    assert (profile["name"], profile["timezone"], profile["email_verified"], profile["version"]) \
        == (None, "UTC", False, 1)
    assert read(who, "/users/me") == profile
    for table in ["credentials", "sessions"]:
        assert served.ask(f"SELECT count(*) FROM {table} WHERE user_id = %s", expected) == [(0,)]


def test_first_sights_at_once_are_one_user(served, foreigner):
    """Whatever comes first, and in whichever worker."""
    calls = [lambda: foreigner.get("/users/me"), lambda: foreigner.post("/tasks", json={"title": "x"}),
             lambda: foreigner.get("/dashboard"), lambda: foreigner.get("/tasks"),
             lambda: foreigner.post("/moods", json={"score": 3}, headers={"Idempotency-Key": new_id()})]
    answers = at_once(*calls * 4)
    assert sorted(answer.status_code for answer in answers) == [200] * 12 + [201] * 8
    assert rows(served, foreigner.id) == [(foreigner.email,)]
    assert (len(found(foreigner, "/tasks")), len(found(foreigner, "/moods"))) == (4, 4)


def test_exports_at_first_sight(served, foreigner):
    """Their transactions see one moment and end without a change; still the user is made, and stays."""
    calls = [lambda: foreigner.get("/users/me/export")] * 3 + [lambda: foreigner.get("/users/me")]
    statuses = {answer.status_code for answer in at_once(*calls * 5)}
    assert 200 in statuses <= {200, 429}, "429: one user exports only so many times at once"
    assert rows(served, foreigner.id) == [(foreigner.email,)]


def test_one_address_under_many_ids_at_once(served, visitor):
    people = [Foreigner(visitor, email="wanted@example.org") for _ in range(20)]
    answers = at_once(*[lambda who=who: who.get("/users/me") for who in people])
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19
    assert served.ask("SELECT count(*) FROM users WHERE email = 'wanted@example.org'") == [(1,)]


def test_one_name_at_many_domains(visitor):
    profiles = [read(Foreigner(visitor, email=f"grace@{new_id()}.org"), "/users/me") for _ in range(3)]
    assert profiles[0]["username"] == "grace"
    assert len({profile["username"] for profile in profiles}) == 3


# What they can do.


def test_a_day(foreigner):
    """Everything but passwords and sessions, as for anybody."""
    project, category = make(foreigner, "projects"), make(foreigner, "categories")
    first = make_task(foreigner, project_id=project["id"], category_id=category["id"])
    second = make_task(foreigner, f"/projects/{project['id']}/tasks")
    assert change(foreigner, f"/tasks/{first['id']}/complete", completed=True)["status"] == "DONE"
    moved = foreigner.post(f"/tasks/{second['id']}/move", json={"status": "DONE", "after": None})
    assert moved.status_code == 200
    assert ids(found(foreigner, "/tasks", sort_by="position", sort_order="asc")) == [second["id"], first["id"]]
    bulk = foreigner.patch("/tasks/bulk", json={"updates": [{"id": first["id"], "title": "new"}]})
    assert bulk.json()["tasks"][0]["title"] == "new"
    mood = foreigner.post("/moods", json={"score": 5}).json()
    journal = foreigner.post("/journals", json={"content": "A day", "mood_id": mood["id"], "tags": ["a"]}).json()
    assert read(foreigner, f"/journals/{journal['id']}") == journal
    assert read(foreigner, "/journals/tags")["tags"] == [{"tag": "a", "count": 1}]
    assert read(foreigner, "/moods/stats?period=week")["count"] == 1
    assert read(foreigner, "/moods/trends?period=week&count=1")["periods"][0]["count"] == 1
    assert read(foreigner, "/dashboard/statistics")["task_counts"] == {"todo": 0, "in_progress": 0, "done": 2}
    assert read(foreigner, "/dashboard")["activity"]["current_streak"] == 1
    document = read(foreigner, "/users/me/export")
    assert document["user"]["id"] == foreigner.id
    assert [len(document[name]) for name in ["projects", "categories", "tasks", "moods", "journals"]] \
        == [1, 1, 2, 1, 1]
    for path in [f"/moods/{mood['id']}", f"/projects/{project['id']}"]:
        assert foreigner.delete(path).status_code == 204
    assert found(foreigner, "/tasks") == []


@pytest.mark.parametrize("prefix", ["/users/{}/tasks", "/api/{}/tasks"])
def test_their_address_of_tasks(visitor, local, prefix):
    foreigner = Foreigner(visitor)
    path = prefix.format(foreigner.id)
    task = make_task(foreigner, path)
    assert ids(found(foreigner, path)) == ids(found(foreigner, "/tasks")) == [task["id"]]
    assert change(foreigner, f"{path}/{task['id']}/complete", completed=True)["completed"]
    refused(foreigner.get(prefix.format(local.id)), 403, "forbidden")
    refused(local.get(path), 403, "forbidden")
    assert foreigner.delete(f"{path}/{task['id']}").status_code == 204


def test_their_profile(foreigner):
    profile = read(foreigner, "/users/me")
    changed = change(foreigner, "/users/me", name="Ada", timezone="Europe/London", version=1)
    assert changed == {**profile, "name": "Ada", "timezone": "Europe/London", "version": 2,
                       "updated_at": changed["updated_at"]}
    answer = foreigner.get("/users/me", headers={"If-None-Match": tag(foreigner, "/users/me")})
    assert answer.status_code == 304


def test_the_address_is_that_of_the_first_sight(foreigner):
    """Their front end may have given them another since."""
    profile = read(foreigner, "/users/me")
    moved = foreigner.anew(email="elsewhere@example.org")
    assert read(moved, "/users/me") == profile
    assert moved.put("/users/me", json=profile).status_code == 200
    other = {"email": f"elsewhere-{new_id()}@example.org"}
    refused(moved.patch("/users/me", json=other), 403, "forbidden")
    fresh = foreigner.anew(iat=now())
    assert fresh.patch("/users/me", json=other).json()["pending_email"] == other["email"]


def test_idempotency_keys(foreigner):
    """A key is kept for the user, whichever token brings it; also the first request may bring one."""
    other = foreigner.anew(exp=now() + 700)
    sent = {"json": {"title": "once"}, "headers": {"Idempotency-Key": "a-key"}}
    first, again = foreigner.post("/tasks", **sent), other.post("/tasks", **sent)
    assert (first.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    sent["json"] = {"title": "other"}
    refused(foreigner.post("/tasks", **sent), 422, "idempotency_mismatch")
    assert ids(found(foreigner, "/tasks")) == [first.json()["id"]]


# What they cannot do.


@pytest.mark.parametrize("method, path, body", [
    ("POST", "/auth/logout", None), ("POST", "/auth/logout", {"scope": "all"}), ("GET", "/auth/sessions", None),
    ("DELETE", "/auth/sessions/018f0000-0000-7000-8000-000000000001", None),
    ("POST", "/auth/change-password", {"current_password": PASSWORD, "new_password": "Better-Battery-8"})])
def test_nothing_about_passwords_and_sessions(foreigner, method, path, body):
    for who in [foreigner, foreigner.anew(sid=new_id())]:
        refused(who.request(method, path, json=body), 403, "forbidden")
    assert foreigner.get("/users/me").status_code == 200


@pytest.mark.parametrize("age", [301, 3600, None])
def test_an_old_token_does_not_end_the_account(foreigner, age):
    """There is no password to ask for."""
    old = foreigner.anew(**({} if age is None else {"iat": now() - age}))
    for options in ({}, {"json": {"password": PASSWORD}}):
        refused(old.delete("/users/me", **options), 403, "forbidden")
    assert foreigner.get("/users/me").status_code == 200


@pytest.mark.parametrize("options", [{}, {"json": {}}, {"json": {"password": PASSWORD}}])
def test_a_new_token_ends_the_account(served, foreigner, options):
    make_task(foreigner)
    fresh = foreigner.anew(iat=now())
    answer = fresh.delete("/users/me", **options)
    assert (answer.status_code, answer.content) == (204, b"")
    assert served.ask("SELECT count(*) FROM users WHERE id = %s", foreigner.id) == [(0,)]
    assert served.log(event="account_deleted", user=foreigner.id)


def test_no_password_no_login(visitor, foreigner):
    read(foreigner, "/users/me")
    for password in [PASSWORD, "", "*0"]:
        refused(visitor.post("/auth/login", json={"email": foreigner.email, "password": password}),
                401, "invalid_credentials")


def test_their_names_are_taken(visitor, foreigner):
    username = read(foreigner, "/users/me")["username"]
    refused(visitor.register(email=foreigner.email.upper(), expect=409), 409, "email_taken", "email")
    refused(visitor.register(username=username.upper(), expect=409), 409, "username_taken", "username")


def test_a_foreign_token_refreshes_nothing(visitor, foreigner):
    for changes in [{}, {"typ": "refresh", "sid": new_id(), "ctr": 0, "iss": "daybook", "aud": "daybook"}]:
        token = foreigner.anew(**changes).access_token
        refused(visitor.post("/auth/refresh", json={"refresh_token": token}), 401, "unauthorized")


# Nobody sees anybody else's.


def test_strangers(visitor, local):
    people = [local, Foreigner(visitor), Foreigner(visitor)]
    tasks, moods = [make_task(who) for who in people], [who.post("/moods", json={"score": 1}).json() for who in people]
    for i, who in enumerate(people):
        assert (found(who, "/tasks"), found(who, "/moods")) == ([tasks[i]], [moods[i]])
        for j in {0, 1, 2} - {i}:
            refused(who.get(f"/tasks/{tasks[j]['id']}"), 403, "forbidden")
            refused(who.delete(f"/moods/{moods[j]['id']}"), 403, "forbidden")
            refused(who.get(f"/users/{who.id}/tasks/{tasks[j]['id']}"), 404, "not_found")
            refused(who.get(f"/users/{people[j].id}/tasks"), 403, "forbidden")
        document = who.get("/users/me/export").text
        assert [row["id"] in document for row in tasks] == [j == i for j in range(3)]


# Accounts of this server are nobody else's.


@pytest.mark.parametrize("spell", [str, str.upper, str.title])
def test_never_merged_by_address(served, visitor, local, spell):
    task = make_task(local)
    who = Foreigner(visitor, email=spell(local.email))
    for path in ["/users/me", "/tasks", "/dashboard", "/users/me/export", f"/users/{who.id}/tasks"]:
        refused(who.get(path), 401, "unauthorized")
    refused(who.post("/tasks", json={"title": "x"}), 401, "unauthorized")
    refused(who.post("/tasks", json={"title": "x"}, headers={"Idempotency-Key": "k"}), 401, "unauthorized")
    answer = who.get("/tasks")
    [line] = served.log(event="token_refused", request_id=answer.headers["X-Request-Id"])
    assert (line["user"], line["path"]) == (who.id, "/api/v1/tasks")
    assert rows(served, who.id) == []
    assert found(local, "/tasks") == [task]


def test_nor_with_another_foreigner(visitor, foreigner):
    read(foreigner, "/users/me")
    refused(Foreigner(visitor, email=foreigner.email.upper()).get("/users/me"), 401, "unauthorized")


@pytest.mark.parametrize("email", [None, "other@example.org"], ids=["its address", "another"])
def test_no_account_is_taken_over_by_its_id(visitor, local, email):
    """Whoever registered here with a password comes in with a session of this server only."""
    task = make_task(local)
    who = Foreigner(visitor, sub=local.id, email=email or local.email)
    for path in ["/users/me", "/tasks", f"/tasks/{task['id']}", "/users/me/export", f"/users/{local.id}/tasks"]:
        refused(who.get(path), 401, "unauthorized")
    refused(who.patch("/users/me", json={"name": "Eve"}), 401, "unauthorized")
    refused(who.post("/tasks", json={"title": "x"}, headers={"Idempotency-Key": "k"}), 401, "unauthorized")
    assert (read(local, "/users/me")["name"], found(local, "/tasks")) == (None, [task])


def test_an_account_that_is_gone_leaves_its_id(visitor, local):
    task = make_task(local)
    assert local.delete("/users/me", json={"password": PASSWORD}).status_code == 204
    who = Foreigner(visitor, sub=local.id, email=local.email)
    assert read(who, "/users/me")["id"] == local.id
    refused(who.get(f"/tasks/{task['id']}"), 404, "not_found")
    refused(local.get("/users/me"), 401, "session_revoked")


# Bad tokens. Each is made of somebody's good claims.

BAD = {
    "another secret": lambda c: sign(HEADER, c, secret=SECRET + "."),
    "no secret": lambda c: sign(HEADER, c, secret=""),
    "not signed": lambda c: sign(HEADER, c).rsplit(".", 1)[0] + ".",
    "alg none": lambda c: f"{encode({'alg': 'none'})}.{encode(c)}.",
    "alg none, signed": lambda c: sign({"alg": "none"}, c),
    "alg RS256": lambda c: sign({"alg": "RS256"}, c),
    "alg HS384": lambda c: sign({"alg": "HS384"}, c, digest="sha384"),
    "alg HS512": lambda c: sign({"alg": "HS512"}, c, digest="sha512"),
    "alg HS512, signed by SHA-256": lambda c: sign({"alg": "HS512"}, c),
    "alg hs256": lambda c: sign({"alg": "hs256"}, c),
    "no alg": lambda c: sign({"typ": "JWT"}, c),
    "crit": lambda c: sign({**HEADER, "crit": ["exp"]}, c),
    "crit empty": lambda c: sign({**HEADER, "crit": []}, c),
    "header a list": lambda c: sign(["HS256"], c),
    "payload a list": lambda c: sign(HEADER, [c]),
    "payload no JSON": lambda c: sign(HEADER, b"{'sub':1}"),
    "payload not UTF-8": lambda c: sign(HEADER, json.dumps(c)[:-1].encode() + b',"x":"\xe9"}'),
    "four parts": lambda c: sign(HEADER, c) + ".",
    "too long": lambda c: sign(HEADER, {**c, "x": "x" * 4096}),
    "no exp": lambda c: sign(HEADER, {**c, "exp": None}),
    "exp a text": lambda c: sign(HEADER, {**c, "exp": str(c["exp"])}),
    "exp in milliseconds": lambda c: sign(HEADER, {**c, "exp": c["exp"] * 1000}),
    "iat ahead": lambda c: sign(HEADER, {**c, "iat": now() + 45}),
    "nbf ahead": lambda c: sign(HEADER, {**c, "nbf": now() + 45}),
    "nbf a text": lambda c: sign(HEADER, {**c, "nbf": "now"}),
    "sub no UUID": lambda c: sign(HEADER, {**c, "sub": "1"}),
    "sub a number": lambda c: sign(HEADER, {**c, "sub": 1}),
    "sub longer": lambda c: sign(HEADER, {**c, "sub": c["sub"] + "\0"}),
    "sub in braces": lambda c: sign(HEADER, {**c, "sub": "{%s}" % c["sub"]}),
    "sub SQL": lambda c: sign(HEADER, {**c, "sub": "' OR '1'='1"}),
    "neither sub nor user_id a UUID": lambda c: sign(HEADER, {**c, "sub": "1", "user_id": ""}),
    "no sub": lambda c: sign(HEADER, {**c, "sub": None}),
    "no email": lambda c: sign(HEADER, {n: c[n] for n in ["sub", "exp"]}),
    "email null": lambda c: sign(HEADER, {**c, "email": None}),
    "email a list": lambda c: sign(HEADER, {**c, "email": [c["email"]]}),
    "email true": lambda c: sign(HEADER, {**c, "email": True}),
}
EXPIRED = {"over": lambda: now() - 31, "long over": lambda: 0, "with a fraction": lambda: now() - 31.5}
GOOD = {
    "exp within the leeway": lambda: {"exp": now() - 20},
    "exp with a fraction": lambda: {"exp": now() + 60.5},
    "iat within the leeway": lambda: {"iat": now() + 20},
    "nbf within the leeway": lambda: {"nbf": now() + 20},
    "no more than it needs": dict,
}
# Texts that are no address. The last two would be two lines of a mail's header.
NO_ADDRESSES = ["", " ", "a", "@", "a@", "@b", "a@b@c", "a b@example.org", "a@exam ple.org", " a@example.org",
                "a@example.org ", "a\tb@example.org", "\0", "a\0b@example.org", "a@example.org\0",
                "a" * 300, "a" * 243 + "@example.org", "é" * 300 + "@example.org", "a\x7f@example.org", "a\u0085b@example.org",
                "a@example.org\n", "a@example.org\r\nBcc: b@example.org"]
# Addresses that an issuer may have; what they hold is data and nothing else.
ADDRESSES = ["zoë@example.org", "日本@例え.jp", "🗓@example.org", "a@b", "a" * 242 + "@example.org",
             "a'--;DROP_TABLE_users@example.org", '"<script>"@example.org', "%s%n{}$1@example.org", "\\@example.org",
             "ab@example.org", "\u212a@example.org"]


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token(served, visitor, name):
    claims = person()
    refused(visitor.with_token(BAD[name](claims)).get("/users/me"), 401, "unauthorized")
    assert rows(served, claims["sub"]) == []


@pytest.mark.parametrize("name", EXPIRED)
def test_an_expired_token(served, visitor, name):
    who = Foreigner(visitor, exp=EXPIRED[name]())
    refused(who.get("/users/me"), 401, "token_expired")
    assert rows(served, who.id) == []


@pytest.mark.parametrize("name", GOOD)
def test_a_good_token(visitor, name):
    assert read(Foreigner(visitor, **GOOD[name]()), "/users/me")["version"] == 1


@pytest.mark.parametrize("email", NO_ADDRESSES)
def test_no_address(served, visitor, email):
    who = Foreigner(visitor, email=email)
    for answer in [who.get("/users/me"), who.post("/tasks", json={"title": "x"}), who.get("/users/me/export"),
                   who.post("/tasks", json={"title": "x"}, headers={"Idempotency-Key": "k"})]:
        refused(answer, 401, "unauthorized")
    assert rows(served, who.id) == []


@pytest.mark.parametrize("email", ADDRESSES)
def test_an_unusual_address(visitor, email):
    who = Foreigner(visitor, email=email)
    assert read(who, "/users/me")["email"] == email
    assert read(who, "/users/me/export")["user"]["email"] == email
    assert change(who, "/users/me", email=email, name="x")["email"] == email
    refused(Foreigner(visitor, email=email).get("/users/me"), 401, "unauthorized")


# Ours and theirs are never taken for each other.


def test_our_refresh_token_is_not_theirs(visitor, local):
    refused(visitor.with_token(local.refresh_token).get("/users/me"), 401, "unauthorized")
    assert local.get("/users/me").status_code == 200


def test_our_secret_signs_nothing_of_theirs(served, visitor, local):
    ours = served.setting("JWT_SECRET_KEY")
    for header in [HEADER, {**HEADER, "kid": "main"}]:
        for claims in [person(), person(sub=local.id, email=local.email)]:
            refused(visitor.with_token(sign(header, claims, secret=ours)).get("/users/me"), 401, "unauthorized")


def test_their_secret_signs_nothing_of_ours(visitor, local):
    claims = {"sub": local.id, "sid": local.session_id, "email": local.email, "typ": "access", "iss": "daybook",
              "aud": "daybook", "jti": new_id(), "iat": now(), "exp": now() + 600}
    for header in [HEADER, {**HEADER, "kid": "main"}]:
        refused(visitor.with_token(sign(header, claims)).get("/users/me"), 401, "unauthorized")
        refused(visitor.with_token(sign(header, claims)).get("/auth/sessions"), 403, "forbidden")


def test_without_their_secret_there_is_no_other_issuer(stack, client):
    ours = stack.setting("JWT_SECRET_KEY")
    for secret in [SECRET, "", ours]:
        claims = person()
        refused(client.with_token(sign(HEADER, claims, secret=secret)).get("/users/me"), 401, "unauthorized")
        assert rows(stack, claims["sub"]) == []


def test_a_request_of_theirs_is_logged_as_theirs(served, foreigner):
    answer = foreigner.get("/users/me")
    line = served.request_line(answer.headers["X-Request-Id"])
    assert line["user"] == foreigner.id
    assert uuid.UUID(line["user"])
