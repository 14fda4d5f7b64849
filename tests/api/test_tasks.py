"""Tasks: every field at its limits and one past, on each of the three addresses."""

import datetime
import json
import uuid

import pytest

from contract import refused
from people import somebody
from resources import NOBODYS

TASKS = "/api/v1/tasks"
MEMBERS = ["id", "title", "description", "status", "priority", "completed", "completed_at",
           "due_date", "remind_at", "recurrence", "recurrence_from", "recurrence_of", "next_task_id", "project_id",
           "category_id", "position", "version", "created_at",
           "updated_at"]
WHITE_SPACE = ("\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
               "\u2009\u200a\u2028\u2029\u202f\u205f\u3000")
NAUGHTY = [
    "  kept as sent\t", "Ω≈ç√∫˜µ≤≥÷", "田中さんにあげて下さい", "مُنَاقَشَةُ سُبُلِ", "\u202eright to left\u202c",
    "zero\u200bwidth\u200djoin\ufeff", "👩‍👩‍👧‍👦🏳️‍🌈", "🇩🇪", "e\u0301 is not é", "Z̸̢̛̻a͖l̷̢g̸o̴",
    "'; DROP TABLE tasks; --", "1' OR '1'='1", "$1 :title {task_columns}", "\\", "\\'", '"', "%s%n%x",
    "<script>alert(1)</script>", "\"><img src=x onerror=x>", "${jndi:ldap://x/a}", "{{7*7}}", "null",
    "true", "NaN", "../../../etc/passwd", "a\r\nSet-Cookie: x=1", "tab\tnew\nline\x0bbell\x07\x7f",
    "\u0001\u001f", "\ufffe\uffff\U0010ffff", "\ufffd", "&amp;&#0;", "=cmd|' /C calc'!A0", "%00",
    "a\u2028b\u2029c", "İıßẞſ", "\ud7ff\ue000",
]

user = somebody()


@pytest.fixture
def newcomer(new_user):
    """Somebody without any tasks."""
    return new_user()


@pytest.fixture(params=["/api/v1/tasks", "/api/v1/users/{}/tasks", "/api/{}/tasks"],
                ids=["own", "user-scoped", "short"])
def surface(request):
    """An address of the tasks of `who`."""
    return lambda who: request.param.format(who.id)


def make(who, **task):
    response = who.post(TASKS, json={"title": "a task", **task})
    assert response.status_code == 201, response.text
    return response.json()


def same(who, task):
    """The task is still what it was."""
    assert who.get(f"{TASKS}/{task['id']}").json() == task


# The way of a task, on every surface.


def test_a_task_from_first_to_last(newcomer, surface):
    tasks = surface(newcomer)
    created = newcomer.post(tasks, json={"title": "Milk"})
    assert created.status_code == 201
    task = created.json()
    assert list(task) == MEMBERS
    assert task == {**task, "title": "Milk", "description": None, "status": "TODO",
                    "priority": "MEDIUM", "completed": False, "completed_at": None, "due_date": None,
                    "remind_at": None, "project_id": None, "category_id": None, "version": 1}
    assert task["updated_at"] == task["created_at"]
    assert uuid.UUID(task["id"]).version == 7
    assert created.headers["Location"].endswith(f"/tasks/{task['id']}")
    assert newcomer.get(created.headers["Location"]).json() == task
    one = f"{tasks}/{task['id']}"
    assert newcomer.get(one).json() == task
    assert newcomer.get(tasks).json()["tasks"] == [task]

    changed = newcomer.put(one, json={"description": "two bottles", "priority": "high"})
    assert changed.status_code == 200
    assert changed.json() == {**task, "description": "two bottles", "priority": "HIGH", "version": 2,
                              "updated_at": changed.json()["updated_at"]}
    assert changed.json()["updated_at"] > task["updated_at"]
    assert newcomer.get(one).json() == changed.json()
    patched = newcomer.patch(one, json={"description": None}).json()
    assert (patched["description"], patched["priority"], patched["version"]) == (None, "HIGH", 3)

    done = newcomer.patch(f"{one}/complete", json={"completed": True}).json()
    assert (done["status"], done["completed"], done["version"]) == ("DONE", True, 4)
    assert done["completed_at"] == done["updated_at"]
    reopened = newcomer.patch(f"{one}/complete", json={"completed": False}).json()
    assert (reopened["status"], reopened["completed"], reopened["completed_at"]) == ("TODO", False, None)

    deleted = newcomer.delete(one)
    assert (deleted.status_code, deleted.content) == (204, b"")
    for again in [newcomer.get(one), newcomer.patch(one, json={"title": "x"}), newcomer.put(one, json={}),
                  newcomer.delete(one), newcomer.patch(f"{one}/complete", json={"completed": True})]:
        refused(again, 404, "not_found")
    assert newcomer.get(tasks).json()["tasks"] == []


