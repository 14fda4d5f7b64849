"""What the tests of any resource need: making one, its entity tag, and what a stale writer is told."""

import itertools
import uuid

from contract import refused

numbers = itertools.count(1)


def new_id():
    return str(uuid.uuid4())


def least(kind):
    """The smallest body that makes one; names do not come twice."""
    return {"tasks": {"title": "a task"}, "projects": {"name": f"projects {next(numbers)}"},
            "categories": {"name": f"categories {next(numbers)}"}, "journals": {"content": "Dear diary"},
            "moods": {"score": 3}}[kind]


KINDS = ["tasks", "projects", "categories", "journals", "moods"]


def make(who, kind, **members):
    """A new one of a kind."""
    answer = who.post(f"/{kind}", json={**least(kind), **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


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
