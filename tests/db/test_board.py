"""Places and moves: the arithmetic of places, each place that a move can name, exact order under many moves
at once, and gaps that are used up."""

import json
import random
import threading
import uuid

import psycopg2
import pytest

from board_model import STATUSES, BoardModel, random_body
from database import add, add_task, query, read

MOVE = "SELECT board_move(%s, %s, %s, %s, %s, %s)::text FROM (SELECT lock_tasks() OFFSET 0) AS board"


def move(connection, task, **body):
    """The members that make it impossible; none if it was moved."""
    faults = query(connection, MOVE, task, list(body), body.get("status"), body.get("project_id"),
                   body.get("after"), body.get("before"))[0][0]
    return [fault["field"] for fault in json.loads(faults)] if faults else []


def column(connection, status="TODO"):
    return [task for (task,) in query(
        connection, "SELECT id FROM tasks WHERE status_rank = status_rank(%s) ORDER BY place_key", status)]


def places(connection, status="TODO"):
    return [place for (place,) in query(
        connection, "SELECT place_key FROM tasks WHERE status_rank = status_rank(%s) ORDER BY place_key", status)]


@pytest.fixture
def mine(become, alice):
    return become(alice)


@pytest.fixture
def four(mine, alice):
    return [add_task(mine, alice, f"task {n}") for n in range(4)]


# The arithmetic of places.

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def random_place(chosen, length):
    place = "".join(chosen.choice(DIGITS) for _ in range(length)).rstrip("0")
    return place or "V"


def number(place, digits):
    value = 0
    for digit in place[:digits].ljust(digits, "0"):
        value = value * 62 + DIGITS.index(digit)
    return value


def test_places_are_numbers(app):
    chosen = random.Random(1)
    for length in [1, 2, 5, 6, 7, 14, 15, 40, 200]:
        for _ in range(10):
            place, digits = random_place(chosen, length), chosen.choice([6, 14, length, 200])
            assert query(app, "SELECT place_number(%s, %s)", place, digits) == [(number(place, digits),)]
            cut = place[:digits].rstrip("0")
            assert query(app, "SELECT place_text(place_number(%s, %s), %s)", place, digits, digits) == [(cut,)]


def test_the_order_of_places_is_that_of_their_numbers(app):
    chosen = random.Random(2)
    made = [random_place(chosen, chosen.choice([1, 2, 6, 14, 30])) for _ in range(300)]
    made += [place[:5] + place for place in made[:50]]
    rows = query(app, 'SELECT p FROM unnest(%s) AS p ORDER BY p COLLATE "C"', made)
    assert [place for (place,) in rows] == sorted(made, key=lambda place: number(place, 40))


def test_there_is_always_a_place_between(app):
    """Close to the side that was named, in few digits, for neighbours of any length and distance."""
    chosen = random.Random(3)
    for _ in range(300):
        low = random_place(chosen, chosen.choice([1, 6, 14, 20, 100, 150]))
        high = chosen.choice([random_place(chosen, 14), low + random_place(chosen, chosen.randrange(1, 40)), None])
        if high and high < low:
            low, high = high, low
        if low == high:
            continue
        for side in ["after", "before"][: 2 if high else 1]:
            between = query(app, "SELECT place_between(%s, %s, %s)", low, high, side)[0][0]
            top = number(high, 200) if high else (number(low, 6) + 1) * 62**194
            assert number(low, 200) < number(between, 200) < top
            assert len(between) <= 200 and between == between.rstrip("0")
            near = low if side == "after" else high
            assert abs(number(between, 200) - number(near, 200)) <= 62**189
    for side in ["after", "before"]:
        low, high = "V" + "0" * 197 + "11", "V" + "0" * 197 + "1z"
        assert query(app, "SELECT place_between(%s, %s, %s)", low, high, side) == [(None,)]
        assert query(app, "SELECT place_between(NULL, %s, 'before') < %s", low, low) == [(True,)]