def test_a_stranger_gets_nothing(user, stranger, surface):
    task = make(user, title="secret")
    one = f"{surface(stranger)}/{task['id']}"
    scoped = "users" in one or "/api/v1" not in one
    wanted = (404, "not_found") if scoped else (403, "forbidden")
    for answer in [stranger.get(one), stranger.patch(one, json={"title": "x"}), stranger.put(one, json={}),
                   stranger.patch(one, json={}), stranger.patch(one, json={"title": "x", "version": 1}),
                   stranger.patch(one, json={"title": "x"}, headers={"If-Match": '"1"'}),
                   stranger.patch(f"{one}/complete", json={"completed": True}), stranger.delete(one),
                   stranger.delete(one, headers={"If-Match": "*"})]:
        refused(answer, wanted[0], wanted[1])
        assert "secret" not in answer.text
    same(user, task)
    assert stranger.get(surface(stranger)).json()["total"] == 0


@pytest.mark.parametrize("template", ["/api/v1/users/{}/tasks", "/api/{}/tasks"])
def test_another_users_address_is_forbidden(user, stranger, template):
    task = make(user)
    for owner in [user.id, user.id.upper(), NOBODYS]:
        tasks = template.format(owner)
        for answer in [stranger.get(tasks), stranger.post(tasks, json={"title": "x"}),
                       stranger.get(f"{tasks}/{task['id']}"), stranger.delete(f"{tasks}/{task['id']}"),
                       stranger.patch(f"{tasks}/{task['id']}/complete", json={"completed": True})]:
            refused(answer, 403, "forbidden")
    same(user, task)


def test_the_address_takes_my_id_in_upper_case(user):
    for template in ["/api/v1/users/{}/tasks", "/api/{}/tasks"]:
        assert user.get(template.format(user.id.upper())).status_code == 200


@pytest.mark.parametrize("bad", ["1", "x", "null", "%20", NOBODYS + "0", NOBODYS[:-1], "{" + NOBODYS + "}",
                                 NOBODYS.replace("-", ""), "urn:uuid:" + NOBODYS, NOBODYS + "%20",
                                 "g" + NOBODYS[1:], NOBODYS + "%0a", "%2e%2e", "1;x", "..%2f" + NOBODYS])
def test_what_is_no_id_does_not_exist(user, bad):
    for method in ["GET", "PATCH", "PUT", "DELETE"]:
        refused(user.request(method, f"{TASKS}/{bad}", json={"title": "x"}), 404, "not_found")
    refused(user.get(f"/api/v1/users/{bad}/tasks"), 404, "not_found")


def test_an_id_that_never_existed(user, surface):
    for method in ["GET", "PATCH", "PUT", "DELETE"]:
        refused(user.request(method, f"{surface(user)}/{NOBODYS}", json={"title": "x"}), 404, "not_found")


def test_ids_in_upper_case(user, surface):
    own = str(uuid.uuid4())
    task = user.post(surface(user), json={"id": own.upper(), "title": "x"}).json()
    assert task["id"] == own
    one = f"{surface(user)}/{own.upper()}"
    assert user.get(one).json() == task
    assert user.patch(one, json={"title": "y"}).json()["title"] == "y"
    assert user.delete(one).status_code == 204


# Ids that the client chooses.


def test_own_id_twice_with_the_same_content(newcomer):
    body = {"id": str(uuid.uuid4()), "title": "x", "status": "in_progress", "description": None,
            "due_date": "2026-11-20T10:30:00+01:00"}
    first = newcomer.post(TASKS, json=body)
    assert first.status_code == 201
    again = newcomer.post(TASKS, json={**body, "status": "IN_PROGRESS", "due_date": "2026-11-20T09:30:00Z"})
    assert again.status_code == 200
    assert again.json() == first.json()
    assert newcomer.post(TASKS, json={"id": body["id"], "title": "x"}).status_code == 200
    assert newcomer.post(TASKS, json=first.json()).status_code == 200
    assert newcomer.get(TASKS).json()["total"] == 1


