"""Tasks in projects and categories: what a task may refer to, and how it is counted."""

import itertools
import json
import random

import pytest

from client import at_once
from contract import refused
from groups import MEMBERS, REFERENCE
from people import somebody
from resources import NOBODYS, change, found, ids, make, make_task, new_id, pages_by_cursor, read, wrong

STATUSES = ["TODO", "IN_PROGRESS", "DONE"]


@pytest.fixture(params=["projects", "categories"])
def kind(request):
    return request.param


user, stranger = somebody(), somebody()


@pytest.fixture
def row(user, kind):
    return make(user, kind)


@pytest.fixture
def one(row, kind):
    return f"/{kind}/{row['id']}"


@pytest.fixture
def reference(kind):
    return REFERENCE[kind]


@pytest.fixture
def task(user):
    return make_task(user)


def test_a_task_comes_and_goes(user, kind, row, one, reference):
    task = make_task(user, **{reference: row["id"].upper()})
    path = f"/tasks/{task['id']}"
    other = make(user, kind)
    assert task[reference] == read(user, path)[reference] == row["id"]
    moved = user.put(path, json={reference: other["id"]}).json()
    assert moved == {**task, reference: other["id"], "version": 2, "updated_at": moved["updated_at"],
                     "position": moved["position"]}
    assert [read(user, f"/{kind}/{r['id']}")["task_count"] for r in (row, other)] == [0, 1]
    assert change(user, path, title="b")[reference] == other["id"]
    assert change(user, path, **{reference: None})[reference] is None
    assert read(user, one)["task_count"] == read(user, f"/{kind}/{other['id']}")["task_count"] == 0
    assert make_task(user, **{reference: None})[reference] is None


def test_what_is_not_mine_is_no_reference(user, stranger, kind, task, reference):
    """The answers to a stranger's and to nobody's id are the same, so they tell nothing."""
    hers, gone = make(stranger, kind), make(user, kind)
    user.delete(f"/{kind}/{gone['id']}")
    messages = set()
    for foreign in [hers["id"], hers["id"].upper(), NOBODYS, gone["id"], user.id, task["id"]]:
        for tasks in ["/tasks", f"/users/{user.id}/tasks"]:
            one = f"{tasks}/{task['id']}"
            bulk = user.patch(f"{tasks}/bulk",
                              json={"updates": [{"id": task["id"], "title": "x", reference: foreign}]})
            wrong(bulk, f"updates[0].{reference}")
            if kind == "projects":
                wrong(user.post(f"{one}/move", json={"project_id": foreign}), "project_id")
            for answer in [user.post(tasks, json={"title": "x", reference: foreign}),
                           user.patch(one, json={"title": "x", reference: foreign}),
                           user.put(one, json={reference: foreign}),
                           user.patch(one, json={reference: foreign}, headers={"If-Match": "*"})]:
                wrong(answer, reference)
                messages.add(answer.json()["message"])
        assert found(user, "/tasks", **{reference: foreign}) == []
    assert len(messages) == 1
    assert read(user, f"/tasks/{task['id']}") == task
    assert read(stranger, f"/{kind}/{hers['id']}") == hers


def test_the_other_kind_is_no_reference(user, kind, task, reference):
    [another] = set(MEMBERS) - {kind}
    other = make(user, another)
    wrong(user.patch(f"/tasks/{task['id']}", json={reference: other["id"]}), reference)
    refused(user.get(f"/{kind}/{other['id']}"), 404, "not_found")


def test_both_references_wrong(user, stranger, task):
    """One answer names both, whoever has the rows, whatever else is asked, and with a key that stores it."""
    project, hers = make(user, "projects"), {REFERENCE[kind]: make(stranger, kind)["id"] for kind in MEMBERS}
    nobodys = dict.fromkeys(hers, NOBODYS)
    for body in [hers, nobodys, {**hers, "project_id": NOBODYS}, {**nobodys, "project_id": hers["project_id"].upper()}]:
        answers = [user.patch(f"/tasks/{task['id']}", json=body), user.put(f"/tasks/{task['id']}", json=body),
                   user.post("/tasks", json={"title": "x", **body}),
                   user.post(f"/users/{user.id}/tasks", json={"title": "x", **body})]
        for answer in answers + [stored_answer(user, {"title": "x", **body})]:
            refused(answer, 400, "validation_failed", "project_id", "category_id")
            assert {detail["code"] for detail in answer.json()["details"]} == {"not_yours"}
        update = {"id": task["id"], **body}
        refused(user.patch("/tasks/bulk", json={"updates": [update]}), 400, "validation_failed",
                "updates[0].project_id", "updates[0].category_id")
    wrong(user.post(f"/projects/{project['id']}/tasks",
                    json={"title": "x", "project_id": project["id"], "category_id": NOBODYS}), "category_id")
    assert read(user, f"/tasks/{task['id']}") == task
    answer = user.post("/tasks", json={"title": "", "project_id": "x", "category_id": 7})
    assert {detail["field"] for detail in answer.json()["details"]} == {"title", "project_id", "category_id"}


