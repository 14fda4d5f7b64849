"""Idempotency-Key: what was done once is not done again, and is answered alike."""

import contextlib
import json
import threading

import pytest

from client import at_once
from contract import PROBLEM_TYPE, refused
from resources import NOBODYS, found, ids, make, make_task, new_id, read
from waiting import wait_for

KEPT = ["Content-Type", "Location", "ETag", "Cache-Control", "Vary"]
JSON = {"Content-Type": "application/json"}


def key(value="a-key", **headers):
    return {"Idempotency-Key": value, **headers}


def creations(user):
    project = make(user, "projects")["id"]
    return [("POST", "/tasks", {"title": "Pay the rent"}), ("POST", "/projects", {"name": "Home"}),
            ("POST", "/categories", {"name": "Errands"}), ("POST", "/journals", {"title": "A day", "content": "…"}),
            ("POST", "/moods", {"score": 4}), ("POST", f"/projects/{project}/tasks", {"title": "Paint"}),
            ("POST", f"/users/{user.id}/tasks", {"title": "Öl 🗓"}),
            ("POST", f"/api/{user.id}/tasks", {"title": "x"})]


def changes(user):
    a, b, c, d = (make_task(user)["id"] for _ in range(4))
    return [("POST", f"/tasks/{a}/move", {"status": "DONE"}),
            ("POST", f"/users/{user.id}/tasks/{a}/move", {"before": None}),
            ("PATCH", "/tasks/bulk", {"updates": [{"id": b, "title": "x"}, {"id": a, "after": None}]}),
            ("DELETE", "/tasks/bulk", {"ids": [c]}), ("DELETE", f"/users/{user.id}/tasks/bulk", {"ids": [d]})]


def replayed(first, again):
    """The second answer is the first one's, and says so."""
    assert again.status_code == first.status_code, again.text
    assert again.content == first.content
    assert {name: again.headers.get(name) for name in KEPT} == {name: first.headers.get(name) for name in KEPT}
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    assert "Idempotency-Replayed" not in first.headers
    return again


def everything(user):
    """All that the user has, to see that nothing changed."""
    export = read(user, "/users/me/export")
    return {name: value for name, value in export.items() if isinstance(value, list)}


def key_count(stack, user):
    return stack.ask("SELECT count(*) FROM idempotency_keys WHERE user_id = %s", user.id)[0][0]


# Sending again.


@pytest.mark.parametrize("operations", [creations, changes])
def test_the_same_answer_again(user, operations):
    for method, path, body in operations(user):
        first = user.request(method, path, json=body, headers=key(path))
        assert first.status_code in (200, 201, 204), first.text
        before = everything(user)
        for _ in range(3):
            replayed(first, user.request(method, path, json=body, headers=key(path)))
        assert everything(user) == before
        if first.status_code == 201:
            assert first.headers["Location"].endswith(first.json()["id"]) and first.headers["ETag"]


@pytest.mark.parametrize("operations", [creations, changes])
def test_another_body(user, operations):
    for method, path, body in operations(user):
        first = user.request(method, path, json=body, headers=key(path))
        before = everything(user)
        text = json.dumps(body)
        for other in [text + " ", text.replace(": ", ":"), "{}", "", "not JSON", text[:-1] + ', "version": 1}']:
            answer = user.request(method, path, data=other, headers=key(path, **JSON))
            refused(answer, 422, "idempotency_mismatch")
            assert "Idempotency-Replayed" not in answer.headers
        assert everything(user) == before
        replayed(first, user.request(method, path, json=body, headers=key(path)))


@pytest.mark.parametrize("operations", [creations, changes])
def test_many_at_once_do_it_once(stack, user, operations):
    for method, path, body in operations(user):
        answers = at_once(*[lambda: user.request(method, path, json=body, headers=key(path))] * 8)
        done = [answer for answer in answers if answer.status_code not in (409, 429)]
        assert len([answer for answer in done if "Idempotency-Replayed" not in answer.headers]) == 1
        assert len({answer.content for answer in done}) == 1 and done[0].status_code < 300
        for answer in answers:
            if answer.status_code == 409:
                refused(answer, 409, "idempotency_in_flight")
            if answer.status_code == 429:  # so many bulk changes of one user at once
                refused(answer, 429, "too_many_requests")
        assert user.request(method, path, json=body, headers=key(path)).content == done[0].content
    assert key_count(stack, user) == len(operations(user))


