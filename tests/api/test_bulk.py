"""Many tasks at once: in the given order, all or none, with every reason."""

import json
import random
import uuid

import pytest

from client import at_once, until_served
from contract import refused
from resources import NOBODYS, found, ids, make, make_task, read


@pytest.fixture(params=["/tasks/bulk", "/users/{}/tasks/bulk", "/api/{}/tasks/bulk"],
                ids=["own", "user-scoped", "short"])
def surface(request):
    """An address of the bulk changes of `who`."""
    return lambda who: request.param.format(who.id)


@pytest.fixture
def four(user):
    return [make_task(user, title=f"task {n}") for n in range(4)]


def update(who, *updates, path="/tasks/bulk"):
    """The tasks after changes that succeed."""
    answer = who.patch(path, json={"updates": list(updates)})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert list(body) == ["tasks", "count"] and body["count"] == len(body["tasks"]) == len(updates)
    assert "ETag" not in answer.headers
    return body["tasks"]


def wrong(answer, *fields):
    refused(answer, 400, "validation_failed", *fields)


def all_tasks(who):
    return found(who, "/tasks", sort_by="position", sort_order="asc")


# What succeeds.


def test_every_field(user, surface):
    project, category = make(user, "projects")["id"], make(user, "categories")["id"]
    task, other = make_task(user, description="old", due_date="2026-01-01T00:00:00Z"), make_task(user)
    changed = {"title": "Öl", "description": None, "status": "IN_PROGRESS", "completed": False,
               "priority": "URGENT", "due_date": None, "remind_at": "2026-11-20T09:30:00.000001Z",
               "project_id": project, "category_id": category}
    first, second = update(user, {"id": other["id"], "priority": "low"},
                           {"id": task["id"].upper(), "version": 1, **changed}, path=surface(user))
    assert first == read(user, f"/tasks/{other['id']}") and first["priority"] == "LOW"
    assert second == read(user, f"/tasks/{task['id']}")
    assert second == {**task, **changed, "version": 2, "position": second["position"],
                      "updated_at": second["updated_at"]}
    cleared = {"project_id": None, "category_id": None, "remind_at": None}
    third, = update(user, {"id": task["id"], **cleared}, path=surface(user))
    assert third == {**second, **cleared, "version": 3, "position": third["position"],
                     "updated_at": third["updated_at"]}


@pytest.mark.parametrize("before, completed, after", [
    ("TODO", True, "DONE"), ("IN_PROGRESS", True, "DONE"), ("DONE", True, "DONE"),
    ("TODO", False, "TODO"), ("IN_PROGRESS", False, "IN_PROGRESS"), ("DONE", False, "TODO")])
def test_completed_is_the_status(user, before, completed, after):
    task, = update(user, {"id": make_task(user, status=before)["id"], "completed": completed})
    assert (task["status"], task["completed"]) == (after, after == "DONE")


def test_applied_in_the_given_order(user, four):
    a, b, c, d = ids(four)
    tasks = update(user, {"id": d, "status": "DONE"}, {"id": c, "status": "DONE", "after": None},
                   {"id": a, "status": "DONE", "before": d}, {"id": b, "before": None})
    assert ids(tasks) == [d, c, a, b]
    assert ids(all_tasks(user)) == [b, c, a, d]
    assert [task["version"] for task in tasks] == [2] * 4
    update(user, {"id": a, "status": "TODO", "after": b}, {"id": b, "after": a})
    assert ids(all_tasks(user)) == [a, b, c, d]


def test_nothing_but_ids_changes_nothing(user, four):
    assert update(user, *({"id": task["id"]} for task in four[::-1])) == four[::-1]
    assert update(user, {"id": four[0]["id"], "version": 1}) == four[:1]
    assert all_tasks(user) == four


def test_tasks_can_be_sent_back_as_they_came(user, four):
    tasks = update(user, *({**task, "title": "new"} for task in four))
    assert tasks == [{**task, "title": "new", "version": 2, "updated_at": after["updated_at"]}
                     for task, after in zip(four, tasks)]
    updates = [*four, {**four[0], "user_id": NOBODYS}]
    wrong(user.patch("/tasks/bulk", json={"updates": updates}), "updates[4].user_id")


