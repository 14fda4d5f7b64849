"""Imports that are large, cut, or at once: in little memory, and never by halves."""

import contextlib
import json
import os
import socket
import ssl
import subprocess
import tempfile
import threading

import pytest

from contract import refused
from memory import memory_grows
from moving import IMPORT as PATH, LISTS, content, export, take
from private_pg import ROOT
from resources import make_task, new_id
from waiting import wait_for

MANY = int(os.environ.get("DAYBOOK_IMPORT_TASKS", "12000"))
FLAT = 16 << 20
LIMIT = 64 << 20
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def served(restart_stack):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)  # the workers may be somebody else
        settings = {"DAYBOOK_SLOW_WORKERS": "1", "TMPDIR": folder}
        stack = restart_stack(**settings)
        yield stack
        for name in settings:
            del stack.environment[name]


@pytest.fixture(scope="module")
def caller(served, connect):
    return connect(served)


def many(count):
    """A document with so many tasks, in an order that is not that of their ids, and of other lists a tenth."""
    projects = [{"id": new_id(), "name": f"project {n}"} for n in range(20)]
    moods = [{"id": new_id(), "score": 1 + n % 5, "recorded_at": "2026-01-02T03:04:05.000006Z"} for n in range(count // 10)]
    return {"projects": projects, "moods": moods, "categories": [{"id": new_id(), "name": "c"}], "tasks": [
        {"id": new_id(), "title": f"task {n}", "description": "A description of this and that. " * 4, "version": 1 + n % 7,
         "status": ["TODO", "IN_PROGRESS", "DONE"][n % 3], "project_id": projects[n % 20]["id"],
         "created_at": "2026-01-02T03:04:05.000006Z", "updated_at": "2026-02-02T03:04:05.000006Z"} for n in range(count)],
        "journals": [{"id": new_id(), "content": "Dear diary, " * 30, "mood_id": mood["id"], "tags": ["a", "b"],
                      "entry_date": "2026-01-02"} for mood in moods]}


def send(who, body, params=""):
    """Past the contract's check of each row, which takes long."""
    return who.send("POST", f"/api/v1{PATH}{params}", JSON, data=body)


def test_there_and_back_in_little_memory(served, caller):
    one, other = caller.new_user(), caller.new_user()
    take(caller.new_user(), {"tasks": [{"id": new_id(), "title": "a first one"}]})
    with memory_grows(served, FLAT):
        answer = send(one, json.dumps({"format": 1, **many(MANY)}))
    assert (answer.status_code, answer.json()["imported"]["tasks"]) == (200, MANY), answer.text
    first = one.send("GET", "/api/v1/users/me/export").json()
    with memory_grows(served, FLAT):
        answer = send(other, json.dumps(first))
    assert answer.json()["imported"] == {name: len(first[name]) for name in LISTS}
    second = other.send("GET", "/api/v1/users/me/export").json()
    assert {name: second[name] for name in LISTS} == {name: first[name] for name in LISTS}
    with memory_grows(served, FLAT):
        answer = send(other, json.dumps(first))
    assert answer.json()["skipped"]["tasks"] == MANY


def test_a_body_at_its_limit(served, caller):
    user = caller.new_user()
    head, tail = b'{"format": 1, "sessions": [', b'"x"]}'
    filler = b'"' + b"x" * 1_000_000 + b'",'
    body = head + filler * 60
    with memory_grows(served, FLAT):
        for size in (LIMIT, LIMIT + 1):
            answer = send(user, body + b" " * (size - len(body) - len(tail)) + tail)
            assert answer.status_code == (200 if size == LIMIT else 413), answer.text
    assert answer.json()["error"] == "payload_too_large"
    assert user.send("POST", "/api/v1/tasks", JSON, data=b'{"title": "' + b"x" * (2 << 20) + b'"}').status_code == 413


def test_too_many_rows(served, caller):
    user = caller.new_user()
    with memory_grows(served, FLAT):
        answer = send(user, b'{"format": 1, "tasks": [' + b"{}," * 10_000_000 + b"{}]}")
    refused(answer, 413, "payload_too_large")
    assert export(user)["tasks"] == []


def test_a_fault_at_the_very_end(served, caller):
    user, document = caller.new_user(), many(2000)
    document["journals"].append({"id": new_id(), "content": ""})
    answer = send(user, json.dumps({"format": 1, **document}))
    refused(answer, 400, "validation_failed", "journals[200].content")
    refused(send(user, json.dumps({"format": 1, **many(2000)})[:-1]), 400, "invalid_json")
    assert content(user) == {name: [] for name in LISTS}


@contextlib.contextmanager
def begun(stack, who, body, length):
    """A request whose body has this length, of which only a part was sent."""
    context = ssl.create_default_context(cafile=stack.certificate)
    with socket.create_connection(("127.0.0.1", stack.port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as line:
            line.sendall(f"POST /api/v1{PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                         f"Authorization: Bearer {who.access_token}\r\nContent-Length: {length}\r\n\r\n".encode() + body)
            yield line


@pytest.mark.parametrize("missing", [1, 1000])
def test_a_connection_that_is_cut(served, caller, missing):
    user, body = caller.new_user(), json.dumps({"format": 1, **many(1000)}).encode()
    with begun(served, user, body[:-missing], len(body)):
        pass
    make_task(user, title="goes on")
    assert [task["title"] for task in export(user)["tasks"]] == ["goes on"]
    wait_for(lambda: not open_spools(served.workers("slow")))


def open_spools(workers):
    """The files without a name that workers hold."""
    links = [os.readlink(f"/proc/{pid}/fd/{fd}") for pid in workers for fd in os.listdir(f"/proc/{pid}/fd")]
    return [link for link in links if "(deleted)" in link]


@contextlib.contextmanager
def held(stack, table):
    """An import stops at this table, with everything before it done."""
    connection = stack.postgres.connect("daybook", autocommit=False)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE daybook.{table} IN SHARE MODE")
        yield
    finally:
        connection.close()


def waiting(stack, event):
    return stack.ask("SELECT pid FROM pg_stat_activity WHERE usename = 'daybook_app' AND wait_event = %s"
                     " AND query LIKE '%%import_%%'", event)


def test_a_database_that_goes_away_in_the_middle(served, caller):
    user, answers = caller.new_user(), []
    sending = threading.Thread(target=lambda: answers.append(send(user, json.dumps({"format": 1, **many(1000)}))))
    with held(served, "journals"):
        sending.start()
        [[pid]] = wait_for(lambda: waiting(served, "relation"))
        served.ask("SELECT pg_terminate_backend(%s)", pid)
        sending.join()
    refused(answers[0], 503, "unavailable")
    assert content(user) == {name: [] for name in LISTS}
    assert send(user, json.dumps({"format": 1, **many(10)})).status_code == 200


@pytest.fixture(scope="module")
def seeded(served, caller):
    """A stack with the invented people."""
    done = subprocess.run([ROOT / "scripts" / "seed", "--small", "--yes", served.postgres.url("daybook")],
                          env={**os.environ, "ENVIRONMENT": "test"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return caller


@pytest.mark.parametrize("name", ["mary", "george", "virginia"])
def test_what_somebody_has_gathered_moves_whole(seeded, name):
    mine = seeded.log_in(f"{name}@demo.example", "Demo-Password-1")
    document, other = export(mine), seeded.new_user()
    answer = send(other, json.dumps(document))
    assert answer.json()["imported"] == {kind: len(document[kind]) for kind in LISTS}
    moved = other.send("GET", "/api/v1/users/me/export").json()
    assert {kind: moved[kind] for kind in LISTS} == {kind: document[kind] for kind in LISTS}


def test_a_second_one_waits_for_the_first(served, restart_stack, connect):
    del served  # whose end takes the setting back
    stack = restart_stack(DAYBOOK_SLOW_WORKERS="2")
    user, answers = connect(stack).new_user(), {}
    document = json.dumps({"format": 1, **many(100)})

    def run(name):
        answers[name] = send(user, document).json()

    threads = {name: threading.Thread(target=run, args=(name,)) for name in ("first", "second")}
    with held(stack, "journals"):
        threads["first"].start()
        wait_for(lambda: waiting(stack, "relation"))
        threads["second"].start()
        wait_for(lambda: waiting(stack, "PgSleep"))
    for thread in threads.values():
        thread.join()
    assert (answers["first"]["imported"]["tasks"], answers["second"]["skipped"]["tasks"]) == (100, 100)
