"""What the tests of any resource need: making one, changing and listing it, its entity tag, and what a stale
writer is told."""

import itertools
import uuid

from contract import refused

NOBODYS = "0190f3c0-0000-7000-8000-000000000000"
numbers = itertools.count(1)


def new_id():
    return str(uuid.uuid4())


# The smallest body that makes one; {} becomes a number, since names do not come twice.
LEAST = {"tasks": {"title": "a task"}, "projects": {"name": "projects {}"}, "categories": {"name": "categories {}"},
         "journals": {"content": "Dear diary"}, "moods": {"score": 3}}
KINDS = list(LEAST)


def least(kind):
    number = next(numbers)
    return {name: value.format(number) if isinstance(value, str) else value for name, value in LEAST[kind].items()}


def make(who, kind, **members):
    """A new one of a kind."""
    answer = who.post(f"/{kind}", json={**least(kind), **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def make_task(who, path="/tasks", **members):
    """A new task, perhaps below a project or a user."""
    answer = who.post(path, json={**least("tasks"), **members})
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
    """Refused because just these fields are wrong."""
    refused(answer, 400, "validation_failed", *fields)


def tag(who, path):
    """The entity tag of a resource as it is now."""
    answer = who.get(path)
    assert answer.status_code == 200, answer.text
    return answer.headers["ETag"]


def stale(answer, who, path, status=412):
    """Refused because the resource is another one than the writer believes, which is shown: 412 for a
    header, 409 for the member `version` alone."""
    now = who.get(path)
    refused(answer, status, {412: "precondition_failed", 409: "version_conflict"}[status])
    assert (answer.json()["current"], answer.headers["ETag"]) == (now.json(), now.headers["ETag"])
