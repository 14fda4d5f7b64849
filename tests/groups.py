"""Projects and categories, as the tests of both make, list and compare them."""

import itertools
import uuid

from contract import refused
from texts import fold

MEMBERS = {
    "projects": ["id", "name", "description", "color", "archived", "task_count", "task_counts",
                 "version", "created_at", "updated_at"],
    "categories": ["id", "name", "color", "task_count", "version", "created_at", "updated_at"],
}
REFERENCE = {"projects": "project_id", "categories": "category_id"}
NAME_LIMIT = {"projects": 100, "categories": 50}
NOBODYS = "0190f3c0-0000-7000-8000-000000000000"
numbers = itertools.count(1)


def new_id():
    return str(uuid.uuid4())


def make(who, kind, **members):
    """A new project or category."""
    answer = who.post(f"/{kind}", json={"name": f"{kind} {next(numbers)}", **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def make_task(who, path="/tasks", **members):
    answer = who.post(path, json={"title": "a task", **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def change(who, path, **members):
    """The resource after a change that succeeds."""
    answer = who.patch(path, json=members)
    assert answer.status_code == 200, answer.text
    return answer.json()


def read(who, path):
    answer = who.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(who, path, **query):
    """All rows of a list that match: of one page, unless that would be too large."""
    first = page = listed(who, path, query)
    rows = next(iter(page.values()))
    while page["next_cursor"]:
        page = listed(who, path, {**query, "cursor": page["next_cursor"]})
        rows += next(iter(page.values()))
    assert first["total"] == len(rows)
    return rows


def listed(who, path, query):
    answer = who.get(path, params={"limit": 200, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(rows):
    return [row["id"] for row in rows]


def in_order(rows, sort_by, sort_order):
    """Sorted as the list should be, the id breaking ties."""
    def key(row):
        return (fold(row["name"]) if sort_by == "name" else row[sort_by], row["id"])
    return sorted(rows, key=key, reverse=sort_order == "desc")


def pages_by_cursor(who, path, query, between=lambda: None):
    """All rows, page by page."""
    page, rows = read_page(who, path, query), []
    while True:
        rows += next(iter(page.values()))
        if not page["next_cursor"]:
            return rows
        between()
        page = read_page(who, path, {**query, "cursor": page["next_cursor"]})
        assert "total" not in page
        assert page["count"] > 0


def read_page(who, path, query):
    answer = who.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def wrong(answer, *fields):
    refused(answer, 400, "validation_failed", *fields)


def counted(kind, todo):
    """The counts of a row with so many tasks, all of them open."""
    counts = {"task_counts": {"todo": todo, "in_progress": 0, "done": 0}} if kind == "projects" else {}
    return {"task_count": todo, **counts}