def test_50_at_once_make_one_row(user):
    answers = at_once(*[lambda: user.post("/tasks", json={"title": "one"}, headers=key())] * 50)
    assert {answer.status_code for answer in answers} <= {201, 409}
    bodies = {answer.content for answer in answers if answer.status_code == 201}
    assert len(bodies) == 1 and found(user, "/tasks") == [json.loads(bodies.pop())]


def test_a_move_is_done_once(user):
    a, b = make_task(user)["id"], make_task(user)["id"]
    first = user.post(f"/tasks/{a}/move", json={}, headers=key())
    user.post(f"/tasks/{b}/move", json={})
    replayed(first, user.post(f"/tasks/{a}/move", json={}, headers=key()))
    assert ids(found(user, "/tasks", sort_by="position", sort_order="asc")) == [a, b]
    assert read(user, f"/tasks/{a}")["version"] == 2


def test_the_answer_stays_when_the_task_changes(user):
    body = {"title": "first"}
    first = user.post("/tasks", json=body, headers=key())
    user.patch(first.headers["Location"], json={"title": "changed"})
    replayed(first, user.another_session().post("/tasks", json=body, headers=key()))


# What has been deleted.


def forgotten(again):
    """The request is not done again, and nothing of its answer is left."""
    refused(again, 404, "not_found")
    assert again.headers["Idempotency-Replayed"] == "true"


def stored_texts(stack, user):
    return stack.ask("SELECT head || body FROM idempotency_keys WHERE user_id = %s", user.id)


@pytest.mark.parametrize("path, body", [
    ("/tasks", {"title": "Secret"}), ("/projects", {"name": "Secret"}), ("/categories", {"name": "Secret"}),
    ("/journals", {"content": "Secret"}), ("/moods", {"score": 4, "note": "Secret"})])
def test_nothing_deleted_is_kept(stack, user, path, body):
    first = user.post(path, json=body, headers=key())
    other = user.post(path, json={**body, next(iter(body)): 5 if path == "/moods" else "Other"}, headers=key("other"))
    assert user.delete(first.headers["Location"]).status_code == 204
    for _ in range(2):
        forgotten(user.post(path, json=body, headers=key()))
    assert len(found(user, path)) == 1
    kept = stored_texts(stack, user)
    assert ("",) in kept and len(kept) == 2
    assert json.loads(other.content)["id"] in str(kept)
    refused(user.post(path, json={**body, "x": 1}, headers=key()), 422, "idempotency_mismatch")


def test_nothing_that_a_project_took_along_is_kept(stack, user):
    project = make(user, "projects")
    body = {"title": "Secret"}
    path = f"/projects/{project['id']}/tasks"
    user.post(path, json=body, headers=key())
    user.post("/tasks", json={"title": "Stays"}, headers=key())
    user.delete(f"/projects/{project['id']}")
    assert "Secret" not in str(stored_texts(stack, user)) and "Stays" in str(stored_texts(stack, user))
    forgotten(user.post(path, json=body, headers=key()))


@pytest.mark.parametrize("method, path, body", [
    ("POST", "/tasks/{}/move", {"status": "DONE"}),
    ("POST", "/tasks/{}/move", {"version": 7}),
    ("PATCH", "/tasks/bulk", {"updates": [{"id": "{}", "title": "Secret"}]})])
def test_nothing_deleted_is_kept_of_a_change(stack, user, method, path, body):
    """That of a refusal shows the task, too: as `current`."""
    task = make_task(user, title="Secret")["id"]

    def make_call():
        return user.request(method, path.format(task), headers=key(), json=json.loads(json.dumps(body).replace("{}", task)))

    assert "Secret" in make_call().text
    user.delete("/tasks/bulk", json={"ids": [task]})
    assert stored_texts(stack, user) == [("",)]
    forgotten(make_call())


