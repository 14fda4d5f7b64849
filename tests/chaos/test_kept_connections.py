"""Connections that the web server keeps: a worker answers on all of them, and gives them back without
losing a request."""

import contextlib
import gzip
import http.client
import json
import os
import pathlib
import signal
import socket
import threading

import pytest

from chaos_client import Client
from fastcgi import BEGIN, Kept, Pool, connect, encode, receive, record
from faults import gate, held, new_task, statements_under_way, waits_for_a_lock
from stack import has_sanitizer
from waiting import wait_for

PLACES = 64  # of a worker
MIB = 1 << 20


@pytest.fixture
def pool(stack):
    """One worker, so that all of it meets the same one."""
    with Pool(stack, "kept") as pool:
        wait_for(lambda: pool.get("/ready").status == 200)
        yield pool


@pytest.fixture
def connections(pool):
    """connections(count): so many, each of which has carried a request."""
    with contextlib.ExitStack() as opened:
        def make(count):
            made = [opened.enter_context(Kept(pool.path)) for _ in range(count)]
            assert all(one.ask("GET", "/health").status == 200 for one in made)
            return made
        yield make


@contextlib.contextmanager
def stopped(pool):
    """What arrives meanwhile is found by the worker all at once, in the order in which it came."""
    pool.signal(signal.SIGSTOP)
    wait_for(lambda: state_of(pool.workers[0].pid) == "T")
    yield
    pool.signal(signal.SIGCONT)


def state_of(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]


def bearer(user):
    return {"authorization": f"Bearer {user.token}"}


def test_many_requests_on_one_connection(pool, connections, user):
    [one] = connections(1)
    for number in range(200):
        made = one.ask("POST", "/api/v1/tasks", json.dumps({"title": f"task {number}"}).encode(), **bearer(user))
        assert (made.status, made.body["title"]) == (201, f"task {number}")
        found = one.ask("GET", f"/api/v1/tasks/{made.body['id']}", **bearer(user))
        assert (found.status, found.body) == (200, made.body)
    assert pool.stop() == [0]


def test_idle_connections_hold_nobody_up(pool, connections):
    kept = connections(10)
    for one in kept:
        assert one.ask("GET", "/health").status == 200
        assert pool.get("/health").status == 200


def test_busy_connections_leave_room_for_new_ones(pool, connections):
    """Eight that ask without a pause, and a hundred requests from elsewhere in between."""
    ending, answered = threading.Event(), []

    def ask_on(one):
        while not ending.is_set():
            answered.append(one.ask("GET", "/health").status)

    threads = [threading.Thread(target=ask_on, args=(one,)) for one in connections(8)]
    for thread in threads:
        thread.start()
    assert [pool.get("/health").status for _ in range(100)] == [200] * 100
    ending.set()
    for thread in threads:
        thread.join()
    assert set(answered) == {200}


def test_more_than_there_are_places(pool, connections):
    """The one that was idle for longest goes; nobody is refused."""
    kept = connections(PLACES)
    assert kept[0].ask("GET", "/health").status == 200
    more = connections(3)
    assert all(one.has_ended() for one in kept[1:4])
    assert all(one.ask("GET", "/health").status == 200 for one in [kept[0], *kept[4:], *more])


# The end of a worker


def test_what_has_arrived_is_answered(pool, connections, user):
    """SIGTERM finds ten requests on ten connections."""
    kept = connections(10)
    with stopped(pool):
        for one in kept:
            one.send("POST", "/api/v1/tasks", b'{"title":"late"}', **bearer(user))
        pool.signal(signal.SIGTERM)
    assert [one.receive().status for one in kept] == [201] * 10
    assert all(one.has_ended() for one in kept)
    assert pool.workers[0].wait(timeout=30) == 0


@pytest.mark.parametrize("turn", range(5))
def test_what_was_sent_is_answered(pool, connections, user, turn):
    """Whoever could send a request gets an answer; afterwards sending fails."""
    sent, answered, unanswered = [], [], []

    def ask_on(one):
        while True:
            try:
                one.send("PATCH", "/api/v1/users/me", b"{}", **bearer(user))
            except BrokenPipeError:
                return
            sent.append(one)
            try:
                answered.append(one.receive().status)
            except (EOFError, OSError) as error:
                unanswered.append(error)
                return

    threads = [threading.Thread(target=ask_on, args=(one,)) for one in connections(8)]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(answered) > 20 * turn)
    pool.signal(signal.SIGTERM)
    for thread in threads:
        thread.join()
    assert unanswered == []
    assert answered == [200] * len(sent)
    assert pool.workers[0].wait(timeout=30) == 0