def test_200_at_once_and_not_201(stack, user, surface):
    project = make(user, "projects")["id"]
    tasks = [str(uuid.uuid4()) for _ in range(201)]
    stack.ask("INSERT INTO tasks (user_id, id, title) SELECT %s, unnest(%s::uuid[]), 'a task'", user.id, tasks)
    updates = [{"id": task, "title": "new", "project_id": project, "status": "DONE", "after": None}
               for task in tasks]
    wrong(user.patch(surface(user), json={"updates": updates}), "updates")
    wrong(user.delete(surface(user), json={"ids": tasks}), "ids")
    assert len({row["version"] for row in update(user, *updates[:200], path=surface(user))}) == 1
    assert ids(found(user, "/tasks", status="DONE", sort_by="position", sort_order="asc")) == tasks[199::-1]
    assert user.delete(surface(user), json={"ids": tasks[1:]}).status_code == 204
    assert ids(all_tasks(user)) == tasks[:1]


def test_a_deletion(user, surface, four):
    a, b, c, d = ids(four)
    answer = user.delete(surface(user), json={"ids": [c, a.upper()]})
    assert (answer.status_code, answer.content) == (204, b"")
    assert all_tasks(user) == [four[1], four[3]]
    refused(user.delete(surface(user), json={"ids": [b, c, d]}), 404, "not_found", "ids[1]")
    assert all_tasks(user) == [four[1], four[3]]


# All or nothing.


def bad_updates(user, stranger):
    """Elements that cannot be applied, with the status and the field of each."""
    theirs = {kind: make(stranger, kind)["id"] for kind in ["projects", "categories"]}
    foreign, fresh = make_task(stranger)["id"], lambda: make_task(user, title="fresh")["id"]
    own, done = fresh(), make_task(user, status="DONE")["id"]
    return [({"id": NOBODYS, "title": "x"}, 404, ""), ({"id": foreign, "title": "x"}, 403, ""),
            ({"id": fresh(), "version": 7}, 409, ""), ({"id": fresh(), "version": 7, "project_id": NOBODYS}, 409, ""),
            ({"id": fresh(), "project_id": theirs["projects"]}, 400, ".project_id"),
            ({"id": fresh(), "category_id": theirs["categories"]}, 400, ".category_id"),
            ({"id": fresh(), "category_id": NOBODYS}, 400, ".category_id"),
            ({"id": fresh(), "after": done}, 400, ".after"), ({"id": own, "before": own}, 400, ".before"),
            ({"id": fresh(), "before": foreign}, 400, ".before"), ({"id": fresh(), "after": NOBODYS}, 400, ".after"),
            ({"id": fresh(), "status": "DONE", "after": own}, 400, ".after")]


WORDS = {400: "validation_failed", 403: "forbidden", 404: "not_found", 409: "version_conflict"}


def test_every_reason_and_the_first_decides(stack, user, stranger, surface):
    rows, chosen = bad_updates(user, stranger), random.Random(3)
    good = [{"id": make_task(user)["id"], "title": "changed", "after": None} for _ in range(6)]
    scoped, before = surface(user) != "/tasks/bulk", all_tasks(user)
    elements = [(one, 200, "") for one in good] + [
        (one, 404 if scoped and status == 403 else status, member) for one, status, member in rows]
    for _ in range(8):
        chosen.shuffle(elements)
        faults = [(status, f"updates[{index}]{member}") for index, (_, status, member) in enumerate(elements)
                  if status != 200]
        answer = user.patch(surface(user), json={"updates": [one for one, *_ in elements]})
        refused(answer, faults[0][0], WORDS[faults[0][0]], *(field for _, field in faults))
        audited = stack.log(event="foreign_access", request_id=answer.headers["X-Request-Id"])
        assert [(line["resource"], line["user"]) for line in audited] == [("tasks", user.id)]
        assert audited[0]["id"] in [one["id"] for one, *_ in rows]
        assert not scoped or "somebody" not in answer.text
    assert all_tasks(user) == before
    assert len(found(stranger, "/tasks")) == 1


def test_each_reason_alone(user, stranger):
    good, before = make_task(user)["id"], None
    for element, status, member in bad_updates(user, stranger):
        before = before or all_tasks(user)
        answer = user.patch("/tasks/bulk", json={"updates": [{"id": good, "title": "x"}, element]})
        refused(answer, status, WORDS[status], f"updates[1]{member}")
    assert all_tasks(user) == before