def test_a_deletion_is_kept_and_shows_nothing(stack, user):
    task = user.post("/tasks", json={"title": "Secret"}, headers=key("create")).json()["id"]
    done = user.delete("/tasks/bulk", json={"ids": [task]}, headers=key())
    replayed(done, user.delete("/tasks/bulk", json={"ids": [task]}, headers=key()))
    assert "Secret" not in str(stored_texts(stack, user))


def test_what_shows_a_stranger_s_deletion(stack, user, stranger):
    """The same id, of somebody else."""
    body = {"id": new_id(), "title": "mine"}
    first = user.post("/tasks", json=body, headers=key())
    assert stranger.post("/tasks", json=body).status_code == 201
    stranger.delete(f"/tasks/{body['id']}")
    replayed(first, user.post("/tasks", json=body, headers=key()))


def test_a_category_that_goes_leaves_the_tasks_answers(user):
    category = make(user, "categories")["id"]
    body = {"title": "stays", "category_id": category}
    first = user.post("/tasks", json=body, headers=key())
    user.delete(f"/categories/{category}")
    replayed(first, user.post("/tasks", json=body, headers=key()))


def test_a_large_answer(user):
    tasks = [make_task(user, description="ß語🗓\"\\\n" * 80)["id"] for _ in range(120)]
    body = {"updates": [{"id": task, "title": "\u0001Ω" * 100} for task in tasks]}
    first = user.patch("/tasks/bulk", json=body, headers=key())
    assert first.status_code == 200 and len(first.content) > 1e5
    replayed(first, user.patch("/tasks/bulk", json=body, headers=key()))


# Refusals.


def test_refusals_are_kept(user, stranger):
    task, theirs = make_task(user)["id"], make_task(stranger)["id"]
    own = new_id()
    user.post("/tasks", json={"id": own, "title": "x"})
    move = f"/tasks/{task}/move"
    for status, method, path, body in [
            (400, "POST", "/tasks", {}), (400, "POST", "/tasks", {"title": ""}),
            (400, "POST", "/tasks", {"title": "x", "project_id": NOBODYS}), (400, "POST", "/moods", {"score": 9}),
            (409, "POST", "/tasks", {"id": own, "title": "y"}), (400, "POST", move, {"after": task}),
            (409, "POST", move, {"version": 7}), (403, "POST", f"/tasks/{theirs}/move", {}),
            (404, "POST", f"/tasks/{NOBODYS}/move", {}), (404, "POST", f"/projects/{NOBODYS}/tasks", {"title": "x"}),
            (404, "POST", f"/users/{user.id}/tasks/{theirs}/move", {}),
            (409, "PATCH", "/tasks/bulk", {"updates": [{"id": task, "title": "x"}, {"id": own, "version": 9}]}),
            (404, "DELETE", "/tasks/bulk", {"ids": [task, NOBODYS]}),
            (403, "DELETE", "/tasks/bulk", {"ids": [theirs, task]})]:
        name = f"{method}-{path}-{json.dumps(body)}".replace(" ", "")[-128:]
        before = everything(user)
        first = user.request(method, path, json=body, headers=key(name))
        assert first.status_code == status, first.text
        replayed(first, user.request(method, path, json=body, headers=key(name)))
        refused(user.request(method, path, data="{ }", headers=key(name, **JSON)), 422, "idempotency_mismatch")
        assert everything(user) == before


@pytest.mark.parametrize("text, headers, status, word", [
    ("{", JSON, 400, "invalid_json"), ("", JSON, 400, "invalid_json"), ("[" * 33 + "]" * 33, JSON, 400, "invalid_json"),
    ('{"title": "once"}', {}, 415, "unsupported_media_type"),
    ('{"title": "once"}', {"Content-Type": "application/json; charset=latin1"}, 415, "unsupported_media_type"),
    (" " * (1 << 20) + "{}", JSON, 413, "payload_too_large")])