@pytest.mark.parametrize("last, slot", [
    (None, "V00000"), ("V00000abcdefgh", "V00001"), ("V0000z", "V00010"), ("V0zzzz1", "V10000"), ("V", "V00001"),
    ("Uzzzzzabc", "V00000"), ("0000001", "V00000"), ("zzzzzy", "zzzzzz"), ("zzzzzz1", None)])
def test_the_end_is_the_next_slot(app, last, slot):
    made = query(app, "SELECT place_last(%s) FROM generate_series(1, 50)", last)
    assert {place and place[:6] for (place,) in made} == {slot}
    assert slot is None or len(set(made)) == 50


@pytest.mark.parametrize("first, slot", [
    (None, "Uzzzzz"), ("V00000abcdefgh", "Uzzzzz"), ("V00001", "Uzzzzz"), ("zz", "Uzzzzz"), ("Uzzzzzabc", "Uzzzzy"),
    ("Uz", "Uyzzzz"), ("0000001", None)])
def test_the_first_place_is_below_all_that_are_appended(app, first, slot):
    made = query(app, "SELECT place_first(%s) FROM generate_series(1, 50)", first)
    assert {place and place[:6] for (place,) in made} == {slot}


# Moves.


def test_every_place(mine, alice):
    """Also beside neighbours of another project."""
    projects = [None, add(mine, "projects", alice), add(mine, "projects", alice)]
    a, b, c, d = four = [add_task(mine, alice, project_id=projects[n % 3]) for n in range(4)]
    for task, body, order in (
            (d, {"after": a}, [a, d, b, c]),
            (a, {"before": c}, [d, b, a, c]),
            (c, {"after": None}, [c, d, b, a]),
            (c, {"before": None}, [d, b, a, c]),
            (d, {}, [b, a, c, d]),
            (b, {"after": d}, [a, c, d, b]),
            (b, {"before": a}, [b, a, c, d]),
            (a, {"after": b}, [b, a, c, d])):
        before = {other: read(mine, "tasks", other, "place_key, version") for other in four}
        assert move(mine, task, **body) == []
        assert column(mine) == order
        for other in four:
            place, version = read(mine, "tasks", other, "place_key, version")
            assert (place != before[other][0], version - before[other][1]) == (other == task, other == task)


def test_to_another_column(mine, alice, four):
    a, b, c, d = four
    project = add(mine, "projects", alice)
    assert move(mine, a, status="DONE") == []
    assert read(mine, "tasks", a, "completed_at = now(), version") == (True, 2)
    assert move(mine, b, status="DONE", before=a) == move(mine, c, status="DONE", after=None) == []
    assert (column(mine), column(mine, "DONE")) == ([d], [c, b, a])
    assert move(mine, b, project_id=project) == move(mine, a, project_id=project, before=c) == []
    assert column(mine, "DONE") == [a, c, b]
    assert move(mine, b, project_id=None, status="TODO", before=d) == []
    assert (column(mine), column(mine, "DONE")) == ([b, d], [a, c])
    assert read(mine, "tasks", b, "completed_at, project_id, version") == (None, None, 4)


def test_the_place_that_it_has_elsewhere(mine, alice):
    """Where few places are left, a task never gets the one that it has in its old column: that would look
    like none given. Here 22 can be drawn, and each is tried until it would have been drawn."""
    a, b = add_task(mine, alice), add_task(mine, alice)
    low, high = ("V0000000000000" + "0" * 184 + digits for digits in ("11", "21"))
    for task, place in ((a, low), (b, high)):
        query(mine, "UPDATE tasks SET place_key = %s WHERE id = %s", place, task)
    for n in [*range(20, 42)] * 12:
        task = add_task(mine, alice, status="DONE")
        query(mine, "UPDATE tasks SET place_key = place_text(place_number(%s, 200) + %s, 200) WHERE id = %s", low, n, task)
        assert move(mine, task, status="TODO", after=a) == []
        assert column(mine) == [a, task, b]
        query(mine, "DELETE FROM tasks WHERE id = %s", task)


