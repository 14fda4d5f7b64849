"""Refusals: one form of error from the workers and from nginx, whatever comes down the wire."""

import contextlib
import itertools
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import time
import uuid

import pytest
import requests
from requests.structures import CaseInsensitiveDict

from client import PASSWORD
from contract import refused
from people import somebody
from waiting import wait_for

markers = itertools.count(1)
# Words that only somebody who has read the source, or the server's disk, could know.
INSIDES = re.compile(
    r"json-?c|libpq|psql|postgres|relation|column|constraint|sqlstate|syntax error|violates|fcgi|tokener"
    r"|assert|segfault|stack trace|traceback|/build/|/etc/|/proc/|\.sock|\.[ch]:|daybook_app|set_config"
    r"|begin_request|current_user_id|user_id\b.*=|upstream|<html|nginx/", re.IGNORECASE)


user = somebody()


# The wire.


def talk(stack, data, tls=True, timeout=10, half_close=False):
    """Sends bytes over a new connection; all bytes that come back until the server closes."""
    with socket.create_connection(("127.0.0.1", stack.port), timeout=timeout) as plain:
        context = ssl.create_default_context(cafile=stack.certificate)
        wire = context.wrap_socket(plain, server_hostname="localhost") if tls else plain
        with wire:
            received, closed = b"", (ConnectionError, ssl.SSLError)
            # Whoever refuses what it has not read to its end may close before all is sent.
            with contextlib.suppress(*closed):
                wire.sendall(data)
                if half_close:
                    socket.socket.shutdown(wire, socket.SHUT_WR)
            with contextlib.suppress(*closed):
                while part := wire.recv(65536):
                    received += part
            return received


def split(received):
    """The HTTP/1 answers in what was received, as (status, headers, body)."""
    answers = []
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        assert re.fullmatch(r"HTTP/1\.1 \d{3}( .*)?", lines[0]), lines[0]
        headers = CaseInsensitiveDict(line.split(": ", 1) for line in lines[1:])
        length = int(headers.get("Content-Length", 0))
        answers.append((int(lines[0].split()[1]), headers, received[:length]))
        received = received[length:]
    return answers


def as_response(status, headers, body, method="GET"):
    response = requests.Response()
    response.status_code, response.headers, response._content = status, headers, body
    response.request = requests.Request(method, "https://localhost/").prepare()
    return response


def ask(stack, contract, data, **options):
    """The one answer to these bytes, checked against the contract when it is an error."""
    answers = split(talk(stack, data, **options))
    assert len(answers) == 1, answers
    response = as_response(*answers[0])
    if response.status_code >= 400:
        contract.check(response, "/")
    return response


def get(path, headers="", method="GET", version="HTTP/1.1"):
    if isinstance(path, str):
        path = path.encode("latin-1")
    head = f" {version}\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n"
    return method.encode("latin-1") + b" " + path + head.encode("latin-1")


# Request lines and headers that are none.


