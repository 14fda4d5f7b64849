"""Places on the board: every place that a move can name, exactly, for one and for many at once."""

import json
import random
import re
import threading

import pytest

from board_model import STATUSES, BoardModel, random_body
from client import at_once, until_served
from contract import refused
from resources import NOBODYS, found, ids, make, make_task, pages_by_cursor, read, stale, tag


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


def column(who, status="TODO", **query):
    """The tasks of a status in their order, those of one project only if the query names it."""
    return ids(found(who, "/tasks", status=status, sort_by="position", sort_order="asc", **query))


def board(who):
    """All of a user's tasks by status, each column in its order."""
    columns = {status: [] for status in STATUSES}
    found_rows = pages_by_cursor(who, "/tasks", {"limit": 200, "sort_by": "position", "sort_order": "asc"})
    assert found_rows == sorted(found_rows, key=lambda row: STATUSES.index(row["status"]))
    for row in found_rows:
        columns[row["status"]].append(row)
    for rows in columns.values():
        places = [row["position"] for row in rows]
        assert places == sorted(set(places)), "a place that is not above the one before"
        assert all(re.fullmatch("[0-9A-Za-z]{1,200}", place) for place in places)
    return columns


def orders(columns):
    return {status: ids(rows) for status, rows in columns.items()}


class Mirror:
    """A client that keeps what it was answered, and sorts by position."""

    def __init__(self, rows):
        self.rows = {row["id"]: row for row in rows}

    def take(self, row):
        self.rows[row["id"]] = row

    def orders(self):
        columns = {status: [] for status in STATUSES}
        for row in sorted(self.rows.values(), key=lambda row: row["position"]):
            columns[row["status"]].append(row["id"])
        return columns


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
    assert (column(user, "DONE"), column(user, "DONE", project_id=project)) == ([c, b, a], [b, a])
    back = move(user, b, tasks, status="TODO", project_id=None, before=d)
    assert (back["completed"], back["project_id"], back["version"]) == (False, None, 4)
    assert (column(user), column(user, "DONE")) == ([b, d], [c, a])


def test_one_order_over_all_projects(user, surface):
    """A neighbour may be of any project, and a board of one project shows its part of the order."""
    one, two = (make(user, "projects")["id"] for _ in range(2))
    a, b, c, d, e = (make_task(user, project_id=project)["id"] for project in [one, two, None, one, two])
    for task, body, order in [
            (d, {"after": b}, [a, b, d, c, e]), (c, {"before": b}, [a, c, b, d, e]),
            (e, {"after": a, "project_id": one}, [a, e, c, b, d]), (a, {"before": c, "project_id": None}, [e, a, c, b, d]),
            (b, {"after": None}, [b, e, a, c, d]), (e, {}, [b, a, c, d, e])]:
        move(user, task, surface(user), **body)
        assert column(user) == order
    assert column(user, project_id=one) == [d, e] and column(user, project_id=two) == [b]
    assert column(user, project_id="none") == [a, c]
    rows = read(user, f"/projects/{one}/tasks?sort_by=position&sort_order=desc")["tasks"]
    assert ids(rows) == [e, d]


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
        before = read(user, f"/tasks/{a}")
        assert user.patch(f"/tasks/{a}", json=body).json()["position"] == before["position"]
    assert column(user) == [d, a, b, c]
    for task in [b, d]:
        user.patch(f"/tasks/{task}", json={"status": "DONE"})
    user.patch(f"/tasks/{a}/complete", json={"completed": True})
    assert column(user, "DONE") == [b, d, a]
    user.patch(f"/tasks/{b}", json={"project_id": project})
    last = make_task(user, f"/projects/{project}/tasks", status="DONE")["id"]
    user.patch(f"/tasks/{d}", json={"project_id": project})
    assert column(user, "DONE") == [a, b, last, d]
    assert column(user) == [c]


