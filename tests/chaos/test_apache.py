"""Apache in front of the same pools: conf/apache.conf.example with this stack's paths filled in."""

import contextlib
import gzip
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import uuid

import pytest

from chaos_client import PASSWORD, Client
from private_pg import ROOT
from raw import head, open_raw
from shell import service_prefix
from stack import free_port
from waiting import wait_for

APACHE = shutil.which("apache2", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = pytest.mark.skipif(not APACHE, reason="Apache is not installed")
ERROR_MEMBERS = {"error", "code", "message", "details", "request_id"}


class Apache:
    """As much of a stack as a Client wants to know, with Apache instead of nginx."""

    def __init__(self, stack):
        self.port, self.plain_port = free_port(), free_port()
        self.certificate = stack.certificate
        self.folder = stack.state / "apache"
        self.folder.mkdir()
        self.prefix = service_prefix()
        if self.prefix:
            shutil.chown(self.folder, "postgres")
        text = (ROOT / "conf" / "apache.conf.example").read_text()
        for pattern, value in [
                (r"^User .*\nGroup .*\n", ""),
                (r"^ServerRoot .*", f"ServerRoot {self.folder}"),
                (r"/run/apache2|/var/log/apache2", str(self.folder)),
                (r"/etc/ssl/daybook", str(stack.state / "tls")),
                (r"/run/daybook/", f"{stack.state}/s/"),
                (r"/usr/share/daybook/pages", str(stack.state / "pages")),
                (r"^Listen 443$", f"Listen 127.0.0.1:{self.port}"),
                (r"^Listen 80$", f"Listen 127.0.0.1:{self.plain_port}"),
                (r"\*:443>", f"127.0.0.1:{self.port}>"), (r"\*:80>", f"127.0.0.1:{self.plain_port}>"),
                (r"daybook\.example", "localhost")]:
            text, found = re.subn(pattern, value, text, flags=re.M)
            assert found, pattern
        (self.folder / "apache.conf").write_text(text)

    def __enter__(self):
        self.process = subprocess.Popen(
            [*self.prefix, APACHE, "-f", self.folder / "apache.conf", "-D", "FOREGROUND"], cwd="/",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        wait_for(self._listens)
        return self

    def _listens(self):
        assert self.process.poll() is None, self.process.communicate()[0]
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=10)
        shutil.rmtree(self.folder)


@pytest.fixture(scope="module")
def apache(stack):
    with Apache(stack) as apache:
        yield apache


@pytest.fixture
def client(apache):
    client = Client(apache)
    yield client
    client.close()


@pytest.fixture
def somebody(client):
    """Registered and logged in through Apache."""
    name = f"a{uuid.uuid4().hex[:12]}"
    account = {"email": f"{name}@example.org", "username": name, "password": PASSWORD}
    answer = client.post("/auth/register", account)
    assert answer.status == 201, answer
    answer = client.post("/auth/login", {"email": account["email"], "password": PASSWORD})
    assert answer.status == 200, answer
    client.token, client.account = answer.body["access_token"], {"email": account["email"], "password": PASSWORD}
    return client


def see_error(answer, status, word):
    assert answer.status == status, answer
    assert ERROR_MEMBERS <= set(answer.body), answer
    assert (answer.body["code"], answer.body["error"]) == (status, word)
    assert answer.headers.get_content_type() == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_conversation(somebody):
    made = somebody.post("/tasks", {"title": "through Apache"})
    assert made.status == 201
    path = f"/tasks/{made.body['id']}"
    assert made.headers["Location"] == "/api/v1" + path
    read = somebody.get(path)
    tag = read.headers["ETag"]
    assert read.status == 200
    assert somebody.call("GET", path, headers={"If-None-Match": tag}).status == 304
    changed = somebody.call("PATCH", path, {"title": "changed"}, {"If-Match": tag})
    assert changed.status == 200 and changed.headers["ETag"] != tag
    stale = somebody.call("PUT", path, {"title": "late"}, {"If-Match": tag})
    see_error(stale, 412, "precondition_failed")
    assert stale.body["current"]["title"] == "changed"
    assert somebody.get("/tasks?status=todo&sort_by=title").body["total"] == 1
    assert somebody.call("DELETE", path).status == 204
    see_error(somebody.get(path), 404, "not_found")


def test_user_scoped_address(somebody):
    me = somebody.get("/users/me").body["id"]
    somebody.base = "/api"
    made = somebody.post(f"/{me}/tasks?ignored", {"title": "mine"})
    see_error(made, 400, "validation_failed")
    made = somebody.post(f"/{me}/tasks", {"title": "mine"})
    assert made.status == 201
    assert somebody.get(f"/{me}/tasks/{made.body['id']}").body["title"] == "mine"


def test_no_token(client):
    answer = client.get("/tasks")
    see_error(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_wrong_password(client):
    answer = client.post("/auth/login", {"email": "nobody@example.org", "password": "Wrong-Horse-7"})
    see_error(answer, 401, "invalid_credentials")


def test_account_is_deleted(somebody):
    """DELETE /users/me computes bcrypt and goes to the pool for that."""
    see_error(somebody.call("DELETE", "/users/me", {"password": "Wrong-Horse-7"}), 403,
              "invalid_password")
    assert somebody.call("DELETE", "/users/me", {"password": PASSWORD}).status == 204
    see_error(somebody.get("/users/me"), 401, "session_revoked")


@pytest.mark.parametrize("method, path, pool", [
    ("GET", "/users/me/export", "slow"), ("GET", "/dashboard", "slow"), ("GET", "/dashboard/statistics", "slow"),
    ("HEAD", "/dashboard?x=y", "slow"), ("GET", "/feeds/x.ics", "slow"), ("GET", "/tasks?limit=1&search=x", "slow"),
    ("GET", "/journals?%73earch=x", "slow"), ("PATCH", "/tasks/bulk", "slow"), ("DELETE", "/tasks/bulk", "slow"),
    ("POST", "/users/me/import?dry_run=true", "slow"),
    ("GET", "/tasks?limit=1", "api"), ("POST", "/tasks", "api"), ("POST", "/auth/login", "auth"),
    ("DELETE", "/users/me", "auth"),
])
def test_each_pool_has_its_requests(stack, somebody, method, path, pool):
    body = None if method in ("GET", "HEAD") else {}
    answer = somebody.call(method, path, body)
    assert stack.pool_of(answer.headers["X-Request-Id"]) == pool
    if method == "GET" and path.startswith("/tasks?"):
        assert (answer.status, answer.body["limit"]) == (200, 1 if "limit=1" in path else 50)


def test_bulk_by_the_other_name(stack, somebody):
    me = somebody.get("/users/me").body["id"]
    somebody.base = "/api"
    answer = somebody.call("DELETE", f"/{me}/tasks/bulk", {"ids": []})
    see_error(answer, 400, "validation_failed")
    assert stack.pool_of(answer.headers["X-Request-Id"]) == "slow"


def test_body_too_large(somebody):
    body = json.dumps({"title": "x", "description": "y" * (1 << 20)}).encode()
    see_error(somebody.call("POST", "/tasks", body, {"Content-Type": "application/json"}), 413,
              "payload_too_large")


@pytest.mark.parametrize("path, limit", [
    ("/tasks", 1 << 20), ("/auth/login", 1 << 20), ("/journalsx", 1 << 20), ("/journals", 2 << 20),
    ("/journals/0190f3c0-0000-7000-8000-000000000000", 2 << 20), ("/users/me/import", 64 << 20)])
def test_who_says_that_a_body_is_too_large_need_not_send_it(apache, somebody, path, limit):
    for length in (limit + 1, 10 * limit):
        with open_raw(apache) as connection:
            connection.sendall(head(somebody, "POST", path, length))
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert (answer.status, json.loads(answer.read())["error"]) == (413, "payload_too_large")


def test_an_import_is_larger(somebody):
    head, tail = b'{"format": 1', b"}"
    body = head + b" " * ((64 << 20) - len(head) - len(tail)) + tail
    answer = somebody.call("POST", "/users/me/import", body, {"Content-Type": "application/json"})
    assert answer.status == 200, answer.body


def test_a_journal_in_escapes(somebody):
    """Twelve bytes a character: more than other bodies may have."""
    body = {"content": "\N{GRINNING FACE}" * 100_000}
    assert len(json.dumps(body)) > 1 << 20
    assert somebody.post("/journals", body).status == 201
    see_error(somebody.post("/tasks", body), 413, "payload_too_large")


def send_chunked(client, chunks):
    connection = client.connection
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/tasks", iter(chunks), headers, encode_chunked=True)
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def test_chunked_body(somebody):
    """It comes without a CONTENT_LENGTH."""
    status, body = send_chunked(somebody, [b'{"title"', b':"in ', b'pieces"}'])
    assert (status, body["title"]) == (201, "in pieces")
    status, body = send_chunked(somebody, [b'{"title":"' + b"x" * (1 << 20), b'"}'])
    assert (status, body["error"]) == (413, "payload_too_large")
    status, body = send_chunked(somebody, [b'{"title":"cut'])
    assert (status, body["error"]) == (400, "invalid_json")


def test_escapes_in_the_address(somebody):
    """%2F is no slash, and what the client sent is what the worker sees."""
    task = somebody.post("/tasks", {"title": "a task"}).body["id"]
    see_error(somebody.get(f"/tasks%2F{task}"), 404, "not_found")
    assert somebody.get(f"/tasks/%{ord(task[0]):02x}{task[1:]}").status == 200
    assert somebody.get("/tasks?search=100%25%2F%C3%A4").status == 200


@pytest.mark.parametrize("request_line, status, word", [
    ("GET /api/v1/" + "x" * 3000, 414, "uri_too_long"),
    ("GET /api/v1/" + "x" * 9000, 414, "uri_too_long"),
    ("TRACE /api/v1/tasks", 405, "method_not_allowed"),
    ("FOO /api/v1/health", 405, "method_not_allowed"),
    ("GET /nowhere", 404, "not_found"),
])
def test_errors_have_one_form(apache, request_line, status, word):
    see_error(send_raw(apache, f"{request_line} HTTP/1.1\r\nHost: localhost\r\n\r\n"), status, word)


@pytest.mark.parametrize("request_text, status, word", [
    ("GET /api/v1/health HTTP/1.1\r\n\r\n", 400, "bad_request"),
    ("GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x" * 9000 + "\r\n\r\n", 400,
     "bad_request"),
])
def test_malformed_requests(apache, request_text, status, word):
    see_error(send_raw(apache, request_text), status, word)


def send_raw(apache, text):
    context = ssl.create_default_context(cafile=apache.certificate)
    with socket.create_connection(("127.0.0.1", apache.port), timeout=10) as plain, \
            context.wrap_socket(plain, server_hostname="localhost") as connection:
        connection.sendall(text.encode())
        response = http.client.HTTPResponse(connection)
        response.begin()
        body = json.loads(response.read())
    return Raw(response.status, response.headers, body)


class Raw:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def __repr__(self):
        return f"{self.status} {self.body}"


# Compression


def fetch(client, path, **headers):
    """The headers of an answer, and its body as it came over the wire."""
    client.connection.request("GET", path, headers={"Authorization": f"Bearer {client.token}", **headers})
    response = client.connection.getresponse()
    assert response.status == 200, path
    return response.headers, response.read()


@pytest.mark.parametrize("path", ["/api/v1/tasks", "/api/v1/users/me/export", "/api/v1/openapi.json"])
def test_what_is_long_is_compressed(somebody, path):
    for number in range(20):
        assert somebody.post("/tasks", {"title": f"Task {number}"}).ok
    headers, plain = fetch(somebody, path)
    assert headers["Content-Encoding"] is None
    headers, packed = fetch(somebody, path, **{"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip"
    assert set(re.split(", ?", ",".join(headers.get_all("Vary")))) == {"Origin", "Accept-Encoding"}
    assert len(packed) < len(plain) / 4
    same = json.loads(gzip.decompress(packed)), json.loads(plain)
    assert same[0].keys() == same[1].keys()


def test_what_is_short_or_holds_tokens_is_not(somebody):
    for _ in range(8):
        assert Client(somebody.stack).post("/auth/login", somebody.account).ok
    for path in ("/users/me", "/auth/sessions", "/%61uth/sessions"):
        headers, text = fetch(somebody, "/api/v1" + path, **{"Accept-Encoding": "gzip"})
        assert (path, headers["Content-Encoding"], len(text) > 1024) == (path, None, path.endswith("sessions"))


def test_the_tag_of_what_is_compressed_is_weak_and_good(somebody):
    made = somebody.post("/tasks", {"title": "long", "description": "text " * 300})
    path, packed = f"/tasks/{made.body['id']}", {"Accept-Encoding": "gzip"}
    tag = fetch(somebody, "/api/v1" + path, **packed)[0]["ETag"]
    assert tag == "W/" + made.headers["ETag"]
    assert somebody.call("GET", path, headers={**packed, "If-None-Match": tag}).status == 304
    assert somebody.call("PATCH", path, {"title": "changed"}, {"If-Match": tag}).status == 200
    assert somebody.call("PATCH", path, {"title": "late"}, {"If-Match": tag}).status == 412


# Pages


@pytest.mark.parametrize("path, script", [("/", False), ("/guides/", False), ("/guides/tokens/", False),
                                          ("/docs/", True), ("/redoc/", True)])
def test_pages(client, path, script):
    headers, text = fetch(client, path)
    assert headers.get_content_type() == "text/html" and text.startswith(b"<!doctype html>")
    assert headers["Cache-Control"] == "no-cache"
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ") and ("script-src 'self'" in policy) == script


def test_what_is_no_page(client):
    client.base = ""
    for path in ("/index.html", "/guides/nothing"):
        see_error(client.get(path), 404, "not_found")


# HTTP/2


def test_a_hundred_streams_of_one_client_pass(apache, somebody):
    done = subprocess.run(
        ["h2load", "-n", "200", "-c", "1", "-m", "100", "-H", f"Authorization: Bearer {somebody.token}",
         f"https://127.0.0.1:{apache.port}/api/v1/tasks"], capture_output=True, text=True, check=False)
    assert "status codes: 200 2xx, 0 3xx, 0 4xx, 0 5xx" in done.stdout, done.stdout


# Slow clients

SLOW_CLIENTS = 20


@pytest.mark.parametrize("form", ["short", "long", "chunked"])
@pytest.mark.parametrize("known", [False, True], ids=["a stranger", "a user"])
def test_slow_bodies(apache, somebody, form, known):
    """More of them than there are workers: others are served meanwhile, and those that come at last, too."""
    sender, wanted = (somebody, b" 201 ") if known else (Client(apache, "nobody"), b" 401 ")
    size = 5 if form == "short" else 200_000
    body = b" " * size + json.dumps({"title": "slow"}).encode()
    beginning = head(sender, "POST", "/tasks", len(body))
    if form == "chunked":
        beginning = beginning.replace(b"Content-Length", b"Transfer-Encoding: chunked\r\nX-Length")
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    with contextlib.ExitStack() as connections:
        slow = [connections.enter_context(open_raw(apache)) for _ in range(SLOW_CLIENTS)]
        for connection in slow:
            connection.sendall(beginning + body[:size])
        assert all(somebody.get("/tasks").status == 200 for _ in range(8))
        for connection in slow:
            connection.sendall(body[size:])
        answers = [connection.recv(4096).split(b"\r\n")[0] for connection in slow]
        assert all(wanted in answer for answer in answers), answers
    assert somebody.get("/tasks").body["total"] == (SLOW_CLIENTS if known else 0)