@pytest.mark.parametrize("other", [{"title": "y"}, {"title": "X"}, {"description": "d"},
                                   {"priority": "LOW"},
                                   {"status": "DONE"}, {"completed": True}, {"due_date": None},
                                   {"due_date": "2026-11-20T09:30:00.000001Z"},
                                   {"remind_at": "2026-11-20T09:30:00Z"}])
def test_own_id_twice_with_other_content(user, other):
    body = {"id": str(uuid.uuid4()), "title": "x", "due_date": "2026-11-20T09:30:00Z"}
    task = user.post(TASKS, json=body).json()
    refused(user.post(TASKS, json={**body, **other}), 409, "id_taken", "id")
    same(user, task)


def test_a_strangers_id_may_be_mine(user, stranger):
    task = make(user, title="hers")
    mine = stranger.post(TASKS, json={"id": task["id"], "title": "mine"})
    assert mine.status_code == 201
    one = f"{TASKS}/{task['id']}"
    assert stranger.get(one).json()["title"] == "mine"
    assert stranger.delete(one).status_code == 204
    refused(stranger.get(one), 403, "forbidden")
    same(user, task)


@pytest.mark.parametrize("bad", ["", "x", 1, True, [], {}, None, NOBODYS + "0", NOBODYS.replace("-", ""),
                                 "{" + NOBODYS + "}", " " + NOBODYS])
def test_an_own_id_that_is_none(user, bad):
    refused(user.post(TASKS, json={"id": bad, "title": "x"}), 400, "validation_failed", "id")


def test_an_own_id_is_ignored_by_changes(user):
    task = make(user)
    changed = user.patch(f"{TASKS}/{task['id']}", json={"id": NOBODYS, "title": "y"})
    assert (changed.json()["id"], changed.json()["title"]) == (task["id"], "y")
    assert user.patch(f"{TASKS}/{task['id']}", json={"id": "no id at all"}).status_code == 200


# Texts.


@pytest.mark.parametrize("field, limit", [("title", 200), ("description", 2000)])
@pytest.mark.parametrize("character", ["x", "ß", "語", "🗓", "\u0301"], ids=ascii)
def test_texts_at_their_limit_and_one_past(user, field, limit, character):
    task = make(user, **{field: character * limit})
    assert task[field] == character * limit
    refused(user.post(TASKS, json={"title": "x", field: character * (limit + 1)}), 400, "validation_failed", field)
    one = f"{TASKS}/{task['id']}"
    refused(user.patch(one, json={field: character * (limit + 1)}), 400, "validation_failed", field)
    same(user, task)


def test_escaped_texts_have_the_same_limits(user):
    raw = json.dumps({"title": "🗓" * 200})
    headers = {"Content-Type": "application/json"}
    assert user.post(TASKS, data=raw, headers=headers).json()["title"] == "🗓" * 200
    raw = json.dumps({"title": "🗓" * 201})
    refused(user.post(TASKS, data=raw, headers=headers), 400, "validation_failed", "title")


@pytest.mark.parametrize("blank", ["", *WHITE_SPACE, WHITE_SPACE, " \u3000 "], ids=ascii)
def test_a_title_must_not_be_blank(user, blank):
    refused(user.post(TASKS, json={"title": blank}), 400, "validation_failed", "title")
    task = make(user, description=blank)
    assert task["description"] == blank
    refused(user.patch(f"{TASKS}/{task['id']}", json={"title": blank}), 400, "validation_failed", "title")


@pytest.mark.parametrize("text", ["\u200b", "\u180e", "\u2060", "\ufeff", "\u0001", "\u2800", ".",
                                  " x ", "\u3164"], ids=ascii)
def test_only_white_space_is_blank(user, text):
    assert make(user, title=text)["title"] == text


@pytest.mark.parametrize("text", NAUGHTY, ids=ascii)
def test_texts_come_back_exactly(newcomer, text):
    task = make(newcomer, title=text, description=text)
    assert (task["title"], task["description"]) == (text, text)
    one = f"{TASKS}/{task['id']}"
    assert newcomer.get(one).json() == task
    assert newcomer.get(TASKS).json()["tasks"] == [task]
    assert newcomer.patch(one, json={"title": "x", "description": "y"}).status_code == 200
    assert newcomer.patch(one, json={"title": text, "description": text}).json()["title"] == text
    assert newcomer.get(TASKS, params={"search": text[:100]}).json()["total"] == 1


