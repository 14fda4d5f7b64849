"""Which pool of workers nginx gives a request to: what takes a password has its own, and so has what may
take long, as the document marks it."""

import pytest

from resources import NOBODYS

PASSWORDS = {("POST", "/api/v1/auth/login"), ("POST", "/api/v1/auth/register"),
             ("POST", "/api/v1/auth/change-password"),
             ("POST", "/api/v1/auth/reset-password/confirm"), ("DELETE", "/api/v1/users/me")}


def pool_of(stack, answer):
    return stack.pool_of(answer.headers["X-Request-Id"])


def expected_pool(operation, description):
    if operation in PASSWORDS:
        return "auth"
    return "slow" if description.get("x-slow") else "api"


def test_every_operation(stack, contract, client):
    for operation, description in contract.operations():
        method, path = operation
        path = path.format(id=NOBODYS, user_id=NOBODYS, secret=NOBODYS)
        for sent in {method, "HEAD" if method == "GET" else method}:
            for query in ("", "?limit=1"):
                answer = client.send(sent, path + query)
                assert pool_of(stack, answer) == expected_pool(operation, description), (sent, path)


def test_every_slow_parameter(stack, contract, client):
    for (method, path), description in contract.operations():
        for parameter in description["parameters"]:
            if parameter.get("x-slow"):
                path = path.format(id=NOBODYS, user_id=NOBODYS, secret=NOBODYS)
                for query in (f"{parameter['name']}=x", f"limit=1&{parameter['name']}=x"):
                    assert pool_of(stack, client.send(method, f"{path}?{query}")) == "slow", path


@pytest.mark.parametrize("method, path, pool", [
    ("GET", "/api/v1/tasks?%73earch=x", "slow"),
    ("GET", "/api/v1/tasks?tag=a%20b", "api"),
    ("GET", "/api/v1/tasks?research=x", "api"),
    ("POST", "/api/v1/tasks?search=x", "api"),
    ("GET", "/api/v1/%64ashboard", "slow"),
    ("POST", "/api/v1/auth/%6cogin", "auth"),
    ("PATCH", f"/api/{NOBODYS}/tasks/bulk", "slow"),
    ("DELETE", f"/api/{NOBODYS.upper()}/tasks/bulk?x=y", "slow"),
    ("GET", f"/api/{NOBODYS}/tasks?search=x", "slow"),
    ("GET", f"/api/{NOBODYS}/tasks", "api"),
    ("GET", "/nowhere?search=x", "slow"),
    ("OPTIONS", "/api/v1/dashboard", "api"),
])
def test_other_spellings(stack, client, method, path, pool):
    assert pool_of(stack, client.send(method, path)) == pool
