"""The export: everything of a user, nothing of others, whole or not at all, and in little memory."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import ssl
import tempfile
import threading

import pytest

from contract import JSON_TYPE, refused
from mails import notify
from memory import memory_grows
from moving import EXPORT as PATH, LISTS, export
from resources import change, make, make_task, pages_by_cursor, read
from waiting import wait_for

# What a list leaves out unless it is asked.
EVERYTHING = {"projects": {"archived": "all"}, "tasks": {"archived": "true"}}
PLAIN = {"Accept-Encoding": "identity"}  # compressed it has no length
MANY = 100_000
PORTION = 1000
FLAT = 2 << 20
ROW = {"tasks": "title, description", "journals": "title, content, entry_date"}


def from_lists(who):
    """The same by the API's lists, in the order of the ids."""
    return {name: sorted(pages_by_cursor(who, f"/{name}", {"limit": 200, **EVERYTHING.get(name, {})}), key=lambda row: row["id"]) for name in LISTS}


def fill(stack, who, kind, count, text):
    """Writes rows past the API, because there are too many."""
    values = {"tasks": "'task ' || n, %s", "journals": "'entry ' || n, %s, date '2026-01-01'"}[kind]
    # In portions: a statement that makes many tasks looks at all of them for each next place.
    for first in range(1, count + 1, PORTION):
        stack.ask(f"INSERT INTO {kind} (user_id, id, {ROW[kind]}) SELECT %s, gen_random_uuid(), {values}"
                  " FROM generate_series(%s, least(%s, %s)) AS n",
                  who.id, text, first, first + PORTION - 1, count)


@pytest.fixture
def somebody(new_user):
    """With some of everything."""
    user = new_user(name="Grace \"H\" 🗓")
    live, old = make(user, "projects", description="d"), make(user, "projects", archived=True)
    category, mood = make(user, "categories", color="#123456"), user.post("/moods", json={"score": 5, "emotions": ["calm", '"'], "note": "\\"}).json()
    for project in [None, live["id"], old["id"]]:
        for status in ["TODO", "IN_PROGRESS", "DONE"]:
            make_task(user, project_id=project, status=status, category_id=category["id"], description="two\nlines 語", due_date="2026-11-20T09:30:00Z")
    user.post("/journals", json={"content": "\u0001 and \U0010ffff", "tags": ["rain", "öl"], "mood_id": mood["id"]})
    notify(user)
    return user


# What is in it.


def test_it_is_what_the_lists_say(somebody, stranger):
    make_task(stranger, title="somebody else's")
    before = somebody.get("/health").json()["timestamp"]
    document = export(somebody)
    assert list(document) == ["format", "exported_at", "user", "preferences", "sessions", *LISTS]
    assert {name: document[name] for name in LISTS} == from_lists(somebody)
    assert [len(document[name]) for name in LISTS] == [2, 1, 10, 1, 1, 1]
    assert document["user"] == read(somebody, "/users/me")
    assert document["format"] == 1
    assert [session["id"] for session in document["sessions"]] == [somebody.session_id]
    assert before <= document["exported_at"] <= somebody.get("/health").json()["timestamp"]
    assert document["preferences"] == read(somebody, "/users/me/preferences")
    for name in LISTS[:-1]:  # notifications are read in their list only
        for row in document[name]:
            assert read(somebody, f"/{name}/{row['id']}") == row
    change(somebody, f"/journals/{document['journals'][0]['id']}", title="new")
    assert export(somebody)["journals"][0]["title"] == "new"


def test_who_has_nothing_gets_that(user, somebody):
    document = export(user)
    assert {name: document[name] for name in LISTS} == {name: [] for name in LISTS}
    for row in [read(somebody, "/users/me"), *export(somebody)["tasks"]]:
        assert row["id"] not in json.dumps(document)


def test_one_id_of_two_people(user, stranger):
    mine = make_task(user, title="mine")
    hers = make_task(stranger, id=mine["id"], title="hers")
    assert (export(user)["tasks"], export(stranger)["tasks"]) == ([mine], [hers])