def test_what_is_refused(become, mine, alice, bob, four):
    connection = become(bob)
    strangers, project = add_task(connection, bob), add(connection, "projects", bob)
    connection.commit()
    a, b, _, _ = four
    done = add_task(mine, alice, status="DONE")
    nobody = str(uuid.uuid4())
    for task, body, fields in (
            (a, {"after": a}, ["after"]), (a, {"before": a}, ["before"]),
            (a, {"after": strangers}, ["after"]), (a, {"before": nobody}, ["before"]),
            (a, {"after": done}, ["after"]), (a, {"status": "DONE", "before": b}, ["before"]),
            (a, {"project_id": project}, ["project_id"]), (a, {"project_id": nobody}, ["project_id"]),
            (a, {"project_id": project, "before": done}, ["project_id", "before"])):
        assert move(mine, task, **body) == fields, (task, body)
    assert column(mine) == four
    assert query(mine, "SELECT DISTINCT version FROM tasks") == [(1,)]


def test_a_move_to_its_own_place_is_a_change(mine, four):
    assert move(mine, four[1], after=four[0]) == []
    assert column(mine) == four
    assert read(mine, "tasks", four[1], "version") == (2,)


@pytest.mark.parametrize("side", ["after", "before"])
def test_many_into_one_gap(mine, alice, side):
    """Hundreds of tasks beside the same neighbour: places get longer, until some tasks have to make room. Those
    have a new version and the column a new generation. The order is right throughout."""
    a, b, other = (add_task(mine, alice) for _ in range(3))
    for task, digit in ((a, "1"), (b, "2")):
        query(mine, "UPDATE tasks SET place_key = %s WHERE id = %s", "V00000aaaaaaaa" + "0" * 120 + digit, task)
    movers = [add_task(mine, alice, status="DONE") for _ in range(500)]
    neighbour, respaced = (a if side == "after" else b), 0
    for n, mover in enumerate(movers, 1):
        known = query(mine, "SELECT id, place_key, version FROM tasks WHERE id <> %s", mover)
        assert move(mine, mover, status="TODO", **{side: neighbour}) == []
        now = {task: (place, version) for task, place, version in query(mine, "SELECT id, place_key, version FROM tasks")}
        changed = [task for task, *row in known if now[task] != tuple(row)]
        assert all(now[task] == (now[task][0], version + 1) != (place, version + 1)
                   for task, place, version in known if task in changed)
        respaced += bool(changed)
        assert query(mine, "SELECT column_generations()") == [([respaced, 0, 0],)]
        assert column(mine) == [a, *(movers[:n][::-1] if side == "after" else movers[:n]), b, other]
    assert respaced == 1 and max(map(len, places(mine))) <= 200
    assert read(mine, "tasks", other, "version") == (1,)


def test_room_is_made_beside_the_moved_task(mine, four):
    """The task that moves keeps its old place out of the way, and has one new version."""
    a, b, c, d = four
    unit = "V00001aaaaaaaa" + "0" * 184
    for task, digits in ((b, "1"), (d, "11"), (c, "12")):
        query(mine, "UPDATE tasks SET place_key = %s WHERE id = %s", unit + digits, task)
    versions = {task: read(mine, "tasks", task, "version")[0] for task in four}
    assert move(mine, d, before=c) == []
    assert column(mine) == [a, b, d, c]
    changes = {task: read(mine, "tasks", task, "version")[0] - versions[task] for task in four}
    assert changes == {a: 0, b: 1, c: 1, d: 1}


def test_a_cursor_of_places_ends_with_its_generation(become, mine, alice):
    holds = "SELECT place_cursor_holds(%s)"
    query(mine, "INSERT INTO board_generations (user_id, status_rank, generation) VALUES (%s, 2, 7)", alice.id)
    mine.commit()
    for key in ("1:0:V0001", "2:7:V0001", "3:0:V0001"):
        assert query(become(alice), holds, key) == [(True,)]
    for key in ("2:0:V0001", "2:6:V0001", "1:1:V0001", "3:65536", "1:-131071"):
        with pytest.raises(psycopg2.errors.CheckViolation) as error:
            query(become(alice), holds, key)
        assert error.value.diag.constraint_name == "place_cursor"


