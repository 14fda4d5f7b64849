"""Places on the board: every place that a move can name, exactly, for one and for many at once."""

import json
import random
import threading

import pytest

from board_model import STATUSES, BoardModel, random_body
from client import at_once
from contract import refused
from groups import NOBODYS, found, ids, make, make_task, read
from resources import stale, tag


@pytest.fixture(params=["/tasks", "/users/{}/tasks", "/api/{}/tasks"], ids=["own", "user-scoped", "short"])
def surface(request):
    """An address of the tasks of `who`."""
    return lambda who: request.param.format(who.id)


@pytest.fixture
def four(user):
    return [make_task(user, title=f"task {n}")["id"] for n in range(4)]


def move(who, task, surface="/tasks", **body):
    """The task after a move that succeeds."""
    answer = who.post(f"{surface}/{task}/move", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def column(who, status="TODO", project="none"):
    query = {"status": status, "project_id": project, "sort_by": "position", "sort_order": "asc"}
    return ids(found(who, "/tasks", **query))


def board(who):
    """All of a user's tasks by column, each in its order."""
    columns, rows, cursor = {}, [], None
    while cursor or not rows:
        page = read(who, "/tasks?limit=200&sort_by=position&sort_order=asc" + (f"&cursor={cursor}" if cursor else ""))
        rows, cursor = rows + page["tasks"], page["next_cursor"]
    for row in rows:
        columns.setdefault((row["status"], row["project_id"]), []).append(row)
    for tasks in columns.values():
        places = [row["position"] for row in tasks]
        assert places == sorted(set(places)), "two tasks in one place"
    return columns


def orders(columns):
    return {key: ids(tasks) for key, tasks in columns.items()}


# Every place.


def test_every_place(user, surface, four):
    a, b, c, d = four
    for task, body, order in [
            (d, {"after": a}, [a, d, b, c]), (a, {"before": c}, [d, b, a, c]),
            (c, {"after": None}, [c, d, b, a]), (c, {"before": None}, [d, b, a, c]),
            (d, {}, [b, a, c, d]), (b, {"after": d.upper()}, [a, c, d, b]), (b, {"before": a}, [b, a, c, d])]:
        before = read(user, f"/tasks/{task}")
        answer = user.post(f"{surface(user)}/{task}/move", json=body)
        assert answer.status_code == 200
        moved = answer.json()
        assert moved == {**before, "position": moved["position"], "version": before["version"] + 1,
                         "updated_at": moved["updated_at"]} == read(user, f"/tasks/{task}")
        assert answer.headers["ETag"] == tag(user, f"/tasks/{task}")
        assert column(user) == order


def test_to_another_column(user, surface, four):
    a, b, c, d = four
    tasks, project = surface(user), make(user, "projects")["id"]
    done = move(user, a, tasks, status="done")
    assert (done["status"], done["completed"], done["completed_at"]) == ("DONE", True, done["updated_at"])
    move(user, b, tasks, status="DONE", before=a)
    move(user, c, tasks, status="DONE", after=None)
    assert (column(user), column(user, "DONE")) == ([d], [c, b, a])
    assert move(user, b, tasks, project_id=project)["project_id"] == project
    move(user, a, tasks, project_id=project, after=b)
    assert (column(user, "DONE"), column(user, "DONE", project)) == ([c], [b, a])
    back = move(user, b, tasks, status="TODO", project_id=None, before=d)
    assert (back["completed"], back["project_id"], back["version"]) == (False, None, 4)
    assert (column(user), column(user, "DONE", project)) == ([b, d], [a])


@pytest.mark.parametrize("body", [{"after": None}, {"before": None}, {}], ids=json.dumps)
def test_the_only_task_of_a_column(user, body):
    task = make_task(user)
    assert move(user, task["id"], **body)["version"] == 2
    assert move(user, task["id"], status="DONE", **body)["status"] == "DONE"
    assert column(user, "DONE") == [task["id"]]


def test_what_goes_to_the_end_by_itself(user, four):
    """Created tasks, and those whose status or project changes; the others stay."""
    a, b, c, d = four
    project = make(user, "projects")["id"]
    move(user, d, after=None)
    for body in [{"title": "new"}, {"status": "TODO"}, {"completed": False}, {"project_id": None}]:
        assert user.patch(f"/tasks/{a}", json=body).status_code == 200
    assert column(user) == [d, a, b, c]
    for task in [b, d]:
        user.patch(f"/tasks/{task}", json={"status": "DONE"})
    user.patch(f"/tasks/{a}/complete", json={"completed": True})
    assert column(user, "DONE") == [b, d, a]
    user.patch(f"/tasks/{b}", json={"project_id": project})
    last = make_task(user, f"/projects/{project}/tasks", status="DONE")["id"]
    user.patch(f"/tasks/{d}", json={"project_id": project})
    assert column(user, "DONE", project) == [b, last, d]
    assert column(user) == [c]


def test_the_condition_of_a_move(user, four):
    a, b, *_ = four
    path = f"/tasks/{b}/move"
    assert user.post(path, json={"after": None, "version": 1}).json()["version"] == 2
    old = tag(user, f"/tasks/{b}")
    assert user.post(path, json={"after": a}, headers={"If-Match": old}).json()["version"] == 3
    for status, body, headers in [(409, {"version": 2}, {}), (409, {"version": 4}, {}), (412, {}, {"If-Match": old}),
                                  (412, {"version": 3}, {"If-Match": '"9"'}), (409, {"version": 2}, {"If-Match": "*"}),
                                  (412, {}, {"If-None-Match": "*"})]:
        stale(user.post(path, json={"after": None, **body}, headers=headers), user, f"/tasks/{b}", status)
    refused(user.post(path, json={}, headers={"If-Match": "3"}), 400, "bad_request")
    assert user.post(path, json={"version": 3}, headers={"If-Match": "*"}).json()["version"] == 4


# What is refused.


def test_neighbours_that_are_none(user, stranger, surface, four):
    a, b, *_ = four
    done = make_task(user, status="DONE")["id"]
    inside = make_task(user, project_id=make(user, "projects")["id"])["id"]
    theirs = make_task(stranger)["id"]
    for side in ["after", "before"]:
        for body in [{side: neighbour} for neighbour in [a, NOBODYS, theirs, done, inside]] + [
                {side: b, "status": "DONE"}, {side: b, "project_id": read(user, f"/tasks/{inside}")["project_id"]},
                {side: a, "status": "DONE"}]:
            refused(user.post(f"{surface(user)}/{a}/move", json=body), 400, "validation_failed", side)
    assert column(user) == four
    assert read(user, f"/tasks/{a}")["version"] == 1


def test_projects_that_are_none(user, stranger, four):
    for project in [NOBODYS, make(stranger, "projects")["id"], four[0]]:
        refused(user.post(f"/tasks/{four[0]}/move", json={"project_id": project}), 400, "validation_failed",
                "project_id")
    assert column(user) == four


@pytest.mark.parametrize("body, fields", [
    ({"after": None, "before": None}, ["before"]), ({"after": NOBODYS, "before": NOBODYS}, ["before"]),
    ({"status": "DOING"}, ["status"]), ({"status": None}, ["status"]), ({"status": 1}, ["status"]),
    ({"after": "x"}, ["after"]), ({"before": 5}, ["before"]), ({"after": []}, ["after"]),
    ({"project_id": "none"}, ["project_id"]), ({"project_id": True}, ["project_id"]),
    ({"version": 0}, ["version"]), ({"version": None}, ["version"]), ({"version": "1"}, ["version"]),
    ({"title": "x"}, ["title"]), ({"postion": 1}, ["postion"]), ({"position": 1}, ["position"]),
    ({"before": {}, "status": "x", "y": 1}, ["before", "status", "y"]),
], ids=lambda value: json.dumps(value)[:40])
def test_bodies_that_are_refused(user, body, fields):
    task = make_task(user)
    refused(user.post(f"/tasks/{task['id']}/move", json=body), 400, "validation_failed", *fields)
    assert read(user, f"/tasks/{task['id']}") == task


def test_a_body_is_needed(user, four):
    path = f"/tasks/{four[0]}/move"
    refused(user.post(path), 400, "invalid_json")
    refused(user.post(path, json=[]), 400, "validation_failed")
    refused(user.post(path, data="{}", headers={"Content-Type": "text/plain"}), 415, "unsupported_media_type")
    refused(user.get(path), 405, "method_not_allowed")
    refused(user.post(path + "?after=x", json={}), 400, "validation_failed", "after")


def test_a_strangers_task(stack, user, stranger, surface):
    task = make_task(user)
    wanted = (403, "forbidden") if surface(user) == "/tasks" else (404, "not_found")
    for body in [{}, {"after": None}, {"status": "DONE", "version": 1}, {"after": task["id"]}]:
        answer = stranger.post(f"{surface(stranger)}/{task['id']}/move", json=body)
        refused(answer, *wanted)
        assert stack.log(event="foreign_access", request_id=answer.headers["X-Request-Id"], resource="tasks",
                         id=task["id"], user=stranger.id)
    refused(stranger.post(f"{surface(stranger)}/{NOBODYS}/move", json={}), 404, "not_found")
    refused(stranger.post(f"{surface(stranger)}/x/move", json={}), 404, "not_found")
    if surface(user) != "/tasks":
        refused(stranger.post(f"{surface(user)}/{task['id']}/move", json={}), 403, "forbidden")
    assert read(user, f"/tasks/{task['id']}") == task
    refused(user.with_token(None).post(f"{surface(user)}/{task['id']}/move", json={}), 401, "unauthorized")


# Exact order.


def test_a_gap_that_is_used_up(user):
    """A hundred moves between the same two neighbours; making room is no change of the others."""
    tasks = [make_task(user)["id"] for _ in range(12)]
    movers = [make_task(user, status="DONE")["id"] for _ in range(5)]
    model = BoardModel({("TODO", None): tasks, ("DONE", None): movers})
    for n in range(100):
        body = {"after": tasks[5]} if n % 3 else {"before": tasks[6]}
        move(user, movers[n % 5], status="TODO", **body)
        assert model.move(movers[n % 5], {"status": "TODO", **body}) == "moved"
    columns = board(user)
    assert model.agrees(orders(columns))
    versions = {row["id"]: row["version"] for row in columns["TODO", None]}
    assert versions == {**dict.fromkeys(tasks, 1), **dict.fromkeys(movers, 21)}


def test_one_mover_against_a_model(user):
    chosen = random.Random(7)
    projects = [None, *(make(user, "projects")["id"] for _ in range(2))]
    tasks = [make_task(user)["id"] for _ in range(25)]
    model, versions = BoardModel({("TODO", None): tasks}), dict.fromkeys(tasks, 1)
    for _ in range(250):
        task, body = chosen.choice(tasks), random_body(chosen, tasks, projects)
        status = user.post(f"/tasks/{task}/move", json=body).status_code
        assert status == (200 if model.move(task, body) == "moved" else 400), body
        versions[task] += status == 200
    columns = board(user)
    assert model.agrees(orders(columns))
    assert {row["id"]: row["version"] for rows in columns.values() for row in rows} == versions


def run_threads(count, work):
    """work(seed) in many threads; what they return, together."""
    results, faults = [], []

    def run(seed):
        try:
            results.extend(work(seed))
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return results


def deadlocks(stack):
    return (stack.state / "logs" / "postgres.log").read_text().count("deadlock detected")


def fill(stack, user, count):
    """Many tasks at once; their ids in the order of the column."""
    return [task for (task,) in stack.ask(
        "WITH made AS (INSERT INTO tasks (user_id, id, title)"
        " SELECT %s, gen_random_uuid(), 'task ' || n FROM generate_series(1, %s) AS n RETURNING id, position)"
        " SELECT id::text FROM made ORDER BY position", user.id, count)]


def test_50_at_once_against_a_model(stack, user):
    """Each move carries a key, and the transaction that kept its answer is numbered under the lock
    of moves: those numbers are the order of a serial replay."""
    projects = [None, make(user, "projects")["id"]]
    tasks, before = fill(stack, user, 500), deadlocks(stack)

    def mover(seed):
        chosen = random.Random(seed)
        for n in range(14):
            task, body = chosen.choice(tasks), random_body(chosen, tasks, projects)
            key = f"{seed}-{n}"
            answer = user.post(f"/tasks/{task}/move", json=body, headers={"Idempotency-Key": key})
            assert answer.status_code in (200, 400), answer.text
            if answer.status_code == 200:
                yield key, (task, body, answer.json())

    acknowledged = dict(run_threads(50, mover))
    assert len(acknowledged) > 300 and deadlocks(stack) == before
    order = stack.ask("SELECT key FROM idempotency_keys WHERE user_id = %s AND status = 200"
                      " ORDER BY xmin::text::bigint", user.id)
    assert sorted(key for (key,) in order) == sorted(acknowledged)
    model, versions = BoardModel({("TODO", None): tasks}), dict.fromkeys(tasks, 1)
    for (key,) in order:
        task, body, answer = acknowledged[key]
        assert model.move(task, body) == "moved", "a move was acknowledged that was not possible"
        versions[task] += 1
        assert (answer["id"], answer["version"]) == (task, versions[task])
        assert (answer["status"], answer["project_id"]) == model.column_of(task)
    columns = board(user)
    assert model.agrees(orders(columns))
    assert {row["id"]: row["version"] for rows in columns.values() for row in rows} == versions


def test_moves_among_all_other_changes(stack, user):
    """Creations, changes of status, deletions, bulk changes and moves at once: each column stays in a
    strict order, no task is lost, and each acknowledged change is one version."""
    projects = [None, make(user, "projects")["id"]]
    tasks, before = fill(stack, user, 60), deadlocks(stack)
    victims = fill(stack, user, 30)

    def change(seed):
        chosen = random.Random(seed)
        for _ in range(20):
            task, kind = chosen.choice(tasks), chosen.randrange(10)
            counted, good = [task], (200,)
            if kind < 5:
                body, good = random_body(chosen, tasks + victims, projects), (200, 400)
                answer = user.post(f"/tasks/{task}/move", json=body)
            elif kind < 7:
                body = {"status": chosen.choice(STATUSES), "project_id": chosen.choice(projects)}
                answer = user.patch(f"/tasks/{task}", json=body)
            elif kind == 7:
                answer = user.post("/tasks", json={"title": "new", "status": chosen.choice(STATUSES)})
                counted, good = [answer.json()["id"]], (201,)
            elif kind == 8:
                counted = chosen.sample(tasks, 10)
                updates = [{"id": one, "status": chosen.choice(STATUSES)} for one in counted]
                updates[0]["after"] = None
                answer = user.patch("/tasks/bulk", json={"updates": updates})
            else:
                answer, counted, good = user.delete(f"/tasks/{chosen.choice(victims)}"), [], (204, 404)
            assert answer.status_code in good, answer.text
            if answer.status_code < 400:
                yield from counted

    versions = {}
    for task in run_threads(30, change):
        versions[task] = versions.get(task, 0) + 1
    rows = [row for tasks in board(user).values() for row in tasks]
    assert set(tasks) <= {row["id"] for row in rows} and deadlocks(stack) == before
    for row in rows:
        made = 1 if row["id"] in tasks or row["id"] in victims else 0
        assert row["version"] == made + versions.pop(row["id"], 0)
    assert not versions, "an acknowledged change of a task that is not there"


def test_nobody_sees_two_tasks_in_one_place(stack, user):
    tasks, done = fill(stack, user, 40), threading.Event()

    def watch():
        while not done.is_set():
            assert sorted(row["id"] for rows in board(user).values() for row in rows) == sorted(tasks)

    def mover(seed):
        chosen = random.Random(seed)
        for _ in range(25):
            yield move(user, chosen.choice(tasks[2:]), status="TODO", after=tasks[0])

    def move_all():
        try:
            run_threads(8, mover)
        finally:
            done.set()

    at_once(watch, watch, move_all)
    assert column(user)[0] == tasks[0] and column(user)[-1] != tasks[0]