def stored_answer(user, body):
    """The second answer of a keyed creation, which is the first one's."""
    headers = {"Idempotency-Key": new_id()}
    first, second = (user.post("/tasks", json=body, headers=headers) for _ in range(2))
    assert second.headers["Idempotency-Replayed"] == "true" and second.json()["details"] == first.json()["details"]
    return second


def test_the_right_one_of_two_is_not_named(user, task):
    right = {REFERENCE[kind]: make(user, kind)["id"] for kind in MEMBERS}
    for name in right:
        for answer in [user.post("/tasks", json={"title": "x", **right, name: NOBODYS}),
                       user.patch(f"/tasks/{task['id']}", json={**right, name: NOBODYS}),
                       stored_answer(user, {"title": "x", **right, name: NOBODYS})]:
            refused(answer, 400, "validation_failed", name)


@pytest.mark.parametrize("value", ["", "x", "none", "null", 1, 1.5, True, [], [NOBODYS], {}, {"id": NOBODYS},
                                   NOBODYS[:-1], NOBODYS + " ",
                                   "\0", NOBODYS + "\0"], ids=json.dumps)
def test_what_is_no_reference(user, task, reference, value):
    wrong(user.post("/tasks", json={"title": "x", reference: value}), reference)
    wrong(user.patch(f"/tasks/{task['id']}", json={reference: value}), reference)
    assert read(user, f"/tasks/{task['id']}") == task


@pytest.mark.parametrize("value", ["", "x", "NONE", "None", "null", "none,none", NOBODYS + "," + NOBODYS,
                                   NOBODYS[:-1], "{" + NOBODYS + "}", " none"])
def test_a_filter_by_what_is_no_id(user, reference, value):
    wrong(user.get("/tasks", params={reference: value}), reference)
    wrong(user.get("/tasks", params={reference: ["none", "none"]}), reference)


def test_filters_by_reference(new_user):
    """Every pair of filters on tasks with every pair of references."""
    user = new_user()
    groups = {kind: [None, *ids([make(user, kind), make(user, kind)])] for kind in MEMBERS}
    tasks = [make_task(user, project_id=project, category_id=category, status=status)
             for project, category in itertools.product(*groups.values()) for status in ["TODO", "DONE"]]
    answers = itertools.product(*[[*groups[kind], "any"] for kind in groups], [None, "DONE"])
    for project, category, status in answers:
        query = {"project_id": project or "none", "category_id": category or "none", "status": status}
        wanted = [task for task in tasks if project in ("any", task["project_id"])
                  and category in ("any", task["category_id"])
                  and status in (None, task["status"])]
        query = {name: value for name, value in query.items() if value not in ("any", None)}
        path = random.choice(["/tasks", f"/users/{user.id}/tasks"])
        assert ids(found(user, path, sort_order="asc", **query)) == ids(wanted), query
        assert pages_by_cursor(user, path, {**query, "limit": 2}) == wanted[::-1], query
    cursor = user.get("/tasks?limit=1&project_id=none").json()["next_cursor"]
    for query in [{}, {"project_id": groups["projects"][1]}, {"category_id": "none"},
                  {"project_id": "none", "archived": "true"}]:
        refused(user.get("/tasks", params={"cursor": cursor, **query}), 400, "invalid_cursor", "cursor")


def test_a_group_goes_while_tasks_come(user, kind, reference):
    """Each answer is one of those that the contract knows, and in the end nothing points nowhere."""
    for _ in range(3):
        row = make(user, kind)
        one, body = f"/{kind}/{row['id']}", {"title": "x", reference: row["id"]}
        posts = [lambda: user.post("/tasks", json=body)] * 6
        answers = at_once(*posts, lambda: user.delete(one), *posts)
        assert answers.pop(6).status_code == 204
        for answer in answers:
            assert answer.status_code in (201, 400), answer.text
            if answer.status_code == 400:
                wrong(answer, reference)
        refused(user.get(one), 404, "not_found")
        assert found(user, "/tasks", **{reference: row["id"]}) == []
        for answer in answers:
            if answer.status_code == 201:
                left = user.get(f"/tasks/{answer.json()['id']}")
                assert left.status_code == (404 if kind == "projects" else 200)
                assert kind == "projects" or left.json()["category_id"] is None