def test_what_never_reached_a_decision_is_not_kept(stack, user, text, headers, status, word):
    """The same key takes the request that was meant."""
    before = key_count(stack, user)
    refused(user.post("/tasks", data=text, headers=key(**headers)), status, word)
    assert key_count(stack, user) == before
    made = user.post("/tasks", json={"title": "once"}, headers=key())
    assert made.status_code == 201
    replayed(made, user.post("/tasks", json={"title": "once"}, headers=key()))


def test_json_that_is_no_object_is_decided(user):
    replayed(user.post("/tasks", data="[]", headers=key(**JSON)), user.post("/tasks", data="[]", headers=key(**JSON)))


def test_a_constraint_is_kept(stack, user):
    """The name is free later, and the answer is still the first."""
    taken = make(user, "categories", name="Home")
    first = user.post("/categories", json={"name": "HOME"}, headers=key())
    refused(first, 409, "name_taken", "name")
    assert user.delete(f"/categories/{taken['id']}").status_code == 204
    replayed(first, user.post("/categories", json={"name": "HOME"}, headers=key()))
    assert user.post("/categories", json={"name": "HOME"}, headers=key("another")).status_code == 201
    assert key_count(stack, user) == 2


def test_a_kept_refusal_keeps_its_form(user):
    first = user.post("/tasks", json={}, headers=key(Accept="application/problem+json"))
    assert first.headers["Content-Type"] == PROBLEM_TYPE
    replayed(first, user.post("/tasks", json={}, headers=key()))


def test_no_token_no_answer(stack, user):
    """What is answered 401 is not kept, and a key without a token tells nothing."""
    other, body = user.another_session(), {"title": "x"}
    assert other.post("/auth/logout").status_code == 204
    for _ in range(2):
        refused(other.post("/tasks", json=body, headers=key()), 401, "session_revoked")
    assert key_count(stack, user) == 0
    first = user.post("/tasks", json=body, headers=key())
    assert first.status_code == 201 and "Idempotency-Replayed" not in first.headers
    refused(other.post("/tasks", json=body, headers=key()), 401, "session_revoked")
    refused(user.with_token(None).post("/tasks", json=body, headers=key()), 401, "unauthorized")


# Keys.


@pytest.mark.parametrize("good", ["k", "k" * 128, "!", "~", "".join(map(chr, range(0x21, 0x7f))), "';--", "%00",
                                  "8c5f-pay-the-rent", "\"quoted\"", "a,b"])
def test_keys_that_are_taken(user, good):
    first = user.post("/tasks", json={"title": "x"}, headers=key(good))
    assert first.status_code == 201
    replayed(first, user.post("/tasks", json={"title": "x"}, headers=key(good)))


@pytest.mark.parametrize("bad", [b"", b"k" * 129, b"a b", b"a\tb", "ä".encode(), b"\xff", b"a\x7f", b"k" * 4000])
def test_keys_that_are_refused(stack, user, bad):
    task = make_task(user)["id"]
    for method, path, body in [("POST", "/tasks", {"title": "x"}), ("POST", f"/tasks/{task}/move", {}),
                               ("PATCH", "/tasks/bulk", {"updates": [{"id": task}]}),
                               ("DELETE", "/tasks/bulk", {"ids": [task]})]:
        answer = user.request(method, path, json=body, headers={"Idempotency-Key": bad})
        refused(answer, 400, "bad_request")
    assert ids(found(user, "/tasks")) == [task] and key_count(stack, user) == 0


def test_the_short_address_is_the_same_address(user):
    first = user.post(f"/users/{user.id}/tasks", json={"title": "x"}, headers=key())
    replayed(first, user.post(f"/api/{user.id}/tasks", json={"title": "x"}, headers=key()))


def test_upper_case_is_another_key(user):
    assert user.post("/tasks", json={"title": "x"}, headers=key("abc")).status_code == 201
    answer = user.post("/tasks", json={"title": "y"}, headers=key("ABC"))
    assert answer.status_code == 201 and "Idempotency-Replayed" not in answer.headers


