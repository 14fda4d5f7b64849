"""Requests that may take long: which they are, and how many a user has at once."""

import concurrent.futures
import re

from contract import refused
from resources import NOBODYS
from turns import turns
from waiting import wait_for

ROUTES = {("GET", "/api/v1/dashboard"), ("GET", "/api/v1/dashboard/statistics"),
          ("GET", "/api/v1/users/me/export"), ("POST", "/api/v1/users/me/import"),
          ("GET", "/api/v1/feeds/{secret}.ics"), ("PATCH", "/api/v1/tasks/bulk"), ("DELETE", "/api/v1/tasks/bulk"),
          ("PATCH", "/api/v1/users/{user_id}/tasks/bulk"),
          ("DELETE", "/api/v1/users/{user_id}/tasks/bulk")}


def test_document_tells_what_may_take_long(contract):
    """The web server's table of slow requests is compared with these marks."""
    slow = {operation for operation, description in contract.operations() if description.get("x-slow")}
    assert slow == ROUTES
    for operation, description in contract.operations():
        for parameter in description["parameters"]:
            assert parameter.get("x-slow", False) == (parameter.get("name") == "search"), operation


def calls(contract):
    """(method, path, options) of everything that may take long."""
    body = {"POST": {"format": 1}, "PATCH": {"updates": [{"id": NOBODYS, "title": "x"}]}, "DELETE": {"ids": [NOBODYS]}}
    for (method, path), description in contract.operations():
        if description.get("x-slow"):
            yield method, path, {"json": body[method]} if method in body else {}
        for parameter in description["parameters"]:
            if parameter.get("x-slow"):
                yield method, f"{path}?{parameter['name']}=x", {}


def test_a_user_has_only_so_many_at_once(stack, contract, user, stranger):
    """Everything else, and everybody else, goes on."""
    project = user.post("/projects", json={"name": "p"}).json()["id"]
    secret = re.search(r"([^/]+)[.]ics", user.post("/users/me/calendar-feed").json()["url"])[1]
    with turns(stack.postgres, user.id, running=2, waiting=2):
        for method, path, options in calls(contract):
            path = path.format(user_id=user.id, id=project, secret=secret)
            for key in ({}, {"Idempotency-Key": "k"} if options else {}):
                answer = user.request(method, path, headers=key, **options)
                refused(answer, 429, "too_many_requests")
                assert answer.headers["Retry-After"] == "1", path
        assert user.get("/tasks").status_code == 200
        assert user.get(f"/users/{user.id}/tasks?status=TODO").status_code == 200
        assert user.post("/tasks", json={"title": "t"}).status_code == 201
        assert stranger.get("/dashboard").status_code == 200
        assert user.get("/dashboard?search=x").status_code == 400, "what is wrong is told first"
    assert user.get("/dashboard").status_code == 200
    answer = user.delete("/tasks/bulk", json={"ids": [NOBODYS]}, headers={"Idempotency-Key": "k"})
    refused(answer, 404, "not_found", "ids[0]")


def test_the_third_waits(stack, user):
    with turns(stack.postgres, user.id, running=2), concurrent.futures.ThreadPoolExecutor(1) as thread:
        answer = thread.submit(user.get, "/dashboard")
        wait_for(lambda: waiting(stack))
        refused(answer.result(), 429, "too_many_requests")
    with turns(stack.postgres, user.id, running=1):
        assert user.get("/dashboard").status_code == 200


def waiting(stack):
    """How many workers wait for a turn."""
    [(count,)] = stack.ask("SELECT count(*) FROM pg_stat_activity"
                           " WHERE application_name = 'daybook-worker' AND wait_event = 'PgSleep'")
    return count


def test_parameter_by_any_spelling(stack, user):
    with turns(stack.postgres, user.id, running=2, waiting=2):
        for query in ("search=x", "%73earch=x", "limit=1&search=x", "search=x&search=y"):
            status = user.get(f"/tasks?{query}").status_code
            assert status == (400 if query.count("search") > 1 else 429), query