@pytest.mark.parametrize("kind, count", [("tasks", 99), ("tasks", 100), ("tasks", 101), ("tasks", 200), ("journals", 4), ("journals", 9)])
def test_at_the_ends_of_its_pages(stack, user, kind, count):
    fill(stack, user, kind, count, "x")
    rows = export(user)[kind]
    assert len({row["id"] for row in rows}) == len(rows) == count
    assert rows == from_lists(user)[kind]


# How it is answered.


def test_headers(somebody):
    answer = somebody.get(PATH, headers=PLAIN)
    assert answer.headers["Content-Type"] == JSON_TYPE
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="daybook.json"'
    assert (answer.headers["Cache-Control"], "ETag" in answer.headers) == ("no-store", False)
    head = somebody.head(PATH, headers=PLAIN)
    assert (head.status_code, head.content, head.headers["Content-Type"]) == (200, b"", JSON_TYPE)
    assert head.headers["Content-Length"] == answer.headers["Content-Length"]


def test_what_is_refused(client, user):
    refused(client.get(PATH), 401, "unauthorized")
    refused(user.get(PATH + "?format=csv"), 400, "validation_failed", "format")
    for method in ["POST", "PUT", "PATCH", "DELETE"]:
        refused(user.request(method, PATH, json={}), 405, "method_not_allowed")
    refused(user.get(f"/users/{user.id}/export"), 404, "not_found")
    leaver = user.another_session()
    leaver.post("/auth/logout")
    refused(leaver.get(PATH), 401, "session_revoked")


def test_it_is_of_one_moment(user):
    """A task moves between two projects all the time; in each export it is counted once."""
    projects = [make(user, "projects") for _ in range(2)]
    task, ended = make_task(user, project_id=projects[0]["id"]), threading.Event()

    def move():
        for number in range(10_000):
            if ended.is_set():
                return
            change(user, f"/tasks/{task['id']}", project_id=projects[number % 2]["id"])

    mover = threading.Thread(target=move)
    mover.start()
    try:
        for _ in range(40):
            document = export(user)
            counts = {project["id"]: project["task_count"] for project in document["projects"]}
            assert sum(counts.values()) == 1 == counts[document["tasks"][0]["project_id"]]
    finally:
        ended.set()
        mover.join()


# A great deal of it, by a worker of its own.