def test_the_key_is_one_users(user, stranger):
    body = {"id": new_id(), "title": "mine"}
    first = user.post("/tasks", json=body, headers=key())
    theirs = stranger.post("/tasks", json={**body, "title": "theirs"}, headers=key())
    assert theirs.status_code == 201 and "Idempotency-Replayed" not in theirs.headers
    assert replayed(first, user.post("/tasks", json=body, headers=key())).json()["title"] == "mine"
    replayed(theirs, stranger.post("/tasks", json={**body, "title": "theirs"}, headers=key()))


def test_the_key_is_one_address_and_method(stack, user):
    a, b, project = make_task(user)["id"], make_task(user)["id"], make(user, "projects")["id"]
    body = {"title": "x"}
    paths = ["/tasks", f"/users/{user.id}/tasks", f"/projects/{project}/tasks"]
    made = [user.post(path, json=body, headers=key()) for path in paths]
    made += [user.post(f"/tasks/{task}/move", json={}, headers=key()) for task in (a, b)]
    made += [user.request(method, "/tasks/bulk", json={"ids": [a]}, headers=key()) for method in ("PATCH", "DELETE")]
    assert [answer.status_code for answer in made] == [201, 201, 201, 200, 200, 400, 204]
    assert not [answer for answer in made if "Idempotency-Replayed" in answer.headers]
    assert key_count(stack, user) == 7


def test_kept_for_24_hours(stack, user):
    body = {"title": "x"}
    first = user.post("/tasks", json=body, headers=key())
    age = "UPDATE idempotency_keys SET created_at = now() - %s::interval WHERE user_id = %s"
    stack.ask(age, "23:59", user.id)
    replayed(first, user.post("/tasks", json=body, headers=key()))
    stack.ask(age, "24:01", user.id)
    second = user.post("/tasks", json={"title": "y"}, headers=key())
    assert second.status_code == 201 and "Idempotency-Replayed" not in second.headers
    replayed(second, user.post("/tasks", json={"title": "y"}, headers=key()))
    assert key_count(stack, user) == 1


def test_without_a_key_nothing_changes(stack, user):
    for method, path, body in creations(user):
        if path != "/categories":
            answers = [user.request(method, path, json=body) for _ in range(2)]
            assert answers[0].json()["id"] != answers[1].json()["id"]
    for method, path, body in changes(user):
        assert user.request(method, path, json=body).status_code in (200, 204)
    assert key_count(stack, user) == 0


def test_where_no_key_is_taken(stack, user):
    """What can be repeated anyway does not look at it."""
    task = make_task(user)["id"]
    for headers in [key(), {"Idempotency-Key": b"no key at all"}]:
        for method, path, body in [("GET", "/tasks", None), ("PATCH", f"/tasks/{task}", {"title": "y"}),
                                   ("PUT", f"/tasks/{task}", {"title": "z"}), ("GET", "/users/me", None),
                                   ("PATCH", f"/tasks/{task}/complete", {"completed": True})]:
            for _ in range(2):
                answer = user.request(method, path, json=body, headers=headers)
                assert answer.status_code == 200 and "Idempotency-Replayed" not in answer.headers
    assert read(user, f"/tasks/{task}")["version"] == 1 + 2 * 2 * 3
    assert key_count(stack, user) == 0


# While it is done.


@contextlib.contextmanager
def held(stack, sql, *parameters):
    """Holds a row in a transaction of its own, so that a request has to wait for it."""
    connection = stack.postgres.connect("daybook", autocommit=False)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
    try:
        yield
    finally:
        connection.rollback()
        connection.close()


def hold_user(stack, user):
    return held(stack, "SELECT FROM daybook.users WHERE id = %s FOR UPDATE", user.id)


def hold_task(stack, user, task):
    return held(stack, "SELECT FROM daybook.tasks WHERE user_id = %s AND id = %s FOR UPDATE", user.id, task)


