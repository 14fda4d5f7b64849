"""Projects and categories: their limits and names, what happens to their tasks, and how those are
counted."""

import psycopg2
import pytest

from database import add, add_task, query, read


@pytest.fixture
def mine(become, alice):
    return become(alice)


@pytest.fixture
def project(mine, alice):
    return add(mine, "projects", alice, name="Haus & Öfen")


@pytest.fixture
def category(mine, alice):
    return add(mine, "categories", alice, name="Büro")


def test_defaults(mine, project, category):
    assert read(mine, "projects", project, "description, color, archived, version, name_key") == (
        None, None, False, 1, "haus & öfen")
    assert read(mine, "categories", category, "color, version, name_key") == (None, 1, "büro")


@pytest.mark.parametrize("table", ["projects", "categories"])
def test_a_change_has_its_version_and_key(mine, alice, table):
    row = add(mine, table, alice)
    query(mine, f"UPDATE {table} SET name = 'ÄB' WHERE id = %s", row)
    assert read(mine, table, row, "version, name_key") == (2, "äb")
    query(mine, f"UPDATE {table} SET color = '#00fFaB' WHERE id = %s", row)
    assert read(mine, table, row, "version, name_key") == (3, "äb")


@pytest.mark.parametrize("table, column, value", [
    ("projects", "name", ""),
    ("projects", "name", "\u2003 "),
    ("projects", "name", "ü" * 101),
    ("projects", "description", "x" * 2001),
    ("projects", "color", "#12345"),
    ("projects", "color", "#1234567"),
    ("projects", "color", "#12345g"),
    ("projects", "color", "x#123456"),
    ("projects", "color", "#123456\n"),
    ("categories", "name", ""),
    ("categories", "name", "\u3000"),
    ("categories", "name", "ü" * 51),
    ("categories", "color", "red"),
])
def test_limits(mine, alice, table, column, value):
    with pytest.raises(psycopg2.errors.CheckViolation) as error:
        add(mine, table, alice, **{column: value})
    assert error.value.diag.constraint_name == f"{table}_{column}_check"


def test_limits_count_code_points(mine, alice):
    add(mine, "projects", alice, name="\U0001f5d3" * 100, description="ü" * 2000, color="#AbCdEf")
    add(mine, "categories", alice, name="\U0001f5d3" * 50, color="#000000")


@pytest.mark.parametrize("name", ["Büro", "BÜRO", "büro"])
def test_a_categorys_name_is_unique_regardless_of_case(mine, alice, category, name):
    with pytest.raises(psycopg2.errors.UniqueViolation) as error:
        add(mine, "categories", alice, name=name)
    assert error.value.diag.constraint_name == "categories_name_key"


def test_two_users_may_have_the_same_category(become, mine, category, bob):
    mine.commit()
    connection = become(bob)
    add(connection, "categories", bob, name="Büro")
    connection.commit()


def test_a_deleted_project_takes_its_tasks_along(mine, alice, project):
    inside, outside = add_task(mine, alice, project_id=project), add_task(mine, alice)
    query(mine, "UPDATE projects SET archived = true WHERE id = %s", project)
    assert query(mine, "SELECT count(*) FROM tasks") == [(2,)]
    query(mine, "DELETE FROM projects WHERE id = %s", project)
    assert query(mine, "SELECT id FROM tasks WHERE id IN (%s, %s)", inside, outside) == [(outside,)]


def test_a_deleted_category_leaves_its_tasks_as_changed(mine, alice, project, category):
    inside = add_task(mine, alice, category_id=category, project_id=project)
    outside = add_task(mine, alice)
    query(mine, "DELETE FROM categories WHERE id = %s", category)
    assert read(mine, "tasks", inside, "category_id, project_id, version") == (None, project, 2)
    assert read(mine, "tasks", outside, "version") == (1,)


def test_a_task_that_changes_its_project_goes_to_the_end(mine, alice, project):
    task, last = add_task(mine, alice), add_task(mine, alice, project_id=project)
    query(mine, "UPDATE tasks SET project_id = %s WHERE id = %s", project, task)
    assert read(mine, "tasks", task, "position") > read(mine, "tasks", last, "position")
    position = read(mine, "tasks", task, "position")
    query(mine, "UPDATE tasks SET project_id = %s WHERE id = %s", project, task)
    assert read(mine, "tasks", task, "position") == position
    query(mine, "UPDATE tasks SET project_id = NULL WHERE id = %s", task)
    assert read(mine, "tasks", task, "position") > position
    query(mine, "UPDATE tasks SET project_id = %s, position = 7 WHERE id = %s", project, task)
    assert read(mine, "tasks", task, "position") == (7,)


COUNTS = """
    SELECT p.id, c.todo, c.in_progress, c.done FROM projects AS p CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE t.status_rank = 1) AS todo,
            count(*) FILTER (WHERE t.status_rank = 2) AS in_progress,
            count(*) FILTER (WHERE t.status_rank = 3) AS done
        FROM tasks AS t WHERE t.user_id = p.user_id AND t.project_id = p.id) AS c
    WHERE p.user_id = current_user_id() ORDER BY p.name_key, p.id LIMIT 50"""


def test_counts(mine, alice, project):
    empty = add(mine, "projects", alice, name="Z")
    for status in ("TODO", "TODO", "DONE"):
        add_task(mine, alice, project_id=project, status=status)
    add_task(mine, alice)
    assert query(mine, COUNTS) == [(project, 2, 0, 1), (empty, 0, 0, 0)]