def test_all_texts_together(user):
    text = "".join(NAUGHTY)
    assert make(user, description=text)["description"] == text


@pytest.mark.parametrize("field", ["title", "description", "status", "priority", "due_date", "remind_at",
                                   "id"])
@pytest.mark.parametrize("value", ["\0", "a\0b", "a\0"], ids=ascii)
def test_nul_is_that_fields_error(user, field, value):
    refused(user.post(TASKS, json={"title": "x", field: value}), 400, "validation_failed", field)
    task = make(user)
    if field != "id":
        refused(user.patch(f"{TASKS}/{task['id']}", json={field: value}), 400, "validation_failed", field)
    same(user, task)


@pytest.mark.parametrize("field", ["title", "description"])
def test_a_raw_nul_is_no_json(user, field):
    raw = json.dumps({"title": "x", field: "a@b"}).encode().replace(b"@", b"\0")
    refused(user.post(TASKS, data=raw, headers={"Content-Type": "application/json"}), 400, "invalid_json")


@pytest.mark.parametrize("field", ["title", "description", "status", "priority", "due_date", "remind_at"])
@pytest.mark.parametrize("value", [1, 1.5, True, [], ["x"], {}, {"a": 1}], ids=json.dumps)
def test_what_is_no_text(user, field, value):
    refused(user.post(TASKS, json={"title": "x", field: value}), 400, "validation_failed", field)


# null, absence, and members that nobody may set.


@pytest.mark.parametrize("field, value", [("description", "d"), ("due_date", "2026-11-20T09:30:00Z"),
                                          ("remind_at", "2026-11-20T09:30:00Z")])
def test_null_clears(user, field, value):
    task = make(user, **{field: value})
    assert task[field] is not None
    for method in ["PATCH", "PUT"]:
        cleared = user.request(method, f"{TASKS}/{task['id']}", json={field: None})
        assert (cleared.status_code, cleared.json()[field]) == (200, None)
    assert make(user, **{field: None})[field] is None


@pytest.mark.parametrize("field", ["title", "status", "priority", "completed", "version"])
def test_null_is_refused(user, field):
    task = make(user)
    refused(user.patch(f"{TASKS}/{task['id']}", json={field: None}), 400, "validation_failed", field)
    refused(user.put(f"{TASKS}/{task['id']}", json={field: None}), 400, "validation_failed", field)
    if field != "version":
        refused(user.post(TASKS, json={"title": "x", field: None}), 400, "validation_failed", field)
    same(user, task)


def test_a_title_is_required_by_a_create_only(user):
    refused(user.post(TASKS, json={}), 400, "validation_failed", "title")
    refused(user.post(TASKS, json={"description": "d"}), 400, "validation_failed", "title")
    task = make(user)
    assert user.put(f"{TASKS}/{task['id']}", json={"priority": "LOW"}).json()["title"] == "a task"


def test_all_wrong_fields_at_once(user):
    answer = user.post(TASKS, json={"titel": "x", "description": 5, "status": "DOING", "due_date": "soon"})
    assert answer.status_code == 400
    assert {detail["field"] for detail in answer.json()["details"]} == {
        "titel", "title", "description", "status", "due_date"}


@pytest.mark.parametrize("name", ["user_id", "titel", "Title", "__proto__", "title ", "tasks", "owner",
                                  "_key", "title_key", "status_rank", "%s", "名"])
def test_unknown_members_are_refused(user, stranger, name):
    refused(user.post(TASKS, json={"title": "x", name: stranger.id}), 400, "validation_failed", name)
    task = make(user)
    refused(user.patch(f"{TASKS}/{task['id']}", json={name: stranger.id}), 400, "validation_failed", name)
    refused(user.patch(f"{TASKS}/{task['id']}/complete", json={"completed": True, name: 1}),
            400, "validation_failed", name)
    same(user, task)


@pytest.mark.parametrize("value", [None, "x", 7, "1999-01-01T00:00:00Z", [], {}])
def test_what_only_the_server_sets_is_ignored(user, value):
    mine = {name: value for name in ["completed_at", "position", "created_at", "updated_at"]}
    task = make(user, **mine)
    assert [task[name] == value for name in ["position", "created_at", "updated_at"]] == [False] * 3
    assert task["completed_at"] is None
    changed = user.patch(f"{TASKS}/{task['id']}", json=mine)
    assert changed.status_code == 200
    assert changed.json() == task