@pytest.fixture(scope="module")
def patient(restart_stack):
    """A Daybook whose requests wait for a row as long as a test on a busy machine needs."""
    return restart_stack({"LOCK_TIMEOUT_MS": 8000, "STATEMENT_TIMEOUT_MS": 9000})


@pytest.fixture
def waiter(patient, connect):
    return connect(patient).new_user()


def waiting_backends(stack, act="pid"):
    """The server processes of workers that wait for a row; `act` may end them."""
    return stack.ask(f"SELECT {act} FROM pg_stat_activity WHERE usename = 'daybook_app'"
                     " AND wait_event_type = 'Lock'")


def start(call):
    """Runs a call in a thread; its result is in the list when the thread has ended."""
    results = []
    thread = threading.Thread(target=lambda: results.append(call()))
    thread.start()
    return thread, results


def test_in_flight(patient, waiter):
    body = {"title": "slow"}
    with hold_user(patient, waiter):
        thread, first = start(lambda: waiter.post("/tasks", json=body, headers=key()))
        wait_for(lambda: waiting_backends(patient))
        refused(waiter.post("/tasks", json=body, headers=key()), 409, "idempotency_in_flight")
        refused(waiter.post("/tasks", json={"title": "y"}, headers=key()), 409, "idempotency_in_flight")
    thread.join()
    assert first[0].status_code == 201
    replayed(first[0], waiter.post("/tasks", json=body, headers=key()))
    assert found(waiter, "/tasks") == [first[0].json()]


def test_what_took_too_long_is_not_kept(stack, user):
    body, task = {"title": "slow"}, make_task(user)["id"]
    with hold_user(stack, user):
        refused(user.post("/tasks", json=body, headers=key()), 503, "unavailable")
    with hold_task(stack, user, task):
        refused(user.post(f"/tasks/{task}/move", json={}, headers=key()), 503, "unavailable")
    assert key_count(stack, user) == 0
    for path, sent in [("/tasks", body), (f"/tasks/{task}/move", {})]:
        first = user.post(path, json=sent, headers=key())
        assert first.status_code < 300 and "Idempotency-Replayed" not in first.headers
        replayed(first, user.post(path, json=sent, headers=key()))
    assert len(found(user, "/tasks")) == 2 and read(user, f"/tasks/{task}")["version"] == 2


@pytest.mark.parametrize("kind", ["create", "move", "update", "delete"])
def test_a_crash_leaves_nothing(patient, waiter, kind):
    """PostgreSQL's process ends between the claim of the key and the end of the transaction."""
    first, task = make_task(waiter, title="first"), make_task(waiter)
    method, path, body = {
        "create": ("POST", "/tasks", {"title": "x"}), "move": ("POST", f"/tasks/{task['id']}/move", {"status": "DONE"}),
        "update": ("PATCH", "/tasks/bulk", {"updates": [{"id": row["id"], "title": "x"} for row in (first, task)]}),
        "delete": ("DELETE", "/tasks/bulk", {"ids": [first["id"], task["id"]]})}[kind]
    with hold_user(patient, waiter) if kind == "create" else hold_task(patient, waiter, task["id"]):
        thread, answers = start(lambda: waiter.request(method, path, json=body, headers=key()))
        wait_for(lambda: waiting_backends(patient, "pg_terminate_backend(pid)"))
        thread.join()
    refused(answers[0], 503, "unavailable")
    assert key_count(patient, waiter) == 0
    assert found(waiter, "/tasks", sort_order="asc") == [first, task]
    done = waiter.request(method, path, json=body, headers=key())
    assert done.status_code < 300 and "Idempotency-Replayed" not in done.headers
    replayed(done, waiter.request(method, path, json=body, headers=key()))


def test_keys_go_with_the_account(stack, user):
    user.post("/tasks", json={"title": "x"}, headers=key())
    assert key_count(stack, user) == 1
    assert user.delete("/users/me", json={"password": user.password}).status_code == 204
    assert key_count(stack, user) == 0