def test_counting_every_kind_of_change(new_user):
    """A walk through all that can change a count; after each step the counts are those of the tasks."""
    user, dice = new_user(), random.Random(11)
    groups = {kind: ids([make(user, kind) for _ in range(3)]) for kind in MEMBERS}
    tasks = {}

    def create():
        task = make_task(user, status=dice.choice(STATUSES),
                         project_id=dice.choice([None, *groups["projects"]]),
                         category_id=dice.choice([None, *groups["categories"]]))
        tasks[task["id"]] = task

    def create_inside():
        task = make_task(user, f"/projects/{dice.choice(groups['projects'])}/tasks",
                         completed=dice.random() < 0.5)
        tasks[task["id"]] = task

    def update(**members):
        task = dice.choice(list(tasks))
        tasks[task] = change(user, f"/tasks/{task}", **members)

    def complete():
        task = dice.choice(list(tasks))
        tasks[task] = change(user, f"/tasks/{task}/complete", completed=dice.random() < 0.5)

    def move():
        task = dice.choice(list(tasks))
        answer = user.post(f"/tasks/{task}/move",
                           json={"status": dice.choice(STATUSES),
                                 "project_id": dice.choice([None, *groups["projects"]])})
        tasks[task] = answer.json()

    def bulk():
        chosen = dice.sample(list(tasks), 3)
        answer = user.patch("/tasks/bulk", json={"updates": [
            {"id": task, dice.choice(list(REFERENCE.values())): None, "status": dice.choice(STATUSES)}
            for task in chosen]})
        tasks.update({task["id"]: task for task in answer.json()["tasks"]})

    def bulk_delete():
        chosen = dice.sample(list(tasks), 2)
        assert user.delete("/tasks/bulk", json={"ids": chosen}).status_code == 204
        for task in chosen:
            del tasks[task]

    def delete():
        assert user.delete(f"/tasks/{tasks.pop(dice.choice(list(tasks)))['id']}").status_code == 204

    def replace(kind):
        gone = groups[kind].pop(0)
        assert user.delete(f"/{kind}/{gone}").status_code == 204
        groups[kind].append(make(user, kind)["id"])
        for task in list(tasks.values()):
            if task[REFERENCE[kind]] == gone:
                left = user.get(f"/tasks/{task['id']}")
                if kind == "projects":
                    del tasks[task["id"]]
                    assert left.status_code == 404
                else:
                    tasks[task["id"]] = left.json()
                    assert left.json() == {**task, "category_id": None, "version": task["version"] + 1,
                                           "updated_at": left.json()["updated_at"]}

    steps = [create] * 5 + [create_inside] * 2 + [complete] * 2 + [move] * 2 + [bulk, bulk_delete, delete] + [
        lambda: update(status=dice.choice(STATUSES)), lambda: update(title="x"),
        lambda: update(project_id=dice.choice([None, *groups["projects"]])),
        lambda: update(category_id=dice.choice([None, *groups["categories"]])),
        lambda: change(user, f"/projects/{dice.choice(groups['projects'])}", archived=dice.random() < 0.5),
        lambda: replace("projects"), lambda: replace("categories")]
    for _ in range(8):
        create()
    for _ in range(100):
        dice.choice(steps)()
        while len(tasks) < 4:
            create()
        check_counts(user, tasks.values())
    for row in found(user, "/projects", archived="all"):
        assert read(user, f"/projects/{row['id']}") == row


def check_counts(user, tasks):
    for row in found(user, "/projects", archived="all"):
        inside = [task["status"] for task in tasks if task["project_id"] == row["id"]]
        counts = {status.lower(): inside.count(status) for status in STATUSES}
        assert (row["task_counts"], row["task_count"]) == (counts, sum(counts.values()))
    archived = {row["id"] for row in found(user, "/projects", archived="true")}
    for row in found(user, "/categories"):
        assert row["task_count"] == sum(task["category_id"] == row["id"] and task["project_id"] not in archived
                                        for task in tasks)


def test_counts_of_many_at_once(user, kind, row, one, reference):
    made = at_once(*[lambda: make_task(user, **{reference: row["id"]}) for _ in range(20)])
    assert read(user, one)["task_count"] == 20
    at_once(*[lambda task=task: user.delete(f"/tasks/{task['id']}") for task in made[:12]])
    assert read(user, one)["task_count"] == 8
    assert read(user, one)["version"] == 1