def test_a_task_can_be_sent_back_as_it_came(user):
    task = make(user, description="d", status="DONE", due_date="2026-11-20T09:30:00Z")
    for method in ["PUT", "PATCH"]:
        answer = user.request(method, f"{TASKS}/{task['id']}", json=task)
        assert answer.status_code == 200, answer.text
        assert {**answer.json(), "version": 0, "updated_at": 0} == {**task, "version": 0, "updated_at": 0}
        task = answer.json()


# Enums, and the two names of being done.


@pytest.mark.parametrize("field, words", [("status", ["TODO", "IN_PROGRESS", "DONE"]),
                                          ("priority", ["LOW", "MEDIUM", "HIGH", "URGENT"])])
def test_enums_in_any_case(user, field, words):
    task = make(user)
    for word in words:
        for spelling in [word, word.lower(), word.title()]:
            assert make(user, **{field: spelling})[field] == word
            assert user.patch(f"{TASKS}/{task['id']}", json={field: spelling}).json()[field] == word
    for wrong in ["", "X", words[0] + " ", " " + words[0], words[0] + "\n", words[0][:-1], "IN PROGRESS",
                  "ＴＯＤＯ", "medıum", "İN_PROGRESS", "0"]:
        refused(user.post(TASKS, json={"title": "x", field: wrong}), 400, "validation_failed", field)


@pytest.mark.parametrize("body, status", [
    ({"completed": True}, "DONE"), ({"completed": False}, "TODO"), ({"status": "DONE"}, "DONE"),
    ({"status": "DONE", "completed": True}, "DONE"), ({"status": "TODO", "completed": False}, "TODO"),
    ({"status": "IN_PROGRESS", "completed": False}, "IN_PROGRESS"),
])
def test_completed_and_status_on_create(user, body, status):
    task = make(user, **body)
    assert (task["status"], task["completed"]) == (status, status == "DONE")
    assert (task["completed_at"] is not None) == (status == "DONE")


@pytest.mark.parametrize("before", ["TODO", "IN_PROGRESS", "DONE"])
@pytest.mark.parametrize("body, after", [
    ({"completed": True}, {"*": "DONE"}),
    ({"completed": False}, {"TODO": "TODO", "IN_PROGRESS": "IN_PROGRESS", "DONE": "TODO"}),
    ({"status": "IN_PROGRESS"}, {"*": "IN_PROGRESS"}),
    ({"status": "done", "completed": True}, {"*": "DONE"}),
])
def test_completed_and_status_on_change(user, before, body, after):
    task = make(user, status=before)
    wanted = after.get("*") or after[before]
    one = f"{TASKS}/{task['id']}"
    changed = user.patch(one, json=body).json()
    assert (changed["status"], changed["completed"]) == (wanted, wanted == "DONE")
    if before == wanted:
        assert changed["completed_at"] == task["completed_at"]
        assert changed["position"] == task["position"]
    else:
        assert changed["completed_at"] == (changed["updated_at"] if wanted == "DONE" else None)
        assert changed["position"] != task["position"]
    if "status" not in body:
        twin = make(user, status=before)
        answer = user.patch(f"{TASKS}/{twin['id']}/complete", json=body).json()
        assert answer["status"] == wanted


@pytest.mark.parametrize("body", [{"completed": True, "status": "TODO"},
                                  {"completed": False, "status": "DONE"},
                                  {"completed": True, "status": "in_progress"}])
def test_completed_and_status_must_agree(user, body):
    refused(user.post(TASKS, json={"title": "x", **body}), 400, "validation_failed", "completed")
    task = make(user)
    refused(user.patch(f"{TASKS}/{task['id']}", json=body), 400, "validation_failed", "completed")
    same(user, task)


@pytest.mark.parametrize("value", ["true", 1, 0, "", [], {}, "TRUE", None], ids=json.dumps)
def test_what_is_no_boolean(user, value):
    refused(user.post(TASKS, json={"title": "x", "completed": value}), 400, "validation_failed", "completed")
    task = make(user)
    refused(user.patch(f"{TASKS}/{task['id']}/complete", json={"completed": value}),
            400, "validation_failed", "completed")
    same(user, task)


