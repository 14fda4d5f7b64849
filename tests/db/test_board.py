"""move_task: each place that a move can name, exact order under many moves at once, and columns whose
gaps are used up."""

import random
import threading
import uuid

import psycopg2
import pytest

from board_model import STATUSES, BoardModel, random_body
from database import add, add_task, query, read

MOVE = "SELECT outcome FROM move_task(%s, %s, %s, %s, %s, %s, %s, %s)"


def move(connection, task, if_match=None, version=None, **body):
    return query(connection, MOVE, task, list(body), body.get("status"), body.get("project_id"),
                 body.get("after"), body.get("before"), if_match, version)[0][0]


def column(connection, status="TODO", project=None):
    return [task for (task,) in query(
        connection, "SELECT id FROM tasks WHERE status_rank = status_rank(%s)"
        " AND project_id IS NOT DISTINCT FROM %s ORDER BY position, id", status, project)]


@pytest.fixture
def mine(become, alice):
    return become(alice)


@pytest.fixture
def four(mine, alice):
    return [add_task(mine, alice, f"task {n}") for n in range(4)]


@pytest.mark.parametrize("project", [False, True])
def test_every_place(mine, alice, project):
    project = add(mine, "projects", alice) if project else None
    a, b, c, d = four = [add_task(mine, alice, project_id=project) for _ in range(4)]
    add_task(mine, alice, project_id=None if project else add(mine, "projects", alice))
    for task, body, order in (
            (d, {"after": a}, [a, d, b, c]),
            (a, {"before": c}, [d, b, a, c]),
            (c, {"after": None}, [c, d, b, a]),
            (c, {"before": None}, [d, b, a, c]),
            (d, {}, [b, a, c, d]),
            (b, {"after": d}, [a, c, d, b]),
            (b, {"before": a}, [b, a, c, d]),
            (a, {"after": b}, [b, a, c, d])):
        assert move(mine, task, **body) == "moved"
        assert column(mine, project=project) == order
    assert column(mine, project=project) == [b, a, c, d] and sorted(four) == sorted([a, b, c, d])


def test_to_another_column(mine, alice, four):
    a, b, c, d = four
    project = add(mine, "projects", alice)
    assert move(mine, a, status="DONE") == "moved"
    assert read(mine, "tasks", a, "completed_at = now(), version") == (True, 2)
    assert move(mine, b, status="DONE", before=a) == "moved"
    assert move(mine, c, status="DONE", after=None) == "moved"
    assert (column(mine), column(mine, "DONE")) == ([d], [c, b, a])
    assert move(mine, b, project_id=project) == "moved"
    assert move(mine, a, project_id=project, after=b) == "moved"
    assert (column(mine, "DONE"), column(mine, "DONE", project)) == ([c], [b, a])
    assert move(mine, b, project_id=None, status="TODO", before=d) == "moved"
    assert (column(mine), column(mine, "DONE", project)) == ([b, d], [a])
    assert read(mine, "tasks", b, "completed_at, version") == (None, 4)


def test_the_position_that_it_has_elsewhere(mine, alice):
    """A place in the new column that happens to be the same number is a place like any other."""
    a, b = add_task(mine, alice, position=65536), add_task(mine, alice, position=131072)
    task = add_task(mine, alice, status="DONE", position=98305)
    assert move(mine, task, status="TODO", after=a) == "moved"
    assert column(mine) == [a, task, b]


def test_what_is_refused(become, mine, alice, bob, four):
    connection = become(bob)
    strangers, project = add_task(connection, bob), add(connection, "projects", bob)
    connection.commit()
    a, b, c, _ = four
    done = add_task(mine, alice, status="DONE")
    nobody = str(uuid.uuid4())
    for task, body, outcome in (
            (nobody, {}, "missing"), (strangers, {}, "missing"),
            (a, {"after": a}, "after"), (a, {"before": a}, "before"),
            (a, {"after": strangers}, "after"), (a, {"before": nobody}, "before"),
            (a, {"after": done}, "after"), (a, {"status": "DONE", "before": b}, "before"),
            (a, {"project_id": project}, "project_id"), (a, {"project_id": nobody}, "project_id")):
        assert move(mine, task, **body) == outcome, (task, body)
    assert move(mine, a, version=2) == "stale"
    assert move(mine, a, if_match=["2", "7"]) == "stale"
    assert column(mine) == four
    assert move(mine, a, version=1) == move(mine, a, if_match=["1", "2"]) == "moved"
    assert move(mine, c, version=1, if_match=["2"]) == "stale"


def test_a_move_to_its_own_place_is_a_change(mine, four):
    assert move(mine, four[1], after=four[0]) == "moved"
    assert column(mine) == four
    assert read(mine, "tasks", four[1], "version") == (2,)


def test_a_gap_that_is_used_up(mine, alice, four):
    """The tasks below are spread; nobody but the moved task gets a new version."""
    a, b, c, d = four
    for n in range(40):
        assert move(mine, c if n % 2 else d, after=a) == "moved"
    assert column(mine) == [a, c, d, b]
    assert [read(mine, "tasks", task, "version")[0] for task in four] == [1, 1, 21, 21]
    assert query(mine, "SELECT count(DISTINCT position) FROM tasks") == [(4,)]
    later = add_task(mine, alice)
    assert column(mine) == [a, c, d, b, later]


