"""What the database itself keeps about users and tasks."""

import psycopg2
import pytest

from database import add_task, query


@pytest.fixture
def mine(become, alice):
    return become(alice)


@pytest.fixture
def task(mine, alice):
    return add_task(mine, alice, "Öl kaufen")


def read(connection, task, columns):
    return query(connection, f"SELECT {columns} FROM tasks WHERE id = %s", task)[0]


def test_defaults(mine, task):
    assert read(mine, task, "status, priority, completed_at, version, title_key") == (
        "TODO", "MEDIUM", None, 1, "öl kaufen")


def test_the_same_values_make_a_version_too(mine, task):
    query(mine, "UPDATE tasks SET title = title WHERE id = %s", task)
    assert read(mine, task, "version") == (2,)


def test_a_change_has_its_version_and_time(become, alice):
    connection = become(alice)
    task = add_task(connection, alice)
    connection.commit()
    connection = become(alice)
    query(connection, "UPDATE tasks SET title = 'B' WHERE id = %s", task)
    assert read(connection, task, "version, updated_at > created_at, title_key") == (2, True, "b")
    query(connection, "UPDATE tasks SET title = 'B', status = 'DONE' WHERE id = %s", task)
    assert read(connection, task, "version")[0] == 3


def test_completed_at_follows_the_status(mine, alice, task):
    query(mine, "UPDATE tasks SET status = 'DONE' WHERE id = %s", task)
    assert read(mine, task, "completed_at = now()")[0]
    query(mine, "UPDATE tasks SET priority = 'URGENT' WHERE id = %s", task)
    assert read(mine, task, "completed_at = now(), priority_rank") == (True, 4)
    query(mine, "UPDATE tasks SET status = 'IN_PROGRESS' WHERE id = %s", task)
    assert read(mine, task, "completed_at, status_rank") == (None, 2)
    assert read(mine, add_task(mine, alice, status="DONE"), "completed_at = now()")[0]


def test_a_task_that_changes_its_column_goes_to_the_end(mine, alice, task):
    last = add_task(mine, alice, status="DONE")
    query(mine, "UPDATE tasks SET status = 'DONE' WHERE id = %s", task)
    position = read(mine, task, "position")[0]
    assert position > read(mine, last, "position")[0] and position % 65536 == 0
    query(mine, "UPDATE tasks SET title = 'x' WHERE id = %s", task)
    assert read(mine, task, "position")[0] == position
    query(mine, "UPDATE tasks SET status = 'TODO', position = 7 WHERE id = %s", task)
    assert read(mine, task, "position")[0] == 7


def test_merge_in_one_update(mine, task):
    def patch(sent, description, title):
        query(mine, "UPDATE tasks SET title = merge('title', %s, %s, title),"
              " description = merge('description', %s, %s, description) WHERE id = %s",
              sent, title, sent, description, task)
        return read(mine, task, "title, description, version")

    assert patch(["description"], "from the shop", None) == ("Öl kaufen", "from the shop", 2)
    assert patch([], None, None) == ("Öl kaufen", "from the shop", 3)
    assert patch(["title", "description"], None, "Oil") == ("Oil", None, 4)


def test_merge_costs_no_call(database):
    plan = database.ask("EXPLAIN (VERBOSE) SELECT merge('title', ARRAY[description], 'x', title) FROM tasks")
    assert "CASE" in str(plan) and "merge" not in str(plan)


@pytest.mark.parametrize("column, value, constraint", [
    ("title", "", "tasks_title_check"),
    ("title", " \u00a0\t", "tasks_title_check"),
    ("title", "ü" * 201, "tasks_title_check"),
    ("description", "x" * 2001, "tasks_description_check"),
    ("due_date", "infinity", "tasks_due_date_check"),
    ("remind_at", "-infinity", "tasks_remind_at_check"),
])
def test_limits(mine, alice, column, value, constraint):
    with pytest.raises(psycopg2.errors.CheckViolation) as error:
        add_task(mine, alice, **{column: value})
    assert error.value.diag.constraint_name == constraint


def test_limits_count_code_points(mine, alice):
    add_task(mine, alice, "\U0001f5d3" * 200, description="ü" * 2000)


def test_a_strangers_id_may_be_used(become, alice, bob):
    first, second = become(alice), become(bob)
    task = add_task(first, alice)
    first.commit()
    assert add_task(second, bob, id=task) == task
    second.commit()
    with pytest.raises(psycopg2.errors.UniqueViolation):
        add_task(become(alice), alice, id=task)


def test_exists_elsewhere(app, become, alice, bob):
    connection = become(alice)
    task = add_task(connection, alice)
    connection.commit()
    asked = ("SELECT exists_elsewhere('tasks', %s), exists_elsewhere('sessions', %s),"
             " exists_elsewhere('tasks', %s), exists_elsewhere('sessions', %s)")
    assert query(app, asked, task, alice.session, alice.session, task) == [(True, True, False, False)]


@pytest.mark.parametrize("word", ["users", "credentials", "rate_limits", "tasks, users", "no_such", ""])
def test_exists_elsewhere_knows_resources_only(app, alice, word):
    with pytest.raises(psycopg2.errors.CaseNotFound):
        query(app, "SELECT exists_elsewhere(%s, %s)", word, alice.id)


def test_a_profile_has_versions_too(become, alice):
    connection = become(alice)
    query(connection, "UPDATE users SET name = 'Alice', timezone = 'Asia/Kathmandu'")
    assert query(connection, "SELECT name, timezone, version FROM users") == [
        ("Alice", "Asia/Kathmandu", 2)]
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        query(connection, "UPDATE users SET timezone = 'Nowhere'")