def test_complete_needs_its_member(user):
    one = f"{TASKS}/{make(user)['id']}"
    refused(user.patch(f"{one}/complete", json={}), 400, "validation_failed", "completed")
    refused(user.patch(f"{one}/complete", json={"completed": True, "title": "x"}), 400, "validation_failed", "title")
    refused(user.post(f"{one}/complete", json={"completed": True}), 405, "method_not_allowed")


# Times.


@pytest.mark.parametrize("field", ["due_date", "remind_at"])
@pytest.mark.parametrize("sent, stored", [
    ("2026-11-20T09:30:00Z", "2026-11-20T09:30:00.000000Z"),
    ("2026-11-20T09:30:00+00:00", "2026-11-20T09:30:00.000000Z"),
    ("2026-11-20T09:30:00-00:00", "2026-11-20T09:30:00.000000Z"),
    ("2026-11-20T10:30:00+01:00", "2026-11-20T09:30:00.000000Z"),
    ("2026-11-20T00:00:00+14:00", "2026-11-19T10:00:00.000000Z"),
    ("2026-11-20T23:59:59-12:00", "2026-11-21T11:59:59.000000Z"),
    ("2026-11-20T09:30:00+05:45", "2026-11-20T03:45:00.000000Z"),
    ("2026-11-20T09:30:00.1Z", "2026-11-20T09:30:00.100000Z"),
    ("2026-11-20T09:30:00.123456Z", "2026-11-20T09:30:00.123456Z"),
    ("2026-11-20T09:30:00.999999Z", "2026-11-20T09:30:00.999999Z"),
    ("2026-11-20t09:30:00z", "2026-11-20T09:30:00.000000Z"),
    ("2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000000Z"),
    ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000000Z"),
    ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
    ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
    ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ("2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00.000000Z"),
])
def test_times_are_stored_in_utc(user, field, sent, stored):
    task = make(user, **{field: sent})
    assert task[field] == stored
    assert user.get(f"{TASKS}/{task['id']}").json()[field] == stored
    assert user.patch(f"{TASKS}/{task['id']}", json={field: sent}).json()[field] == stored


@pytest.mark.parametrize("field", ["due_date", "remind_at"])
@pytest.mark.parametrize("sent", [
    "", "2026-11-20T09:30:00", "2026-11-20T09:30Z", "20261120T093000Z", "2026-11-20 09:30:00",
    "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:61Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:60",
    "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00.Z", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "-2026-01-01T00:00:00Z", "now", "tomorrow",
    "infinity", "-infinity", "epoch", "allballs", "2026-11-20T09:30:00ZZ", " 2026-11-20T09:30:00Z",
    "2026-11-20T09:30:00Z\n", "2026-11-20T09:30:00,5Z", "٢٠٢٦-11-20T09:30:00Z",
    "2026-11-20T09:30:00Europe/Berlin",
    "2026-W47-5T09:30:00Z", "1763631000",
])
def test_what_is_no_time(user, field, sent):
    refused(user.post(TASKS, json={"title": "x", field: sent}), 400, "validation_failed", field)


def test_the_servers_own_times_are_now(user):
    before = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=5)
    task = make(user, completed=True)
    after = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=5)
    for name in ["created_at", "updated_at", "completed_at"]:
        assert task[name].endswith("Z") and len(task[name]) == 27
        assert before < datetime.datetime.fromisoformat(task[name]) < after


# Query strings where none is known, and HEAD.


def test_a_query_string_is_refused_where_none_is_known(user):
    task = make(user)
    one = f"{TASKS}/{task['id']}"
    refused(user.get(f"{one}?fields=title"), 400, "validation_failed", "fields")
    refused(user.delete(f"{one}?force=true"), 400, "validation_failed", "force")
    refused(user.post(f"{TASKS}?limit=5", json={"title": "x"}), 400, "validation_failed", "limit")
    same(user, task)


def test_head_has_the_headers_alone(user):
    task = make(user)
    for path in [TASKS, f"{TASKS}/{task['id']}"]:
        got, head = user.get(path), user.request("HEAD", path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ["Content-Type", "Content-Length", "ETag", "Cache-Control"]:
            assert head.headers.get(name) == got.headers.get(name)


def test_columns_keep_the_order_of_arrival(user):
    positions = [make(user)["position"] for _ in range(5)]
    assert positions == sorted(set(positions))