def test_a_move_changes_no_other_task(user, four):
    """However often neighbours come and go, what was read before is still so, under the same ETag."""
    a, b, c, d = four
    tags = {task: tag(user, f"/tasks/{task}") for task in four}
    rows = {task: read(user, f"/tasks/{task}") for task in four}
    movers = [make_task(user)["id"] for _ in range(2)]
    for n in range(40):
        move(user, movers[n % 2], **[{"after": a}, {"before": b}, {"after": None}, {"before": d}, {}][n % 5])
        for task in four:
            assert user.get(f"/tasks/{task}", headers={"If-None-Match": tags[task]}).status_code == 304
            assert read(user, f"/tasks/{task}") == rows[task]


def test_a_position_tells_nothing_of_others(user, stranger):
    """Whatever others write, the next position of a user is the next of their own."""
    slots = []
    for n in range(4):
        for _ in range(n * 5):
            make_task(stranger)
        slots.append(make_task(user)["position"][:6])
    assert slots == ["V00000", "V00001", "V00002", "V00003"]
    assert make_task(stranger, status="DONE")["position"][:6] == "V00000"


def test_a_walk_misses_no_task_that_stays(user):
    """A walk by position while others are moved around and over its cursor."""
    tasks = [make_task(user)["id"] for _ in range(31)]
    staying, chosen = tasks[::2], random.Random(5)
    query = {"limit": 3, "sort_by": "position", "sort_order": "asc"}
    for order in ["asc", "desc"]:
        def between():
            for _ in range(3):
                move(user, chosen.choice(tasks[1::2]), **{chosen.choice(["after", "before"]): chosen.choice(staying[1:-1])})
        seen = ids(pages_by_cursor(user, "/tasks", {**query, "sort_order": order}, between))
        assert [task for task in seen if task in staying] == staying[:: 1 if order == "asc" else -1]


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
    done = make_task(user, status="DONE", project_id=make(user, "projects")["id"])["id"]
    theirs = make_task(stranger)["id"]
    for side in ["after", "before"]:
        for body in [{side: neighbour} for neighbour in [a, NOBODYS, theirs, done]] + [
                {side: b, "status": "DONE"}, {side: a, "status": "DONE"}, {side: done, "status": "IN_PROGRESS"}]:
            refused(user.post(f"{surface(user)}/{a}/move", json=body), 400, "validation_failed", side)
    assert column(user) == four
    assert read(user, f"/tasks/{a}")["version"] == 1


def test_projects_that_are_none(user, stranger, four):
    path = f"/tasks/{four[0]}/move"
    for project in [NOBODYS, make(stranger, "projects")["id"], four[0]]:
        refused(user.post(path, json={"project_id": project}), 400, "validation_failed", "project_id")
        for side in ["after", "before"]:
            body = {"project_id": project, side: NOBODYS}
            refused(user.post(path, json=body), 400, "validation_failed", "project_id", side)
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


def test_one_mover_against_a_model(user):
    """After every answer a client that keeps the answers, and sorts them by position, has the order."""
    chosen = random.Random(7)
    projects = [None, *(make(user, "projects")["id"] for _ in range(2))]
    mirror = Mirror(make_task(user) for _ in range(25))
    tasks = list(mirror.rows)
    model, versions = BoardModel({"TODO": tasks}), dict.fromkeys(tasks, 1)
    for _ in range(250):
        task, body = chosen.choice(tasks), random_body(chosen, tasks, projects)
        answer = user.post(f"/tasks/{task}/move", json=body)
        assert answer.status_code == (200 if model.move(task, body) == "moved" else 400), body
        if answer.status_code == 200:
            mirror.take(answer.json())
            versions[task] += 1
        assert mirror.orders() == model.columns
    columns = board(user)
    assert orders(columns) == model.columns
    assert {row["id"]: row for rows in columns.values() for row in rows} == mirror.rows
    assert {task: row["version"] for task, row in mirror.rows.items()} == versions