def test_a_new_connection_without_a_request_yet(pool):
    """The worker has taken it, so nobody else can: it waits for the request."""
    with connect(pool.path) as connection:
        assert pool.get("/health").status == 200  # by now it has been taken
        pool.signal(signal.SIGTERM)
        connection.sendall(encode("GET", "/health", keep=True))
        assert receive(connection).status == 200
        assert connection.recv(1) == b""
    assert pool.workers[0].wait(timeout=30) == 0


# What takes long


def test_nobody_waits_for_a_worker_that_waits(stack, pool, connections, user):
    """A change waits for a row. Idle connections are given back; of what has arrived, a read is left to
    others, and a change is made afterwards."""
    task = new_task(user)
    waiting, idle, read, change = connections(4)
    with held(stack, "SELECT FROM tasks WHERE id = %s FOR UPDATE", task.split("/")[-1]):
        with stopped(pool):
            waiting.send("PATCH", "/api/v1" + task, b'{"title":"at last"}', **bearer(user))
            read.send("GET", "/api/v1" + task, **bearer(user))
            change.send("POST", "/api/v1/tasks", b'{"title":"afterwards"}', **bearer(user))
        assert idle.has_ended() and read.has_ended()
        assert waits_for_a_lock(stack) == 1
    assert waiting.receive().body["title"] == "at last"
    assert change.receive().body["title"] == "afterwards"
    assert change.has_ended()


def test_connections_are_given_back_before_what_may_take_long(pool, connections, user):
    slow, idle = connections(2)
    assert slow.ask("GET", "/api/v1/tasks?search=x", **bearer(user)).status == 200
    assert idle.has_ended()
    assert slow.ask("GET", "/health").status == 200


# Bodies that come slowly


@pytest.fixture
def impatient(stack):
    with Pool(stack, "impatient", TRANSFER_TIMEOUT_S="1") as pool:
        wait_for(lambda: pool.get("/ready").status == 200)
        yield pool


def test_a_body_that_does_not_arrive(impatient, user):
    """The worker answers others, and after a while it gives up."""
    request = encode("POST", "/api/v1/tasks", b'{"title":"slow"}', **bearer(user))
    with contextlib.ExitStack() as opened:
        slow = [opened.enter_context(connect(impatient.path)) for _ in range(5)]
        for connection in slow:
            connection.sendall(request[:-20])
        assert impatient.get("/health").status == 200
        for connection in slow:
            reply = receive(connection)
            assert (reply.status, reply.body["error"]) == (408, "request_timeout")
            assert reply.headers["status"] == "408 Request Timeout"
            assert connection.recv(1) == b""


def test_headers_that_do_not_arrive(impatient):
    """Nobody knows what is asked, so there is nothing to answer."""
    request = encode("GET", "/health", keep=True)
    for length in [0, 1, 8, 16, 40]:
        with connect(impatient.path) as connection:
            connection.sendall(request[:length])
            assert connection.recv(1) == b""
    assert impatient.get("/health").status == 200


def test_an_idle_connection_may_be_so_for_long(impatient):
    """Only what has begun must go on."""
    with Kept(impatient.path) as kept, connect(impatient.path) as slow:
        assert kept.ask("GET", "/health").status == 200
        slow.sendall(encode("GET", "/health")[:20])
        assert slow.recv(1) == b"", "its time is over"
        assert kept.ask("GET", "/health").status == 200


def test_more_slow_bodies_than_places(pool, user):
    """The slowest ones make room, and all others are served."""
    request = encode("POST", "/api/v1/tasks", b'{"title":"slow"}', **bearer(user))
    with contextlib.ExitStack() as opened:
        slow = []
        for _ in range(PLACES + 6):
            slow.append(opened.enter_context(connect(pool.path, 30)))
            slow[-1].sendall(request[:-20])
        assert pool.get("/health").status == 200
        assert [receive(connection).status for connection in slow[:7]] == [408] * 7
        for connection in slow[7:]:
            connection.sendall(request[-20:])
        assert [receive(connection).status for connection in slow[7:]] == [201] * (PLACES - 1)


def test_slow_bodies_take_little_memory(pool, user):
    """What has arrived of them is bounded."""
    body = json.dumps({"title": "large", "description": "x" * MIB}).encode()[:MIB]
    records = [record(5, body[at:at + 65528]) for at in range(0, MIB, 65528)]
    request = encode("POST", "/api/v1/tasks", **bearer(user))[:-8] + b"".join(records)
    with contextlib.ExitStack() as opened:
        slow = [opened.enter_context(connect(pool.path, 30)) for _ in range(30)]
        for connection in slow:
            with contextlib.suppress(BrokenPipeError):  # one that had to make room
                connection.sendall(request)
        assert pool.get("/health").status == 200
        assert receive(slow[0]).status == 408
        assert has_sanitizer() or peak_kib(pool.workers[0].pid) < 24 * 1024


