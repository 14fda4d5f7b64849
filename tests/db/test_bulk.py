"""board_update and bulk_delete_tasks: in order, all or nothing, every reason at once."""

import json
import threading
import uuid

import psycopg2
import pytest

from database import add, add_task, query, read


def bulk(connection, *updates):
    query(connection, "SELECT board_update(%s)", json.dumps(updates))


def delete(connection, *ids):
    return query(connection, "SELECT bulk_delete_tasks(%s::uuid[])", list(ids))


def rejected(connection, call, *arguments):
    """The faults as (status, field); the transaction is over."""
    with pytest.raises(psycopg2.Error) as error:
        call(connection, *arguments)
    assert error.value.pgcode == "DB400"
    connection.rollback()
    faults = json.loads(error.value.diag.message_detail)
    assert all(set(fault) - {"id"} == {"index", "status", "field", "code", "message"} for fault in faults)
    assert all(("id" in fault) == (fault["status"] == 403) for fault in faults)
    assert all(f"[{fault['index']}]" in fault["field"] for fault in faults)
    return [(fault["status"], fault["field"]) for fault in faults]


@pytest.fixture
def mine(become, alice):
    return become(alice)


def test_every_field(mine, alice):
    project, category = add(mine, "projects", alice), add(mine, "categories", alice)
    task = add_task(mine, alice, description="old", due_date="2026-01-01T00:00Z")
    other = add_task(mine, alice)
    columns = ("title, description, status::text, priority::text, due_date::text, remind_at::text,"
               " project_id, category_id, version")
    query(mine, "SET LOCAL timezone = 'UTC'")
    bulk(mine, {"id": other, "priority": "LOW"}, {
        "id": task, "version": 1, "title": "Öl", "description": None, "status": "IN_PROGRESS",
        "completed": False, "priority": "URGENT", "due_date": None,
        "remind_at": "2026-11-20T09:30:00.000001Z", "project_id": project, "category_id": category,
    })
    assert read(mine, "tasks", task, columns) == (
        "Öl", None, "IN_PROGRESS", "URGENT", None, "2026-11-20 09:30:00.000001+00", project, category, 2)
    bulk(mine, {"id": task, "project_id": None, "category_id": None, "remind_at": None})
    assert read(mine, "tasks", task, columns) == (
        "Öl", None, "IN_PROGRESS", "URGENT", None, None, None, None, 3)
    assert read(mine, "tasks", other, "title, priority, version") == ("a task", "LOW", 2)


def test_nothing_but_the_condition_changes_nothing(mine, alice):
    task = add_task(mine, alice)
    bulk(mine, {"id": task, "version": 1})
    bulk(mine, {"id": task})
    assert read(mine, "tasks", task, "version") == (1,)
    assert rejected(mine, bulk, {"id": task, "version": 2}) == [(409, "updates[0]")]


@pytest.mark.parametrize("before, completed, after", [
    ("TODO", True, "DONE"), ("IN_PROGRESS", True, "DONE"), ("DONE", True, "DONE"),
    ("TODO", False, "TODO"), ("IN_PROGRESS", False, "IN_PROGRESS"), ("DONE", False, "TODO"),
])
def test_completed_is_the_status(mine, alice, before, completed, after):
    task = add_task(mine, alice, status=before)
    bulk(mine, {"id": task, "completed": completed})
    assert read(mine, "tasks", task, "status, version") == (after, 2)


def test_places_in_the_given_order(mine, alice):
    a, b, c, d = (add_task(mine, alice) for _ in range(4))
    bulk(mine, {"id": d, "status": "DONE"}, {"id": c, "status": "DONE", "after": None},
         {"id": a, "status": "DONE", "before": d}, {"id": b, "before": None})
    done = query(mine, "SELECT id FROM tasks WHERE status_rank = 3 ORDER BY place_key")
    assert [task for (task,) in done] == [c, a, d]
    assert read(mine, "tasks", b, "status, version") == ("TODO", 2)


def test_all_or_nothing_with_every_reason(become, mine, alice, bob):
    connection = become(bob)
    strangers = [add(connection, table, bob) for table in ("tasks", "projects", "categories")]
    connection.commit()
    a, b, c = (add_task(mine, alice) for _ in range(3))
    mine.commit()
    nobody = str(uuid.uuid4())
    mine = become(alice)
    assert rejected(
        mine, bulk, {"id": a, "title": "changed"}, {"id": nobody}, {"id": strangers[0], "title": "x"},
        {"id": b, "version": 7}, {"id": c, "project_id": strangers[1], "category_id": strangers[2]},
        {"id": c, "after": b, "status": "DONE"}, {"id": c, "before": c}, {"id": b, "category_id": nobody},
        {"id": b, "before": strangers[0]},
    ) == [(404, "updates[1]"), (403, "updates[2]"), (409, "updates[3]"), (400, "updates[4].project_id"),
          (400, "updates[4].category_id"), (400, "updates[5].after"), (400, "updates[6].before"),
          (400, "updates[7].category_id"), (400, "updates[8].before")]
    mine = become(alice)
    assert query(mine, "SELECT DISTINCT title, version FROM tasks") == [("a task", 1)]


def test_delete(become, mine, alice, bob):
    connection = become(bob)
    strangers = add_task(connection, bob)
    connection.commit()
    a, b, c = (add_task(mine, alice) for _ in range(3))
    mine.commit()
    nobody = str(uuid.uuid4())
    assert rejected(become(alice), delete, a, nobody, b, strangers) == [(404, "ids[1]"), (403, "ids[3]")]
    mine = become(alice)
    assert query(mine, "SELECT count(*) FROM tasks") == [(3,)]
    delete(mine, c, a)
    assert query(mine, "SELECT id FROM tasks") == [(b,)]


def test_opposite_orders_do_not_meet(database, become, alice):
    """Bulk updates, deletions and moves of the same tasks, none of which sees a deadlock."""
    setup = become(alice)
    tasks = [add_task(setup, alice) for _ in range(30)]
    project = add(setup, "projects", alice)
    category = add(setup, "categories", alice)
    setup.commit()
    faults = []

    def worker(number):
        connection = database.connect(autocommit=False)
        query(connection, "SELECT set_config('app.user_id', %s, false)", alice.id)
        connection.commit()
        order = tasks if number % 2 else tasks[::-1]
        try:
            for turn in range(6):
                bulk(connection, *({"id": task, "status": "DONE" if turn % 2 else "TODO",
                                    "project_id": project if turn % 3 else None,
                                    "category_id": category} for task in order))
                connection.commit()
                query(connection, "SELECT board_move(%s, '{}', NULL, NULL, NULL, NULL)"
                      " FROM (SELECT lock_tasks() OFFSET 0) AS board", order[0])
                query(connection, "DELETE FROM categories WHERE name = %s", str(number))
                connection.commit()
        except psycopg2.Error as error:
            faults.append(error)
        connection.close()

    threads = [threading.Thread(target=worker, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert query(become(alice), "SELECT DISTINCT version FROM tasks WHERE id <> ALL (%s::uuid[])",
                 [tasks[0], tasks[-1]]) == [(1 + 8 * 6,)]