def test_a_deletion_of_what_is_not_there(stack, user, stranger, surface, four):
    foreign = make_task(stranger)["id"]
    scoped = surface(user) != "/tasks/bulk"
    for elements, status in [([ids(four)[0], foreign, NOBODYS], 404 if scoped else 403),
                             ([ids(four)[0], NOBODYS, foreign], 404)]:
        answer = user.delete(surface(user), json={"ids": elements})
        refused(answer, status, WORDS[status], "ids[1]", "ids[2]")
        assert len(stack.log(event="foreign_access", request_id=answer.headers["X-Request-Id"], id=foreign)) == 1
    assert all_tasks(user) == four
    assert read(stranger, f"/tasks/{foreign}")["version"] == 1


def test_a_stranger_and_nobody(user, stranger, surface, four):
    updates, gone = {"updates": [{"id": four[0]["id"], "title": "x"}]}, {"ids": ids(four)}
    wanted = (403, "forbidden") if surface(user) == "/tasks/bulk" else (404, "not_found")
    refused(stranger.patch(surface(stranger), json=updates), *wanted, "updates[0]")
    refused(stranger.delete(surface(stranger), json=gone), *wanted, *(f"ids[{n}]" for n in range(4)))
    if surface(user) != "/tasks/bulk":
        refused(stranger.patch(surface(user), json=updates), 403, "forbidden")
        refused(stranger.delete(surface(user), json=gone), 403, "forbidden")
    nobody = user.with_token(None)
    refused(nobody.patch(surface(user), json=updates), 401, "unauthorized")
    refused(nobody.delete(surface(user), json=gone), 401, "unauthorized")
    assert all_tasks(user) == four


# Bodies.


@pytest.mark.parametrize("element, fields", [
    ({}, ["id"]), ({"title": "x"}, ["id"]), ({"id": None}, ["id"]), ({"id": "x"}, ["id"]), ({"id": 1}, ["id"]),
    ({"after": None, "before": None}, ["before"]), ({"after": NOBODYS, "before": NOBODYS}, ["before"]),
    ({"after": "x"}, ["after"]), ({"before": 1}, ["before"]),
    ({"status": "DONE", "completed": False}, ["completed"]), ({"status": "TODO", "completed": True}, ["completed"]),
    ({"title": ""}, ["title"]), ({"title": "x" * 201}, ["title"]), ({"title": None}, ["title"]),
    ({"title": "\0"}, ["title"]), ({"description": "x" * 2001}, ["description"]), ({"status": "DOING"}, ["status"]),
    ({"status": None}, ["status"]), ({"priority": 1}, ["priority"]), ({"completed": "true"}, ["completed"]),
    ({"due_date": "2026-11-31"}, ["due_date"]), ({"remind_at": "soon"}, ["remind_at"]),
    ({"project_id": "none"}, ["project_id"]), ({"category_id": []}, ["category_id"]),
    ({"version": 0}, ["version"]), ({"version": None}, ["version"]), ({"version": 1.5}, ["version"]),
    ({"titel": "x"}, ["titel"]), ({"titel": "x", "title": "", "status": 1}, ["titel", "title", "status"]),
], ids=lambda value: json.dumps(value)[:40])
def test_elements_that_are_refused(user, element, fields):
    good, task = make_task(user), make_task(user)
    body = {"updates": [{"id": good["id"], "title": "x"}, {"id": task["id"], **element}]}
    if "id" in fields:
        body["updates"][1] = element
    answer = user.patch("/tasks/bulk", json=body)
    assert {detail["field"] for detail in answer.json()["details"]} == {f"updates[1].{name}" for name in fields}
    wrong(answer, *(detail["field"] for detail in answer.json()["details"]))
    assert all_tasks(user) == [good, task]


@pytest.mark.parametrize("body, fields", [
    ({}, ["updates"]), ({"updates": []}, ["updates"]), ({"updates": None}, ["updates"]), ({"updates": {}}, ["updates"]),
    ({"updates": "x"}, ["updates"]), ({"tasks": []}, ["tasks", "updates"]),
    ({"updates": [1, None, [], "x"]}, [f"updates[{n}]" for n in range(4)]),
    ({"updates": [{"id": NOBODYS}], "ids": []}, ["ids"]),
], ids=lambda value: json.dumps(value)[:40])
def test_bodies_of_a_change_that_are_refused(user, surface, body, fields):
    wrong(user.patch(surface(user), json=body), *fields)