def tighten(stack, low, high):
    """Gives two neighbours places between which there is none of 200 digits."""
    for task, digits in [(low, "zy"), (high, "zz")]:
        stack.ask("UPDATE tasks SET place_key = %s WHERE id = %s RETURNING id", "V00001aaaaaaaa" + "0" * 184 + digits,
                  task)


def first_page(who, status, order):
    return read(who, f"/tasks?limit=1&status={status}&sort_by=position&sort_order={order}")


def next_page(who, status, order, page):
    return who.get(f"/tasks?limit=1&status={status}&sort_by=position&sort_order={order}&cursor={page['next_cursor']}")


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("side", ["after", "before"])
def test_a_gap_that_is_used_up(stack, user, four, side, order):
    """Room is made by changing what is in the way. Those tasks get their next version, no other does, and no
    cursor that stands in that column goes on as if nothing were."""
    a, b, c, d = four
    tasks = [*four, *(make_task(user, status="DONE")["id"] for _ in range(3))]
    tighten(stack, b, c)
    before = {task: (read(user, f"/tasks/{task}"), user.get(f"/tasks/{task}").headers["ETag"]) for task in tasks}
    pages = {status: first_page(user, status, order) for status in ["TODO", "DONE"]}
    by_title = read(user, "/tasks?limit=1&sort_by=title")["next_cursor"]

    moved = move(user, d, **{side: b if side == "after" else c})
    assert moved["version"] == before[d][0]["version"] + 1
    changed = set()
    for task in set(tasks) - {d}:
        row, tag = before[task]
        answer = user.get(f"/tasks/{task}", headers={"If-None-Match": tag})
        if answer.status_code == 200:
            changed.add(task)
            now = answer.json()
            assert now == {**row, "position": now["position"], "version": row["version"] + 1,
                           "updated_at": now["updated_at"]} != row
            assert len(now["position"]) < 30
    assert {b, c} <= changed and changed.isdisjoint(tasks[4:])
    assert column(user) == [a, b, d, c] and column(user, "DONE") == tasks[4:]

    refused(next_page(user, "TODO", order, pages["TODO"]), 400, "invalid_cursor")
    assert next_page(user, "DONE", order, pages["DONE"]).json()["tasks"][0]["id"] == tasks[5]
    assert user.get(f"/tasks?limit=1&sort_by=title&cursor={by_title}").status_code == 200
    query = {"limit": 1, "status": "TODO", "sort_by": "position", "sort_order": order}
    assert ids(pages_by_cursor(user, "/tasks", query)) == [a, b, d, c][:: 1 if order == "asc" else -1]


def test_a_gap_that_is_used_up_by_a_bulk(stack, user, four):
    """A condition on a task that has to make room in the same call still holds."""
    a, b, c, d = four
    tighten(stack, b, c)
    versions = {task: read(user, f"/tasks/{task}")["version"] for task in four}
    updates = [{"id": d, "after": b}, {"id": c, "version": versions[c], "title": "new"}, {"id": a, "before": c}]
    answer = user.patch("/tasks/bulk", json={"updates": updates})
    assert answer.status_code == 200, answer.text
    assert column(user) == [b, d, a, c] and read(user, f"/tasks/{c}")["title"] == "new"
    assert {row["id"]: row for row in answer.json()["tasks"]}[d] == read(user, f"/tasks/{d}")