@pytest.fixture(scope="module")
def folder():
    """Where large answers are kept on their way."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o777)  # the workers may be somebody else
        yield pathlib.Path(name)


@pytest.fixture(scope="module")
def served(restart_stack, folder):
    settings = {"DAYBOOK_SLOW_WORKERS": "1", "TMPDIR": str(folder)}
    stack = restart_stack(**settings)
    yield stack
    for name in settings:
        del stack.environment[name]


@pytest.fixture(scope="module")
def caller(served, connect):
    return connect(served)


@pytest.fixture(scope="module")
def writer(served, caller):
    """Somebody with 100 000 tasks."""
    user = caller.new_user()
    fill(served, user, "tasks", MANY, "A description of this and that. " * 4)
    return user


def whole(who):
    """A large export, without the check of every row against its schema."""
    answer = who.send("GET", "/api/v1" + PATH, headers=PLAIN)
    assert (answer.status_code, int(answer.headers["Content-Length"])) == (200, len(answer.content)), answer.text[:1000]
    return answer.json()


def test_a_hundred_thousand_tasks(served, caller, writer):
    whole(caller.new_user())
    with memory_grows(served, FLAT):
        tasks = whole(writer)["tasks"]
    assert len({task["id"] for task in tasks}) == len(tasks) == MANY
    assert {task["title"] for task in tasks} == {f"task {number}" for number in range(1, MANY + 1)}
    assert tasks[0] == read(writer, f"/tasks/{tasks[0]['id']}")


@pytest.mark.parametrize("kind, count, length", [("journals", 100, 100_000), ("tasks", 1000, 2000)])
@pytest.mark.parametrize("character", ["🗓", "\u0001"], ids=ascii)
def test_the_longest_texts(served, caller, kind, count, length, character):
    user, text = caller.new_user(), character * length
    fill(served, user, kind, count, text)
    whole(caller.new_user())
    with memory_grows(served, 2 * FLAT):
        rows = whole(user)[kind]
    assert len(rows) == count
    assert {row.get("content", row.get("description")) for row in rows} == {text}


def break_off(stack, who, after_bytes):
    """Asks for the export and hangs up."""
    context = ssl.create_default_context(cafile=stack.certificate)
    with socket.create_connection(("127.0.0.1", stack.port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as line:
            line.sendall(f"GET /api/v1{PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {who.access_token}\r\n\r\n".encode())
            while after_bytes > 0:
                after_bytes -= len(line.recv(min(after_bytes, 65536)))


@pytest.mark.parametrize("after_bytes", [0, 1, 1000, 1_000_000], ids=str)
def test_a_client_that_breaks_off(served, caller, writer, after_bytes):
    user, workers = caller.new_user(), served.workers("slow")
    make_task(user)
    for _ in range(2):
        break_off(served, writer, after_bytes)
    for _ in range(3):
        assert len(export(user)["tasks"]) == 1
    assert served.workers("slow") == workers
    wait_for(lambda: not open_spools(workers))


def open_spools(workers):
    """The files without a name that workers hold."""
    links = [os.readlink(f"/proc/{pid}/fd/{fd}") for pid in workers for fd in os.listdir(f"/proc/{pid}/fd")]
    return [link for link in links if "(deleted)" in link]


# Without a database in the middle of it.


@pytest.fixture(scope="module")
def other(served, caller):
    user = caller.new_user()
    fill(served, user, "tasks", 2000, "x")
    served.ask("CHECKPOINT")  # a backend that is killed takes along what was not written yet
    return user


@contextlib.contextmanager
def journals_held(stack):
    """The export has read everything before the journals, and waits there."""
    connection = stack.postgres.connect("daybook", autocommit=False)
    try:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE daybook.journals IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        connection.close()


def waiting_backend(stack):
    """The server process of an export that waits for the table."""
    return wait_for(lambda: stack.ask("SELECT pid FROM pg_stat_activity"
                                      " WHERE wait_event_type = 'Lock' AND query LIKE '%%journals%%'"))[0][0]


@pytest.mark.parametrize("end", ["terminated", "killed", "locked for long"])
def test_a_database_that_goes_away_in_the_middle(served, other, end):
    answers = []
    asking = threading.Thread(target=lambda: answers.append(other.get(PATH)))
    # Each worker of the pool finds out by itself that the database is back.
    wait_for(lambda: all(other.get(PATH).status_code == 200 for _ in served.workers("slow")))
    with journals_held(served):
        asking.start()
        pid = waiting_backend(served)
        if end == "terminated":
            served.ask("SELECT pg_terminate_backend(%s)", pid)
        elif end == "killed":
            os.kill(pid, signal.SIGKILL)  # with which all others end, too
        asking.join()
    refused(answers[0], 503, "unavailable")
    assert "Content-Disposition" not in answers[0].headers
    document = wait_for(lambda: (answer := other.get(PATH)).status_code == 200 and answer.json())
    assert len(document["tasks"]) == 2000
    wait_for(lambda: not open_spools(served.workers("slow")))


def test_no_file_can_be_made_for_it(served, other, folder):
    folder.rename(f"{folder}.away")
    try:
        refused(other.get(PATH), 503, "unavailable")
        assert other.get("/tasks?limit=1").status_code == 200
    finally:
        folder.with_name(f"{folder.name}.away").rename(folder)
    assert served.log(event="spool_failed")[-1]["message"] == "No such file or directory"
    assert len(export(other)["tasks"]) == 2000
