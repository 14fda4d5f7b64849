"""What every answer has, and what operators ask: health, readiness, metrics, CORS, the log."""

import datetime
import json
import re
import subprocess

import pytest
import requests

from contract import check_error, check_headers, refused

ORIGIN = "https://app.example"
# What a script of another origin may read of an answer, besides what the Fetch standard allows by itself.
READABLE = {"Allow", "Content-Disposition", "ETag", "Idempotency-Replayed", "Location", "Retry-After",
            "WWW-Authenticate", "X-Request-Id"}
OPEN_GETS = ["/health", "/api/v1/health", "/ready", "/metrics", "/api/v1/openapi.json"]


# Health


@pytest.mark.parametrize("path", ["/health", "/api/v1/health"])
def test_health(client, path):
    body = client.get(path).json()
    assert body["status"] == "ok"
    age = datetime.datetime.now(datetime.timezone.utc) - datetime.datetime.fromisoformat(
        body["timestamp"].replace("Z", "+00:00"))
    assert abs(age.total_seconds()) < 30
    assert re.fullmatch(r"\d+\.\d+\.\d+", body["version"])


def test_ready(client):
    response = client.get("/ready")
    assert (response.status_code, response.json()["status"]) == (200, "ready")
    assert response.json()["checks"]["database"] == response.json()["checks"]["schema"] == "ok"


@pytest.mark.parametrize("path", OPEN_GETS)
def test_unknown_parameters_are_refused(client, path):
    refused(client.get(path + "?verbose=1"), 400, "validation_failed", "verbose")


@pytest.fixture
def troubled(restart_stack):
    """A stack whose database goes away under it."""
    stack = restart_stack()
    stack.announce("57P01", "57P03")
    yield stack
    stack.postgres.start()


def test_with_the_database_away(troubled, connect):
    client = connect(troubled)
    user = client.new_user()
    troubled.postgres.stop("fast")
    assert client.get("/health").json()["status"] == "ok"
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {**answer.json()["checks"], "database": "unavailable",
                                       "schema": "unknown"}
    refused(user.get("/tasks"), 503, "unavailable")
    refused(client.post("/auth/login", json={"email": "a@b.c", "password": "x"}), 503, "unavailable")
    refused(client.get("/tasks"), 401, "unauthorized")
    troubled.postgres.start()
    assert client.get("/ready").status_code == 200
    assert user.get("/tasks").status_code == 200


@pytest.fixture
def outdated(restart_stack):
    """A stack whose schema is older than the program."""
    stack = restart_stack()
    stack.ask("UPDATE sqitch.changes SET change = '-' || change")
    yield stack
    stack.ask("UPDATE sqitch.changes SET change = ltrim(change, '-')")


def test_with_an_old_schema(outdated, connect):
    client = connect(outdated)
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {**answer.json()["checks"], "database": "ok", "schema": "outdated"}
    assert client.get("/health").status_code == 200


# Metrics


def samples(client):
    """name{labels} -> value, from the text format of Prometheus."""
    found, types = {}, {}
    for line in client.get("/metrics").text.splitlines():
        if line.startswith("# TYPE"):
            types[line.split()[2]] = line.split()[3]
        elif not line.startswith("# HELP"):
            match = re.fullmatch(r'([a-z_]+)(\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? (\d+(?:\.\d+)?)', line)
            assert match, line
            name = re.sub("_(bucket|sum|count)$", "", match[1])
            assert match[1] in types or name in types, line
            found[match[1] + (match[2] or "")] = float(match[3])
    return found


def test_metrics_count(client, user):
    before = samples(client)
    user.get("/tasks")
    client.post("/auth/login", json={"email": user.email, "password": "wrong"})
    client.log_in(user.email)
    after = samples(client)
    grown = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    assert grown['daybook_login_attempts_total{result="ok"}'] == 1
    assert grown['daybook_login_attempts_total{result="failed"}'] == 1
    assert grown['daybook_requests_total{method="POST",code="401"}'] == 1
    assert grown['daybook_requests_total{method="GET",code="200"}'] >= 3
    assert grown["daybook_request_duration_seconds_count"] >= 5
    assert after["daybook_request_duration_seconds_count"] == after[
        'daybook_request_duration_seconds_bucket{le="+Inf"}']
    assert client.get("/metrics").headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_metrics_only_from_this_machine(client):
    """nginx allows 127.0.0.1 alone of the loopback network."""
    answer = client.from_address("127.0.0.2").send("GET", "/metrics")
    check_headers(answer)
    check_error(answer)
    refused(answer, 403, "forbidden")


# The contract


def test_the_document_is_that_of_the_program(client, stack):
    printed = subprocess.run([stack.worker_program(), "--openapi"], capture_output=True, text=True, check=True)
    assert json.loads(printed.stdout) == client.get("/openapi.json").json()


# Headers


def test_request_ids(client):
    made = {client.get("/health").headers["X-Request-Id"] for _ in range(5)}
    assert len(made) == 5
    for kept in ("a", "Z-0", "x" * 64, "0190f3c0-0000-7000-8000-000000000000"):
        answer = client.get("/tasks", headers={"X-Request-Id": kept})
        assert answer.headers["X-Request-Id"] == answer.json()["request_id"] == kept
    for replaced in ("", "x" * 65, "a b", "a_b", 'a"b', "a,b", "ä".encode(), "a\tb"):
        answer = client.get("/tasks", headers={"X-Request-Id": replaced})
        assert answer.headers["X-Request-Id"] not in (replaced, "")


