"""Every order of the task list is an index scan for a user with 100 000 tasks, as daybook_app under
row-level security, for the first page and for any page after a key."""

import itertools
import re

import pytest

from database import query

# api.md's sort_by → (key expressions, their types); due_date has one for each direction.
ORDERS = {
    ("created_at", "asc"): (["created_at"], ["timestamptz"]),
    ("updated_at", "asc"): (["updated_at"], ["timestamptz"]),
    ("due_date", "asc"): (["due_or_after(due_date)"], ["timestamptz"]),
    ("priority", "asc"): (["priority_rank"], ["smallint"]),
    ("position", "asc"): (["status_rank", "position"], ["smallint", "bigint"]),
    ("title", "asc"): (["title_key"], ["text"]),
}
ORDERS.update({(sort, "desc"): keys for (sort, _), keys in ORDERS.items()})
ORDERS["due_date", "desc"] = (["due_or_before(due_date)"], ["timestamptz"])


@pytest.fixture(scope="module")
def busy(database):
    """A user with 100 000 tasks among others."""
    database.ask("INSERT INTO users (id, email, username) SELECT md5(n::text)::uuid,"
                 " 'busy' || n || '@example.org', 'busy' || n FROM generate_series(0, 9) AS n")
    database.ask("""
        INSERT INTO tasks (user_id, id, title, status, priority, due_date, created_at, updated_at)
        SELECT md5((greatest(0, n - 100000) % 10)::text)::uuid, gen_random_uuid(), 'Task ' || md5(n::text),
            (array['TODO', 'IN_PROGRESS', 'DONE'])[1 + n % 3]::task_status,
            (array['LOW', 'MEDIUM', 'HIGH', 'URGENT'])[1 + n % 4]::task_priority,
            CASE WHEN n % 3 <> 0 THEN now() + n % 1000 * interval '1 h' END,
            now() - n / 2 * interval '1 min', now() - n * 7919 % 100000 * interval '1 min'
        FROM generate_series(1, 104500) AS n""")
    database.ask("VACUUM ANALYZE tasks")
    return database.ask("SELECT md5('0')::uuid")[0][0]


@pytest.fixture(scope="module")
def reader(database, busy):
    connection = database.connect()
    query(connection, "SELECT set_config('app.user_id', %s, false)", busy)
    assert query(connection, "SELECT count(*) >= 100000 FROM tasks") == [(True,)]
    yield connection
    connection.close()


def check(plan, page):
    text = "\n".join(row[0] for row in plan)
    assert "Index" in text and "Seq Scan" not in text and "Bitmap" not in text, text
    assert "Sort" not in text, text
    if page == "next":
        assert re.search(r"Index Cond: .*ROW\(", text), text
        assert "Filter" not in text, text
    assert float(re.search(r"Execution Time: ([\d.]+)", text)[1]) < 20, text


@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("sort, direction", ORDERS)
def test_every_page_is_an_index_scan(reader, sort, direction, plan):
    keys, types = ORDERS[sort, direction]
    order = ", ".join(f"{key} {direction}" for key in [*keys, "id"])
    after = query(reader, f"SELECT {', '.join(keys)}, id FROM tasks ORDER BY {order} OFFSET 60000 LIMIT 1")[0]
    expected = query(reader, f"SELECT id FROM tasks ORDER BY {order} OFFSET 60001 LIMIT 50")
    places = ", ".join(f"${number}" for number in range(1, len(types) + 2))
    query(reader, f"SET plan_cache_mode = {plan}")
    query(reader, f"PREPARE page ({', '.join(types)}, uuid) AS SELECT id FROM tasks"
          f" WHERE ({', '.join(keys)}, id) {'>' if direction == 'asc' else '<'} ({places})"
          f" ORDER BY {order} LIMIT 50")
    call = f"EXECUTE page ({', '.join(['%s'] * len(after))})"
    assert query(reader, call, *after) == expected
    check(query(reader, f"EXPLAIN ANALYZE {call}", *after), "next")
    query(reader, "DEALLOCATE page")
    check(query(reader, f"EXPLAIN ANALYZE SELECT id, title FROM tasks ORDER BY {order} LIMIT 50"), "first")


def test_without_due_date_comes_last(reader):
    for expression, direction in (("due_or_after", "asc"), ("due_or_before", "desc")):
        dates = query(reader, f"SELECT due_date FROM tasks ORDER BY {expression}(due_date) {direction},"
                      f" id {direction}")
        groups = [empty for empty, _ in itertools.groupby(date is None for (date,) in dates)]
        assert groups == [False, True]


def test_open_tasks_that_are_due(reader):
    plan = query(reader, "EXPLAIN SELECT id FROM tasks WHERE completed_at IS NULL"
                 " AND due_date < now() + interval '1 h'")
    assert "tasks_open" in str(plan) and "Index Cond" in str(plan)


def test_a_column_of_the_board(reader):
    plan = query(reader, "EXPLAIN SELECT id FROM tasks WHERE status_rank = status_rank('TODO')"
                 " ORDER BY position DESC LIMIT 1")
    assert "tasks_board" in str(plan) and "Sort" not in str(plan) and "Filter" not in str(plan)


def test_a_strangers_task_is_found_by_its_id(database, busy):
    plan = database.ask("EXPLAIN SELECT FROM tasks WHERE id = md5('x')::uuid")
    assert "tasks_id" in str(plan)