@pytest.mark.parametrize("project", [False, True])
def test_many_into_one_gap(mine, alice, project):
    project = add(mine, "projects", alice) if project else None
    others = [add_task(mine, alice, project_id=project) for _ in range(100)]
    movers = [add_task(mine, alice, project_id=project, status="DONE") for _ in range(300)]
    expected, chosen = list(others), random.Random(1)
    for mover in movers:
        place = expected.index(others[50]) + chosen.randrange(2)
        side = {"before": expected[place]} if place < len(expected) and chosen.random() < 0.5 else {
            "after": expected[place - 1]}
        assert move(mine, mover, status="TODO", **side) == "moved"
        expected.insert(place, mover)
    assert column(mine, project=project) == expected
    assert query(mine, "SELECT count(DISTINCT position), count(*) FILTER (WHERE version = 1) FROM tasks") == [
        (400, 100)]
    assert query(mine, "SELECT count(*) > 30 FROM tasks WHERE id = ANY (%s::uuid[]) AND position %% 65536 = 0",
                 others) == [(True,)], "those further off stay where they are"


@pytest.mark.parametrize("gap", range(1, 6))
def test_the_smallest_gaps(mine, alice, gap):
    for low in (10, 11, -11, -10):
        a = add_task(mine, alice, position=low, status="DONE")
        b = add_task(mine, alice, position=low + gap, status="DONE")
        task = add_task(mine, alice)
        assert move(mine, task, status="DONE", after=a) == "moved"
        assert column(mine, "DONE") == [a, task, b]
        query(mine, "DELETE FROM tasks")


def test_equal_positions_are_told_apart(mine, alice):
    tasks = sorted(add_task(mine, alice, position=5) for _ in range(4))
    mover = add_task(mine, alice, status="DONE")
    assert move(mine, mover, status="TODO", after=tasks[1]) == "moved"
    assert column(mine) == [*tasks[:2], mover, *tasks[2:]]


def test_both_ends_never_end(mine, four):
    a, b, c, d = four
    for _ in range(60):
        assert move(mine, a, after=d) == "moved"
        assert move(mine, d, after=a) == "moved"
        assert move(mine, b, before=c) == move(mine, c, after=None) == "moved"
    assert column(mine) == [c, b, a, d]
    assert query(mine, "SELECT max(abs(position)) < 2 ^ 53 FROM tasks") == [(True,)]


def test_a_created_task_comes_after_every_move(become, mine, alice, four):
    """Also one that took its place before the moves and commits after them."""
    mine.commit()
    slow, mover = become(alice), become(alice)
    created = add_task(slow, alice)
    for task in (four[0], four[1]):
        assert move(mover, task) == "moved"
    assert move(mover, four[3], after=None) == "moved"
    mover.commit()
    slow.commit()
    assert column(become(alice)) == [four[3], four[2], four[0], four[1], created]


def test_a_project_that_is_deleted_meanwhile(become, mine, alice, four):
    project = add(mine, "projects", alice)
    mine.commit()
    remover, mover = become(alice), become(alice)
    query(remover, "DELETE FROM projects WHERE id = %s", project)
    outcomes = []
    waiting = threading.Thread(target=lambda: outcomes.append(move(mover, four[0], project_id=project)))
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    remover.commit()
    waiting.join()
    assert outcomes == ["project_id"]


def test_20_at_once_against_a_model(database, become, alice):
    setup = become(alice)
    projects = [None, add(setup, "projects", alice)]
    tasks = [add_task(setup, alice) for _ in range(60)]
    setup.commit()
    log, faults, stop = [], [], threading.Event()

    def connect():
        connection = database.connect(autocommit=False)
        query(connection, "SELECT set_config('app.user_id', %s, false)", alice.id)
        connection.commit()
        return connection

    def mover(seed):
        chosen, connection = random.Random(seed), connect()
        try:
            for _ in range(60):
                task, body = chosen.choice(tasks), random_body(chosen, tasks, projects)
                outcome = move(connection, task, **body)
                moment = query(connection, "SELECT clock_timestamp()")[0][0]
                connection.commit()
                log.append((moment, task, body, outcome))
        except psycopg2.Error as error:
            faults.append(error)
        connection.close()

    def watcher():
        connection = connect()
        while not stop.is_set():
            places, = query(connection, "SELECT count(*), count(DISTINCT (project_id, status, position))"
                            " FROM tasks")
            connection.commit()
            if places != (60, 60):
                faults.append(places)
        connection.close()

    threads = [threading.Thread(target=mover, args=(seed,)) for seed in range(20)]
    watching = threading.Thread(target=watcher)
    for thread in (watching, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    watching.join()
    assert not faults and len(log) == 1200

    model = BoardModel({(status, project): [] for status in STATUSES for project in projects})
    model.columns["TODO", None] = list(tasks)
    for _, task, body, outcome in sorted(log, key=lambda entry: entry[0]):
        assert model.move(task, body) == outcome
    assert sum(outcome == "moved" for *_, outcome in log) > 500
    reader = become(alice)
    for (status, project), expected in model.columns.items():
        assert column(reader, status, project) == expected


def test_moves_between_creations_and_changes(database, become, alice):
    """Created and changed tasks wait for nobody, yet no two tasks of a column share a place."""
    setup = become(alice)
    tasks = [add_task(setup, alice) for _ in range(12)]
    setup.commit()
    faults = []

    def client(number):
        chosen, connection = random.Random(number), database.connect()
        query(connection, "SELECT set_config('app.user_id', %s, false)", alice.id)
        try:
            for _ in range(40):
                task, status = chosen.choice(tasks), chosen.choice(["TODO", "DONE"])
                if number % 3 == 0:
                    add_task(connection, alice, status=status)
                elif number % 3 == 1:
                    query(connection, "UPDATE tasks SET status = %s WHERE id = %s", status, task)
                else:
                    move(connection, task, **random_body(chosen, tasks, [None]))
        except psycopg2.Error as error:
            faults.append(error)
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert query(become(alice), "SELECT count(*), count(DISTINCT (status, position)) FROM tasks") == [(132, 132)]