def test_head_wherever_get_works(client, user, contract):
    task = user.post("/tasks", json={"title": "x"}).json()
    for (method, template), _ in contract.operations():
        if method != "GET":
            continue
        path = template.replace("{user_id}", user.id).replace("{id}", task["id"])
        got, headed = user.get(path), user.head(path)
        assert headed.status_code == got.status_code, path
        assert headed.content == b""
        assert set(headed.headers) - {"Transfer-Encoding"} == set(got.headers) - {"Transfer-Encoding"}, path
        for name in ("Content-Type", "Cache-Control"):
            assert headed.headers.get(name) == got.headers.get(name), path
        if not path.endswith("/changes"):  # ends in another cursor each time
            assert headed.headers.get("ETag") == got.headers.get("ETag"), path
    refused_head = client.head("/tasks")
    assert (refused_head.status_code, refused_head.content) == (401, b"")


def test_options_names_the_methods(client, contract):
    for path, operations in contract.document["paths"].items():
        answer = client.options(re.sub(r"\{\w+\}", "0190f3c0-0000-7000-8000-000000000000", path))
        assert answer.status_code == 204, path
        allowed = set(answer.headers["Allow"].split(", "))
        assert allowed - {"HEAD", "OPTIONS"} == {method.upper() for method in operations}, path
        assert ("HEAD" in allowed) == ("GET" in allowed)


@pytest.mark.parametrize("method, path", [
    ("POST", "/users/me"), ("DELETE", "/tasks"), ("GET", "/auth/login"), ("PATCH", "/api/v1/health"),
    ("BREW", "/tasks"), ("PROPFIND", "/users/me")])
def test_methods_that_are_not_allowed(user, method, path):
    answer = user.request(method, path)
    refused(answer, 405, "method_not_allowed")
    assert method not in answer.headers["Allow"].split(", ")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v1/tasks/", "/api/v2/tasks",
                                  "/api/v1/nothing", "/index.html", "/.git/config", "/__error", "/api/v1//tasks"])
def test_what_is_not_there(user, path):
    answer = user.send("GET", path)
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    user.contract.check(answer, path)


# CORS


@pytest.fixture(params=["answer", "refusal", "nginx"])
def any_answer(request, client, user):
    """Three kinds of answers: the worker's, its refusals, and nginx's own."""
    return {
        "answer": lambda headers: user.get("/users/me", headers=headers),
        "refusal": lambda headers: client.get("/users/me", headers=headers),
        "nginx": lambda headers: client.post("/tasks", data=b"x" * (1 << 20 | 1), headers=headers),
    }[request.param]


@pytest.mark.parametrize("origin", [ORIGIN, "http://localhost:3000"])
def test_allowed_origins(any_answer, origin):
    headers = any_answer({"Origin": origin}).headers
    assert headers["Access-Control-Allow-Origin"] == origin
    assert headers["Access-Control-Allow-Credentials"] == "true"
    exposed = set(headers["Access-Control-Expose-Headers"].split(", "))
    assert exposed in (READABLE, {"Allow", "Retry-After", "X-Request-Id"})


@pytest.mark.parametrize("origin", [
    "https://app.example.evil.org", "https://evil-app.example", "https://x.app.example", "http://app.example",
    "https://app.example:8443", "https://app.example/", "null", "*", "", "file://"])
def test_other_origins(any_answer, origin):
    headers = any_answer({"Origin": origin}).headers
    assert not [name for name in headers if name.startswith("Access-Control")]
    assert headers["Vary"] == "Origin"


def preflight(client, path, origin=ORIGIN, method="PATCH"):
    return client.options(path, headers={
        "Origin": origin, "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type"})


def test_preflight(client):
    headers = preflight(client, "/users/me").headers
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert {"GET", "PATCH", "PUT", "DELETE"} <= set(headers["Access-Control-Allow-Methods"].split(", "))
    allowed = headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {"authorization", "content-type", "if-match", "if-none-match", "idempotency-key"} <= set(allowed)
    assert headers["Access-Control-Max-Age"] == "7200"
    other = preflight(client, "/users/me", origin="https://evil.example")
    assert not [name for name in other.headers if name.startswith("Access-Control")]


# The log


def test_a_line_per_request(stack, user):
    answer = user.get("/tasks?search=very-private-words&limit=7")
    request_id = answer.headers["X-Request-Id"]
    line = stack.request_line(request_id)
    assert line == {**line, "method": "GET", "path": "/api/v1/tasks", "status": 200, "user": user.id,
                    "ip": "127.0.0.1", "level": "info"}
    assert 0 < line["duration_ms"] < 5000
    assert line["pid"] in stack.workers("slow")
    [access] = stack.access_log(request_id=request_id)
    assert access == {**access, "method": "GET", "path": "/api/v1/tasks", "status": 200}
    for path in (stack.state / "logs").iterdir():
        assert b"very-private-words" not in path.read_bytes(), path.name


def test_a_client_cannot_write_lines_of_its_own(stack, user):
    title = 'x\n{"event":"fake"}\r\n'
    user.patch("/users/me", json={"name": title})
    user.post("/tasks", json={title: 1})
    user.get("/x%0a%7B%22event%22:%22fake%22%7D", headers={"User-Agent": '"}{"event":"fake"}'})
    assert stack.log(event="fake") == []


def test_plain_http_is_refused(stack):
    """A token that was sent in the open is as good as published; the answer teaches that."""
    answer = requests.get(stack.url.replace("https", "http") + "/api/v1/tasks", timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")