def peak_kib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


# What is no request


@pytest.mark.parametrize("garbage", [
    b"GET / HTTP/1.1\r\n\r\n", b"\0" * 100, b"\1", b"\xff" * 70000,
    encode("GET", "/health").replace(b"\x80\0\0\x0e", b"\xff\xff\xff\xff", 1),  # a length of 2 GiB
    record(BEGIN, b"\0\1\1"), record(BEGIN, b"\0\1\0\0\0\0\0\0") * 2, record(5, b"early"),
    record(BEGIN, b"\0\2\0\0\0\0\0\0"), record(11, b""), record(9, b"\x0f\0FCGI_MPXS_CONNS" * 3800),
], ids=lambda garbage: f"{garbage[:12]!r}")
def test_what_is_no_fastcgi(pool, garbage):
    with connect(pool.path) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(garbage)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
    assert pool.get("/health").status == 200
    assert pool.stop() == [0]


# Through nginx


def is_waiting(pid):
    """Whether a worker serves a connection of the web server, and waits: for the database, or for the web server
    to take an answer. The kernel tells; two more sockets are for listening and for the database."""
    process = pathlib.Path(f"/proc/{pid}")
    try:
        sockets = sum(os.readlink(fd).startswith("socket:") for fd in (process / "fd").iterdir())
        where = (process / "wchan").read_text(encoding="ascii")
    except OSError:
        return False  # it has ended
    return sockets >= 3 and "epoll" not in where and "poll" in where


def workers_that_wait(stack):
    return [pid for pid in stack.workers("api") if is_waiting(pid)]


def test_a_request_that_kills_its_worker(stack, user):
    """nginx repeats a read when a kept connection ends. One that kills whoever reads it must not go round
    for ever: each worker is met once, and once more the one on a new connection."""
    task = new_task(user)
    with contextlib.closing(user.again()) as other:
        assert all(other.get("/tasks").ok for _ in range(50))  # kept connections
    deaths, answers = [], []
    with gate(stack, "tasks"):
        asking = threading.Thread(target=lambda: answers.append(user.get(task)))
        asking.start()
        while asking.is_alive():
            for worker in workers_that_wait(stack):
                os.kill(worker, signal.SIGKILL)
                deaths.append(worker)
            asking.join(0.01)
    assert answers[0].polite
    assert 1 <= len(deaths) <= 4 + 1, deaths
    wait_for(lambda: len(stack.workers("api")) == 4)


@pytest.fixture
def large(user):
    """A list of three megabytes: more than the kernel holds between a worker and nginx."""
    for _ in range(60):
        assert user.post("/journals", {"content": "ä" * 25_000}).ok
    return "/journals?limit=60"


def nginx_processes(stack):
    master = (stack.state / "pids" / "nginx").read_text().split()[0]
    return [int(pid) for pid in
            pathlib.Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split()]


def is_writing(stack):
    """The worker that waits, while no statement is under way."""
    return workers_that_wait(stack) if statements_under_way(stack) == 0 else []


@contextlib.contextmanager
def nginx_stopped(stack):
    processes = nginx_processes(stack)
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)


def read_while_the_worker_is_killed(stack, client, path, headers):
    """nginx stands still while the worker writes, so that it is killed in the middle."""
    with contextlib.ExitStack() as stopped_nginx:
        with gate(stack, "journals") as open_gate:
            client.request("GET", path, headers=headers)
            wait_for(lambda: statements_under_way(stack) == 1)
            stopped_nginx.enter_context(nginx_stopped(stack))
            open_gate()
            [worker] = wait_for(lambda: is_writing(stack))
            os.kill(worker, signal.SIGKILL)
    return client.getresponse()


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_an_answer_that_is_cut_is_seen_as_cut(stack, user, large, encoding):
    headers = {"Authorization": f"Bearer {user.token}", "Accept-Encoding": encoding}
    for _ in range(10):
        with contextlib.closing(Client(stack).connection) as client:
            response = read_while_the_worker_is_killed(stack, client, "/api/v1" + large, headers)
            wait_for(lambda: len(stack.workers("api")) == 4)
            assert response.status in (200, 503), "503: nothing of it had left"
            try:
                text = response.read()
            except (http.client.IncompleteRead, OSError):
                assert response.headers.get("Content-Encoding", "identity") == encoding
                return
            # nginx has repeated it, or refused: then it is whole.
            json.loads(gzip.decompress(text) if "Content-Encoding" in response.headers else text)
    raise AssertionError("no answer was cut")