def test_ends_stay_short(mine, four):
    """The usual ways to the top and the bottom, hundreds of times."""
    a, b, c, d = four
    for _ in range(150):
        assert move(mine, a, after=d) == move(mine, d, after=a) == []
        assert move(mine, c, after=None) == move(mine, b, before=c) == []
        assert move(mine, c, before=b) == move(mine, b) == []
    assert column(mine) == [c, a, d, b]
    assert max(map(len, places(mine))) <= 16


def test_what_is_appended_at_the_same_time(become, mine, alice, four):
    """A task that took its place before the moves, and is committed after them: what was moved to the top is
    above it; what was moved below the task that was last is directly below that."""
    mine.commit()
    for _ in range(20):
        slow, mover = become(alice), become(alice)
        created = add_task(slow, alice)
        last = column(mover)[-1]
        beside, top = [task for task in four if task != last][:2]
        assert move(mover, beside, after=last) == []
        assert move(mover, top, after=None) == []
        mover.commit()
        slow.commit()
        order = column(become(alice))
        assert order[0] == top and order[order.index(last) + 1] == beside
        assert order.index(created) > order.index(beside)


def test_the_top_of_an_empty_column(become, mine, alice):
    """A column that looks empty may be getting its first task just now."""
    task = add_task(mine, alice)
    mine.commit()
    slow, mover = become(alice), become(alice)
    created = add_task(slow, alice, status="DONE")
    assert move(mover, task, status="DONE", after=None) == []
    mover.commit()
    slow.commit()
    assert column(become(alice), "DONE") == [task, created]


def test_nobody_waits_to_append(become, mine, alice, four):
    """While one transaction holds the board and all of its rows."""
    project = add(mine, "projects", alice)
    other = add_task(mine, alice, status="IN_PROGRESS")
    mine.commit()
    holder, writer = become(alice), become(alice)
    query(holder, "SELECT lock_tasks()")
    assert move(holder, four[0], before=four[3]) == move(holder, four[1]) == []
    query(writer, "SET LOCAL lock_timeout = '5s'")
    created = add_task(writer, alice)
    query(writer, "UPDATE tasks SET status = 'TODO', project_id = %s WHERE id = %s", project, other)
    writer.commit()
    holder.commit()
    order = column(become(alice))
    assert sorted(order) == sorted([*four, created, other])
    assert order.index(four[3]) < min(order.index(created), order.index(other))


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
    assert outcomes == [["project_id"]]


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
                outcome = (move(connection, task, **body) or ["moved"])[0]
                moment = query(connection, "SELECT clock_timestamp()")[0][0]
                connection.commit()
                log.append((moment, task, body, outcome))
        except psycopg2.Error as error:
            faults.append(error)
        connection.close()

    def watcher():
        connection = connect()
        while not stop.is_set():
            seen, = query(connection, "SELECT count(*), count(DISTINCT (status, place_key)) FROM tasks")
            connection.commit()
            if seen != (60, 60):
                faults.append(seen)
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

    model = BoardModel({"TODO": tasks})
    for _, task, body, outcome in sorted(log, key=lambda entry: entry[0]):
        assert model.move(task, body) == outcome
    assert sum(outcome == "moved" for *_, outcome in log) > 500
    reader = become(alice)
    assert {status: column(reader, status) for status in STATUSES} == model.columns
    assert dict(query(reader, "SELECT id, project_id FROM tasks")) == {
        task: model.projects.get(task) for task in tasks}


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
    assert query(become(alice), "SELECT count(*), count(DISTINCT (status, place_key)) FROM tasks") == [(132, 132)]