def test_moves_into_one_gap_until_there_is_no_room(user, four):
    """The neighbours stay as they are, under the same ETag, through hundreds of moves between them; then
    they change, and say so. No position is ever longer than 200."""
    low, high, *movers = four
    path, moves, longest = f"/tasks/{low}", 0, 0
    tag, made, cursor = user.get(path).headers["ETag"], read(user, path), first_page(user, "TODO", "asc")
    while user.get(path, headers={"If-None-Match": tag}).status_code == 304:
        assert moves % 50 or next_page(user, "TODO", "asc", cursor).status_code == 200
        longest = max(longest, len(move(user, movers[moves % 2], after=low)["position"]))
        moves += 1
        assert moves < 3000
    assert 190 < longest <= 200 and moves > 300
    now = read(user, path)
    assert now["position"] != made["position"] and now["version"] == made["version"] + 1
    refused(next_page(user, "TODO", "asc", cursor), 400, "invalid_cursor")
    assert column(user) == [low, movers[(moves - 1) % 2], movers[moves % 2], high]
    assert board(user) and move(user, high, after=low)["position"] < read(user, f"/tasks/{movers[0]}")["position"]


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
    made = stack.ask("INSERT INTO tasks (user_id, id, title) SELECT %s, gen_random_uuid(), 'task ' || n"
                     " FROM generate_series(1, %s) AS n RETURNING id::text, place_key", user.id, count)
    return [task for task, _ in sorted(made, key=lambda row: row[1])]


def test_50_at_once_against_a_model(stack, user):
    """Each move carries a key, and the transaction that kept its answer is numbered under the lock of moves:
    those numbers are the order of a serial replay. At each of its steps, a client that sorts the answers by
    position has the order of the model."""
    projects = [None, make(user, "projects")["id"]]
    tasks, before = fill(stack, user, 500), deadlocks(stack)
    mirror = Mirror(row for rows in board(user).values() for row in rows)

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
    model = BoardModel({"TODO": tasks})
    for (key,) in order:
        task, body, answer = acknowledged[key]
        assert model.move(task, body) == "moved", "a move was acknowledged that was not possible"
        assert (answer["id"], answer["version"]) == (task, mirror.rows[task]["version"] + 1)
        assert (answer["status"], answer["project_id"]) == model.place_of(task)
        mirror.take(answer)
        assert mirror.orders() == model.columns
    columns = board(user)
    assert orders(columns) == model.columns
    assert {row["id"]: row for rows in columns.values() for row in rows} == mirror.rows


def test_appending_at_once(user):
    """Who appends waits for nobody, and all places differ. What one client appends stays in its order, behind
    what was there."""
    first = make_task(user)["id"]

    def appender(seed):
        for n in range(15):
            if (seed + n) % 3:
                yield seed, make_task(user)
            else:
                task = make_task(user, status="DONE")["id"]
                yield seed, user.patch(f"/tasks/{task}", json={"status": "TODO"}).json()

    made = run_threads(20, appender)
    column_now = board(user)["TODO"]
    assert {row["id"]: row for row in column_now[1:]} == {row["id"]: row for _, row in made}
    assert column_now[0]["id"] == first and len(column_now) == 1 + 20 * 15
    places = {row["id"]: n for n, row in enumerate(column_now)}
    for client in range(20):
        own = [places[row["id"]] for seed, row in made if seed == client]
        assert own == sorted(own)


def test_a_task_below_the_last_one_stays_there(user):
    """However many are appended meanwhile: a task that was moved below another is directly below it, one that
    was moved to the top is above all."""
    movers = [make_task(user, status="DONE")["id"] for _ in range(40)]
    top, done = make_task(user)["id"], threading.Event()
    pairs, last = [], [top]

    def appender():
        while not done.is_set():
            last[0] = make_task(user)["id"]

    def mover():
        try:
            for task in movers:
                neighbour = last[0]
                move(user, task, status="TODO", after=neighbour)
                pairs.append((neighbour, task))
                move(user, top, after=None)
        finally:
            done.set()

    at_once(appender, appender, appender, appender, mover)
    order = ids(board(user)["TODO"])
    assert order[0] == top
    below = {}
    for neighbour, task in pairs:
        below.setdefault(neighbour, []).insert(0, task)
    for neighbour, tasks in below.items():
        place = order.index(neighbour) + 1
        assert order[place:place + len(tasks)] == tasks


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
                answer = until_served(lambda: user.patch("/tasks/bulk", json={"updates": updates}))
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