@pytest.mark.parametrize("data", [
    b"GARBAGE\r\n\r\n", b"GET\r\n\r\n", b"/ HTTP/1.1\r\nHost: x\r\n\r\n", b"\0\0\0\0\r\n\r\n",
    b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"G\0T / HTTP/1.1\r\nHost: x\r\n\r\n", b"G T / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / FTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/x\r\nHost: x\r\n\r\n",
    b"GET health HTTP/1.1\r\nHost: x\r\n\r\n", b"get /health HTTP/1.1\r\nHost: x\r\n\r\n",
    b"Get /health HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET \r\n\r\n", b"{\"title\":\"x\"}\r\n\r\n", b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /health HTTP/1.1\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: \r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET /health HTTP/1.1\r\nHost: a/b\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\n X: folded\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n",
    b"GET ftp//x HTTP/1.1\r\nHost: x\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"FOO BAR BAZ\r\n\r\n", b"GET /health HTTP/1.1 x\r\nHost: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"A" * 5000 + b" / HTTP/1.1\r\nHost: x\r\n\r\n",
], ids=lambda data: data[:40].decode("latin-1").replace("\r\n", "|"))
def test_what_is_no_request(stack, contract, data):
    response = ask(stack, contract,
                   data.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") if b"Host" in data else data)
    assert response.status_code in (400, 404, 405, 414, 501), response.content


@pytest.mark.parametrize("version, statuses", [("HTTP/3.0", {505}), ("HTTP/9.9", {505}),
                                               ("HTTP/2.0", {505, 400}), ("HTTP/0.8", {400, 505})])
def test_versions_of_http_that_there_are_not(stack, contract, version, statuses):
    response = ask(stack, contract, get("/health", version=version))
    assert response.status_code in statuses
    if response.status_code == 505:
        assert response.json()["error"] == "http_version_not_supported"


def test_http_1_0_is_answered(stack, contract):
    assert ask(stack, contract, b"GET /health HTTP/1.0\r\n\r\n").status_code == 200


def test_an_absolute_target_is_a_path(stack, contract):
    for target in ["https://localhost/health", "http://evil.example/health"]:
        response = ask(stack, contract, get(target))
        assert response.status_code in (200, 400, 404)
        assert "evil" not in str(response.headers)


def test_plain_http_on_the_port_of_tls(stack, contract):
    for data in [get("/health"), get("/api/v1/tasks", "Authorization: Bearer x\r\n"),
                 b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\n\r\n"]:
        response = ask(stack, contract, data, tls=False)
        assert (response.status_code, response.json()["error"]) == (400, "bad_request")


def test_the_port_of_plain_http_answers_nothing(stack):
    def plainly(path):
        with socket.socket(socket.AF_UNIX) as plain:
            plain.connect(str(stack.state / "s" / "http.sock"))
            plain.sendall(get(path))
            return split(b"".join(iter(lambda: plain.recv(65536), b"")))[0]

    for path in ["/health", "/api/v1/tasks", "/x", "/docs/x"]:
        status, headers, body = plainly(path)
        assert (status, json.loads(body)["error"]) == (400, "bad_request")
        assert "Location" not in headers
    status, headers, body = plainly("/docs")
    assert (status, headers["Location"]) == (301, f"https://localhost:{stack.port}/docs")


# Methods.


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "FOO", "PROPFIND", "COPY", "LOCK", "GET2"[:3] + "S",
                                    "A-B", "X" * 30, "QUERY", "PURGE"])
@pytest.mark.parametrize("path", ["/health", "/api/v1/tasks", "/api/v1/tasks/" + "0" * 8, "/docs/"])
def test_unknown_methods(stack, contract, user, method, path):
    response = ask(stack, contract, get(path, f"Authorization: Bearer {user.access_token}\r\n", method))
    assert response.status_code in (400, 405), response.content
    if response.status_code == 405:
        assert "GET" in response.headers["Allow"] and method not in response.headers["Allow"].split(", ")
    assert b"Bearer" not in response.content


def test_every_path_names_its_methods(user, contract):
    for path, operations in contract.document["paths"].items():
        address = re.sub("{.*?}", str(uuid.uuid4()), path.replace("{user_id}", user.id))
        known = {method.upper() for method in operations}
        wanted = known | {"OPTIONS"} | ({"HEAD"} if "GET" in known else set())
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - wanted:
            answer = user.send(method, address)
            assert answer.status_code == 405, (method, path)
            if method != "TRACE":
                assert set(answer.headers["Allow"].split(", ")) == wanted, path
        answer = user.request("OPTIONS", address)
        assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (204, wanted)


# Addresses.