@pytest.mark.parametrize("body, fields", [
    ({}, ["ids"]), ({"ids": []}, ["ids"]), ({"ids": None}, ["ids"]), ({"ids": NOBODYS}, ["ids"]),
    ({"ids": [1]}, ["ids[0]"]), ({"ids": ["x"]}, ["ids[0]"]), ({"ids": [None]}, ["ids[0]"]),
    ({"ids": [NOBODYS, "{" + NOBODYS[1:]]}, ["ids[1]"]), ({"ids": [{"id": NOBODYS}]}, ["ids[0]"]), ({"updates": []}, ["updates", "ids"]),
    ({"ids": [NOBODYS], "all": True}, ["all"]),
], ids=lambda value: json.dumps(value)[:40])
def test_bodies_of_a_deletion_that_are_refused(user, surface, body, fields):
    wrong(user.delete(surface(user), json=body), *fields)


def test_a_body_is_needed(user):
    for method in ["PATCH", "DELETE"]:
        refused(user.request(method, "/tasks/bulk"), 400, "invalid_json")
        wrong(user.request(method, "/tasks/bulk", json=[]))
        refused(user.request(method, "/tasks/bulk", data="{}", headers={"Content-Type": "text/plain"}),
                415, "unsupported_media_type")
    wrong(user.delete("/tasks/bulk?ids=x", json={"ids": [NOBODYS]}), "ids")
    for method in ["GET", "POST", "PUT"]:
        refused(user.request(method, "/tasks/bulk", json={}), 405, "method_not_allowed")


def test_the_same_task_twice(user, surface, four):
    a, b, *_ = ids(four)
    updates = [{"id": a, "title": "x"}, {"id": b}, {"id": a.upper(), "status": "DONE"}, {"id": b}, {"id": a}]
    wrong(user.patch(surface(user), json={"updates": updates}), *(f"updates[{n}].id" for n in (2, 3, 4)))
    wrong(user.delete(surface(user), json={"ids": [a, b, a.upper(), b, a]}), "ids[2]", "ids[3]", "ids[4]")
    assert all_tasks(user) == four


def test_all_wrong_elements_at_once(user):
    body = {"updates": [{"id": NOBODYS, "title": ""}] * 200}
    wrong(user.patch("/tasks/bulk", json=body), *(f"updates[{n}].title" for n in range(200)))


# Many at once.


def test_opposite_orders_at_once(stack, user):
    """Bulk changes of the same tasks in opposite orders: each is applied whole, and none fails."""
    tasks = [make_task(user)["id"] for _ in range(30)]

    def change(number):
        order = tasks if number % 2 else tasks[::-1]
        updates = [{"id": task, "title": f"by {number}", "status": "DONE" if number % 3 else "TODO", "after": None}
                   for task in order]
        answers = [until_served(lambda: user.patch("/tasks/bulk", json={"updates": updates})) for _ in range(4)]
        return [answer.status_code for answer in answers]

    results = at_once(*[lambda number=number: change(number) for number in range(12)])
    assert results == [[200] * 4] * 12
    rows = all_tasks(user)
    assert {row["version"] for row in rows} == {1 + 12 * 4}
    assert len({row["title"] for row in rows}) == 1
    number = int(rows[0]["title"].split()[1])
    assert ids(rows) == (tasks[::-1] if number % 2 else tasks)


def test_changes_while_they_are_deleted(user):
    tasks = [make_task(user)["id"] for _ in range(40)]
    calls = [lambda half=half: until_served(lambda: user.delete("/tasks/bulk", json={"ids": half}))
             for half in (tasks[:20], tasks[10:30], tasks[20:])]
    updates = [{"id": one, "title": "x"} for one in tasks]
    calls += [lambda: until_served(lambda: user.patch("/tasks/bulk", json={"updates": updates}))] * 5
    statuses = [answer.status_code for answer in at_once(*calls)]
    assert set(statuses[:3]) <= {204, 404} and set(statuses[3:]) <= {200, 404}
    left = ids(all_tasks(user))
    gone = [half for half, status in zip((tasks[:20], tasks[10:30], tasks[20:]), statuses) if status == 204]
    assert gone and set(left) == set(tasks) - {one for half in gone for one in half}


def test_a_version_for_one_only(user, four):
    """Of many changes under the same versions one wins, whole."""
    def change(number):
        updates = [{"id": task["id"], "version": 1, "title": f"by {number}"} for task in four]
        return until_served(lambda: user.patch("/tasks/bulk", json={"updates": updates}))

    answers = at_once(*[lambda n=n: change(n) for n in range(8)])
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [200] + [409] * 7
    for answer in answers:
        if answer.status_code == 409:
            refused(answer, 409, "version_conflict", *(f"updates[{n}]" for n in range(4)))
    assert {row["title"] for row in all_tasks(user)} == {f"by {statuses.index(200)}"}