@pytest.mark.parametrize("path, status", [
    ("/x", 404), ("/api", 404), ("/api/", 404), ("/api/v1", 404), ("/api/v1/", 404),
    ("/api/v2/tasks", 404), ("/api/v1/Tasks", 404),
    ("/API/V1/tasks", 404), ("/api/v1/task", 404), ("/api/v1/tasks/x/y/z", 404), ("/api/v1//tasks", 404),
    ("//api/v1/tasks", 404), ("/api/v1/tasks//", 404),
    ("/api/v1/./tasks", 404), ("/api/v1/x/../tasks", 404), ("/api/v1/x/%2e%2e/tasks", 404),
    ("/api/v1%2Ftasks", 404), ("/api%2fv1%2ftasks", 404),
    ("/api/v1/tasks%2F", 404), ("/api/v1/tasks%20", 404), ("/api/v1/tasks;x=1", 404),
    ("/api/v1/tasks.json", 404), ("/api/v1/tasks%3flimit=1", 404),
    ("/api/v1/%74%61sks/x", 401), ("/api/v1/tasks/%00", 400), ("/api/v1/tasks/a%00b", 400),
    ("/api/v1/%zz", 400), ("/api/v1/tasks/%", 400),
    ("/api/v1/tasks/%f", 400), ("/api/v1/%ff", 404), ("/api/v1/%c0%af", 404), ("/api/v1/%ed%a0%80", 404),
    ("/api/v1/%0d%0aSet-Cookie:%20x=1", 404),
    ("/..", 400), ("/../x", 400), ("/%2e%2e/%2e%2e/etc/passwd", 400), ("/api/v1/../../../x", 400),
    ("/.env", 404), ("/.git/config", 404), ("/index.php", 404),
    ("/__error", 404), ("/api/v1/__error", 404), ("/docs/../api/v1/x", 404),
    ("/docs/..%2f..%2fnginx.conf", 400), ("/docs/%2e%2e/%2e%2e/tls/key.pem", 400),
    ("/docs/x", 404), ("/docs/x.js", 404), ("/docs%00", 400), ("/redoc/package.json", 404),
    ("/metrics/", 404), ("/%6detrics/x", 404), ("/health/", 404),
    ("/health/x", 404), ("/api/tasks", 404), ("/api/x/tasks", 404), ("/api/v1/users", 404),
    ("/api/v1/users/x", 404), ("/api/v1/users/x/tasks", 401),
    ("/api/v1/tasks/bulk/x", 404), ("/" + "a/" * 40, 404), ("/api/v1/tasks/" + "/".join("x" * 20), 404),
    ("/\u00e9", 404), ("/\u00ff\u00fe", 404), ("/a b", 400),
    ("/\\..\\x", 404), ("/api/v1\\tasks", 404), ("/~root", 404), ("/guides/x", 404), ("/guides/page.css/", 404),
    ("/api/v1/tasks#x", 404),
], ids=ascii)
def test_addresses_without_anything(stack, contract, path, status):
    response = ask(stack, contract, get(path))
    assert response.status_code == status, response.content
    word = {400: "bad_request", 401: "unauthorized", 404: "not_found"}[status]
    assert response.json()["error"] == word
    assert response.json()["details"] == []


@pytest.mark.parametrize("target", ["/" + "a" * 2100, "/" + "a" * 7900, "/" + "a" * 9000, "/" + "a" * 40000,
                                    "/api/v1/tasks?search=" + "a" * 8193,
                                    "/api/v1/tasks?" + "a" * 9000, "/health?" + "&" * 20000,
                                    "/" + "%41" * 3000, "/" + "a/" * 5000,
                                    "/api/v1/tasks/" + "1" * 3000], ids=range(10))
def test_addresses_that_are_too_long(stack, contract, target):
    response = ask(stack, contract, get(target))
    assert (response.status_code, response.json()["error"]) in [(414, "uri_too_long"), (404, "not_found")]
    if len(target) > 2100:
        assert response.status_code == 414


# Headers.


@pytest.mark.parametrize("headers", ["X-Big: " + "a" * 9216 + "\r\n", "X" * 9216 + ": a\r\n",
                                     "X-Big: " + "a" * 100_000 + "\r\n",
                                     "".join(f"X-{number}: {'a' * 4000}\r\n" for number in range(20)),
                                     "Cookie: " + "a=b; " * 4000 + "\r\n",
                                     "Authorization: Bearer " + "a" * 9000 + "\r\n",
                                     "".join(f"X-{n}: a\r\n" for n in range(10_000))], ids=range(7))
def test_headers_that_are_too_large(stack, contract, headers):
    response = ask(stack, contract, get("/health", headers))
    assert (response.status_code, response.json()["error"]) == (431, "headers_too_large")


def test_many_small_headers(stack, contract, user):
    token = f"Authorization: Bearer {user.access_token}\r\n"
    headers = token + "".join(f"X-{number}: {number}\r\n" for number in range(500))
    assert ask(stack, contract, get("/api/v1/tasks", headers)).status_code == 200
    assert ask(stack, contract, get("/api/v1/tasks", token + "X-Same: x\r\n" * 500)).status_code == 200


@pytest.mark.parametrize("header", [
    "Proxy: http://evil.example", "X-Forwarded-For: 1.2.3.4", "X-Real-IP: 1.2.3.4",
    "Forwarded: for=1.2.3.4", "X-Original-URL: /metrics", "X-Rewrite-URL: /x",
    "X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "Content-Type: a/b\x7f", "Accept: */*;q=nan",
    "Accept-Encoding: gzip;q=x", "Range: bytes=0-1",
    "If-Modified-Since: yesterday", "Expect: 200-ok", "Upgrade: h2c", "TE: trailers",
    "Accept-Language: \xff", "User-Agent: \xff\xfe", "Referer: \x80", "X_Under: 1",
    "Connection: X-Request-Id", "Via: 1.1 x", "Max-Forwards: 0", "X-Request-Id: \xe9\"{", "Cookie: \"",
    "Origin: null", "Origin: \xff", "Date: x", "Trailer: Host",
])
def test_headers_that_change_nothing(stack, contract, user, header):
    answer = ask(stack, contract,
                 get("/api/v1/users/me", f"Authorization: Bearer {user.access_token}\r\n{header}\r\n"))
    assert (answer.status_code, answer.json()["id"]) == (200, user.id)
    assert "Access-Control-Allow-Origin" not in answer.headers


# Sizes, over both versions of HTTP.


def curl(stack, *arguments, data=b""):
    """Status and headers and body of one call by curl."""
    done = subprocess.run(["curl", "-sS", "-i", "--noproxy", "*", "--cacert", stack.certificate, "-m", "20",
                           "-H", "Expect:", *arguments], input=data,
                          capture_output=True, check=False, env={"PATH": os.environ["PATH"]})
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = CaseInsensitiveDict(line.split(": ", 1) for line in lines[1:])
    return lines[0].split()[0], as_response(int(lines[0].split()[1]), headers, body)


@pytest.mark.parametrize("version, name", [("--http1.1", "HTTP/1.1"), ("--http2", "HTTP/2")])
def test_refusals_over_both_versions_of_http(stack, contract, user, version, name):
    def call(*arguments, data=b""):
        spoken, response = curl(stack, version, *arguments, data=data)
        assert spoken == name
        contract.check(response, "/")
        return response

    tasks, token = stack.url + "/api/v1/tasks", ("-H", f"Authorization: Bearer {user.access_token}")
    kind = ("-H", "Content-Type: application/json", "--data-binary", "@-")
    refused(call(tasks, *token, *kind, data=b" " * (2 ** 20 + 1)), 413, "payload_too_large")
    refused(call(tasks, *token, *kind, data=b" " * 2 ** 23), 413, "payload_too_large")
    refused(call(tasks, *token, *kind, "-H", "Transfer-Encoding: chunked", data=b" " * (2 ** 20 + 1)),
            413, "payload_too_large")
    refused(call(tasks, *token, *kind, data=b" " * 2 ** 20), 400, "invalid_json")
    refused(call(tasks), 401, "unauthorized")
    refused(call(stack.url + "/x"), 404, "not_found")
    refused(call("-X", "FOO", tasks), 405, "method_not_allowed")
    refused(call(tasks + "?" + "a" * 8300), 414, "uri_too_long")
    refused(call("--path-as-is", stack.url + "/%00"), 400, "bad_request")
    refused(call("--path-as-is", stack.url + "/../x"), 400, "bad_request")
    if version == "--http1.1":
        refused(call(tasks, "-H", "X-Big: " + "a" * 9216), 431, "headers_too_large")


# Smuggling: what follows the first request must not be taken for a second one.


def smuggled(stack, contract, head, body):
    """Whether bytes after the request's end reached anything as a request of their own."""
    marker = f"/api/v1/smuggled-{os.getpid()}-{next(markers)}"
    inner = f"GET {marker} HTTP/1.1\r\nHost: localhost\r\nX: "
    data = ("POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"{head}\r\n\r\n").encode("latin-1")
    received = talk(stack, data + body(inner.encode()), timeout=3)
    time.sleep(0.01)
    assert marker.encode() not in (stack.state / "logs" / "nginx-access.log").read_bytes()
    answers = split(received)
    assert len(answers) == 1
    response = as_response(*answers[0])
    contract.check(response, "/")
    return response


def in_chunks(data, size=b"%x", end=b"\r\n"):
    return size % len(data) + end + data + end + b"0" + end + end


@pytest.mark.parametrize("head, body", [
    ("Content-Length: 5\r\nTransfer-Encoding: chunked", lambda inner: b"0\r\n\r\n" + inner),
    ("Transfer-Encoding: chunked\r\nContent-Length: 5", lambda inner: b"0\r\n\r\n" + inner),
    ("Content-Length: 5\r\nContent-Length: 6", lambda inner: b"0\r\n\r\n" + inner),
    ("Content-Length: 2\r\nContent-Length: 2", lambda inner: b"{}" + inner),
    ("Content-Length: 2, 2", lambda inner: b"{}" + inner),
    ("Content-Length: 2\r\nContent-Length : 50", lambda inner: b"{}" + inner),
    ("Content-Length : 2", lambda inner: b"{}" + inner),
    ("Content-Length: +2", lambda inner: b"{}" + inner),
    ("Content-Length: 0x2", lambda inner: b"{}" + inner),
    ("Content-Length: 2\x0b", lambda inner: b"{}" + inner),
    ("Transfer-Encoding: xchunked", lambda inner: b"0\r\n\r\n" + inner),
    ("Transfer-Encoding: chunked, identity", lambda inner: b"0\r\n\r\n" + inner),
    ("Transfer-Encoding: identity, chunked", lambda inner: b"0\r\n\r\n" + inner),
    ("Transfer-Encoding: identity", lambda inner: b"0\r\n\r\n" + inner),
    ("Transfer-Encoding: gzip, chunked", lambda inner: b"0\r\n\r\n" + inner),
    ("Transfer-Encoding : chunked", lambda inner: b"0\r\n\r\n" + inner),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: x", lambda inner: b"0\r\n\r\n" + inner),
    ("Transfer-Encoding:\x0bchunked", lambda inner: b"0\r\n\r\n" + inner),
    ("Transfer-Encoding\x00: chunked", lambda inner: b"0\r\n\r\n" + inner),
    ("Transfer-Encoding: chunked", lambda inner: b"x\r\n{}\r\n0\r\n\r\n" + inner),
    ("Transfer-Encoding: chunked", lambda inner: b"-1\r\n{}\r\n0\r\n\r\n" + inner),
    ("Transfer-Encoding: chunked", lambda inner: b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n" + inner),
    ("Transfer-Encoding: chunked", lambda inner: b"2\r\n{}0\r\n\r\n" + inner),
    ("Transfer-Encoding: chunked", lambda inner: b"2\r\n{}xx0\r\n\r\n" + inner),
    ("Transfer-Encoding: chunked\r\n Content-Length: 5", lambda inner: b"0\r\n\r\n" + inner),
    ("X: y\nTransfer-Encoding: chunked\r\nContent-Length: 2", lambda inner: b"{}" + inner),
])
def test_smuggled_requests(stack, contract, head, body):
    response = smuggled(stack, contract, f"{head}\r\nConnection: close", body)
    assert response.status_code in (400, 411, 413, 501), response.content


def test_what_follows_a_refusal_is_not_a_request(stack, contract):
    """A body that was refused unread must not be read as the next request."""
    inner = get(f"/api/v1/smuggled-{os.getpid()}-body")
    for head in ["POST /api/v1/x", "POST /health", "GET /x", "PUT /api/v1/tasks"]:
        first = f"{head} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(inner)}\r\n\r\n".encode()
        answers = split(talk(stack, first + inner + get("/health")))
        assert [status for status, _, _ in answers][-1] == 200 and len(answers) == 2
    assert b"-body" not in (stack.state / "logs" / "nginx-access.log").read_bytes()


def test_requests_in_a_row(stack):
    data = b"".join(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
                    for path in ["/health", "/x", "/health"])
    answers = split(talk(stack, data + get("/api/v1/tasks")))
    assert [status for status, _, _ in answers] == [200, 404, 200, 401]


# The form.


def test_problem_details_on_request(user, stranger):
    task = user.post("/tasks", json={"title": "x"}).json()
    one = f"/tasks/{task['id']}"
    for accept in ["application/problem+json", "text/html, application/problem+json;q=0.9",
                   "application/json, application/problem+json"]:
        headers = {"Accept": accept}
        answers = [user.get("/x", headers=headers), user.post("/health", headers=headers),
                   user.post("/tasks", json={}, headers=headers),
                   user.post("/tasks", json={"id": task["id"], "title": "y"}, headers=headers),
                   stranger.get(one, headers=headers),
                   user.with_token(None).get(one, headers=headers),
                   user.patch(one, json={"version": 9}, headers=headers),
                   user.post("/tasks", data="x", headers={**headers, "Content-Type": "application/json"})]
        assert [answer.status_code for answer in answers] == [404, 405, 400, 409, 403, 401, 409, 400]
        for answer in answers:
            plain = user.get("/x") if answer.status_code == 404 else answer
            problem = answer.json()
            assert answer.headers["Content-Type"].startswith("application/problem+json")
            assert (problem["type"], problem["status"]) == ("about:blank", answer.status_code)
            assert problem["title"] and problem["detail"] and problem["error"]
            assert plain.status_code == answer.status_code
        assert answers[2].json()["details"] == [{"field": "title", "code": "required", "message": "is required"}]
        assert answers[6].json()["current"] == task
    for accept in ["*/*", "application/json", "text/html", "", "application/*", "application/problem+xml"]:
        assert user.get("/x", headers={"Accept": accept}).json()["code"] == 404


def test_a_sentence_for_a_person(user):
    answer = user.post("/tasks", json={"title": ""}).json()
    assert answer["message"] == "title must be 1 to 200 characters"
    assert answer["details"] == [{"field": "title", "code": "length", "message": "must be 1 to 200 characters",
                                  "min": 1, "max": 200}]
    answer = user.post("/tasks", json={"title": "", "status": 1, "x": 1}).json()
    assert re.fullmatch(r"\w+ must .*, and 2 more|x is .*, and 2 more", answer["message"])


HOSTILE = ["'", "\"", "\\", "%27", "' OR 1=1 --", "$1", "{task_columns}", "<script>", "\x7f",
           "../../etc/passwd", "%s%s%n", "\ud7ff", "0", "-1", "NaN", "9" * 400,
           "null", "{}", "[]", "a" * 3000, "{\"a\":", "\t", "1e400", "0x41", "1970-01-01T00:00:00Z' --",
           "${x}", "`id`", "true"]


def test_no_refusal_tells_what_is_inside(user, contract):
    """Every operation with hostile values in its query, its path and its body."""
    checked, values = 0, itertools.cycle(HOSTILE)
    for (method, path), operation in contract.operations():
        if operation.get("security") == [] and method == "GET":
            continue
        names = [parameter["name"] for parameter in operation.get("parameters",
                                                                  []) if parameter.get("in") == "query"]
        members = [*properties(contract, operation), "x"]
        address = re.sub("{.*?}", str(uuid.uuid4()), path.replace("{user_id}", user.id))
        for number, value in enumerate(itertools.islice(values, 9)):
            params = {(names or ["x"])[number % len(names or "x")]: value}
            body = {members[number % len(members)]: value}
            answers = [user.request(method, address, params=params, json={}),
                       user.request(method, address, json=body)]
            if "{" in path:
                answers.append(user.send(method, path[:path.rindex("{")] + requests.utils.quote(value,
                                                                                                safe=""),
                                         json={}))
            for answer in answers:
                assert answer.status_code < 500, answer.text
                if answer.status_code >= 400:
                    echoed = answer.text.replace(json.dumps(value, ensure_ascii=False)[1:-1], "")
                    assert not INSIDES.search(echoed), answer.text
                    checked += 1
    assert checked > 300


def properties(contract, operation):
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema",
                                                                                                 {})
    if "$ref" in schema:
        schema = contract.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return [name for name in schema.get("properties", {}) if name not in ("scope", "email")]


# nginx's own refusals under load and without workers; a stack of its own.


def test_nginx_refuses_in_the_same_form(start_stack, connect):
    stack = start_stack(DAYBOOK_NGINX_AUTH_RATE="1r/m", DAYBOOK_NGINX_AUTH_BURST="1",
                        DAYBOOK_NGINX_CONNECTIONS="3")
    client = connect(stack)
    nobody = {"email": "nobody@example.org", "password": PASSWORD}
    answers = [client.post("/auth/login", json=nobody) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 429, 429]
    assert answers[3].json()["error"] == "too_many_requests"
    assert client.get("/health").status_code == 200  # only attempts are counted
    check_connections(stack, client)
    check_pools(stack, client)


def check_connections(stack, client):
    context, busy = ssl.create_default_context(cafile=stack.certificate), []
    try:
        for _ in range(3):
            plain = socket.create_connection(("127.0.0.1", stack.port), timeout=10)
            busy.append(context.wrap_socket(plain, server_hostname="localhost"))
            busy[-1].sendall(b"POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\n"
                             b"Content-Length: 9\r\nExpect: 100-continue\r\n\r\n")
            assert b" 100 " in busy[-1].recv(100), "nginx waits for the body"
        answer = client.get("/health")
        assert (answer.status_code, answer.json()["error"]) == (429, "too_many_requests")
    finally:
        for wire in busy:
            wire.close()
    wait_for(lambda: client.get("/health").status_code == 200)


def check_pools(stack, client):
    """A pool that is not there: 503 with Retry-After; the other one works on."""
    stack.announce("worker_died")
    os.kill(int((stack.state / "pids" / "api").read_text().split()[0]), signal.SIGTERM)
    wait_for(lambda: client.send("GET", "/health").status_code != 200)
    for answer in [client.get("/health"), client.get("/tasks"), client.post("/tasks", json={"title": "x"}),
                   client.get("/x")]:
        assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
        assert answer.headers["Retry-After"] == "1"
    assert client.post("/auth/login", json={}).status_code in (400, 429)
    problem = client.get("/x", headers={"Accept": "application/problem+json"})
    assert problem.json()["code"] == 503
