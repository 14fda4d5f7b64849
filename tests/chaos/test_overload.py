"""More than a pool can carry, and clients that are slow or go away."""

import concurrent.futures
import contextlib
import json
import socket
import struct
import threading
import time
import uuid

import pytest

from faults import trigger
from promises import promise, rounds
from raw import head, open_raw
from waiting import wait_for

BACKLOG = 128
SLOW_CLIENTS = 20


def crowd(user, count, work):
    """`count` people call work(client) at the same time, each from an address of their own; the
    answers as futures."""
    barrier = threading.Barrier(count)

    def one(number):
        with contextlib.closing(user.again(f"127.0.1.{number}")) as client:
            client.connection.connect()  # the TLS handshake is not what is measured
            barrier.wait()
            return work(client)

    threads = concurrent.futures.ThreadPoolExecutor(count)
    calls = [threads.submit(one, 1 + number) for number in range(count)]
    threads.shutdown(wait=False)
    return calls


def test_full_backlog(stack, user):
    """Nobody takes requests: what does not fit is refused meanwhile, the rest is not forgotten."""
    with stack.standing_still(stack.workers("api")):
        calls = crowd(user, BACKLOG + 36, lambda client: client.patch("/users/me", {}))
        wait_for(lambda: sum(call.done() for call in calls) >= 30)
    answers = [call.result() for call in calls]
    shed = [answer for answer in answers if not answer.ok]
    assert len(shed) >= 30
    assert all(answer.polite for answer in shed)
    assert len(answers) - len(shed) >= BACKLOG


def test_crowd(stack, user):
    """Each change takes a tenth of a second, so four workers can do forty in a second."""
    with trigger(stack, "PERFORM pg_sleep(0.1)"):
        calls = crowd(user, BACKLOG + 72, lambda client: client.post("/tasks", {"title": "chaos"}))
        answers = [call.result() for call in calls]
    served = [answer for answer in answers if answer.ok]
    shed = [answer for answer in answers if not answer.ok]
    assert shed and all(answer.polite for answer in shed)
    assert len(served) >= BACKLOG
    assert user.get("/tasks").body["total"] == len(served)


# Slow clients

@contextlib.contextmanager
def slow_clients(stack, beginning, receive_bytes=None):
    """Many clients that send only this, and then do nothing."""
    with contextlib.ExitStack() as connections:
        clients = [connections.enter_context(open_raw(stack, receive_bytes))
                   for _ in range(SLOW_CLIENTS)]
        for client in clients:
            client.sendall(beginning)
        time.sleep(0.2)
        yield clients


def see_others_served(user):
    answers = [user.get("/tasks?limit=1") for _ in range(20)]
    assert all(answer.ok for answer in answers)


def test_slow_headers(stack, user):
    with slow_clients(stack, head(user, "GET", "/tasks")[:60]):
        see_others_served(user)


def test_slow_bodies(stack, user):
    body = json.dumps({"title": "slow"}).encode()
    with slow_clients(stack, head(user, "POST", "/tasks", len(body)) + body[:5]) as clients:
        see_others_served(user)
        for client in clients:
            client.sendall(body[5:])
        assert all(b" 201 " in client.recv(4096).split(b"\r\n")[0] for client in clients)
    assert user.get("/tasks").body["total"] == SLOW_CLIENTS


def test_slow_readers(stack, user):
    """Half a megabyte each, which nobody reads at first; nginx holds it, not a worker."""
    for _ in range(200):
        assert user.post("/tasks", {"title": "long", "description": "ä" * 1200}).ok
    with slow_clients(stack, head(user, "GET", "/tasks?limit=200"), 4096) as clients:
        see_others_served(user)
        for client in clients[:4]:
            _, _, body = b"".join(iter(lambda: client.recv(65536), b"")).partition(b"\r\n\r\n")
            assert len(json.loads(body)["tasks"]) == 200


# Clients that go away

def leave(connection):
    """Resets the connection instead of closing it."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@promise
def test_client_goes_away(stack, user):
    """Whatever it left behind is whole or not there, and no worker minds."""
    workers = stack.workers("api")
    titles = {}
    for turn in range(rounds(120, 1000)):
        task = str(uuid.uuid4())
        titles[task] = f"left {turn}"
        body = json.dumps({"id": task, "title": titles[task]}).encode()
        connection = open_raw(stack)
        connection.sendall(head(user, "POST", "/tasks", len(body)) + body)
        time.sleep(turn % 6 / 2000)
        leave(connection)
    time.sleep(0.2)
    answer = user.get("/tasks?limit=200")
    assert answer.ok
    assert all(titles[task["id"]] == task["title"] for task in answer.body["tasks"])
    assert answer.body["total"] > 0
    assert stack.workers("api") == workers


@pytest.mark.parametrize("goes", [leave, lambda connection: connection.close()], ids=["reset", "closed"])
def test_what_nobody_waits_for_is_not_begun(stack, user, goes):
    """Requests queue while no worker takes any; some clients lose patience. Whoever was told that a
    change failed must not find it made later."""
    title = f"impatient {uuid.uuid4()}"
    body = json.dumps({"title": title}).encode()
    with contextlib.ExitStack() as clients:
        patient = [clients.enter_context(open_raw(stack)) for _ in range(5)]
        impatient = [clients.enter_context(open_raw(stack)) for _ in range(15)]
        gone, dropped = len(stack.access_log(status=499)), len(stack.log(event="request_given_up"))
        with stack.standing_still(stack.workers("api")):
            before = stack.connections("api")
            for client in impatient[:8] + patient + impatient[8:]:
                client.sendall(head(user, "POST", "/tasks", len(body)) + body)
            wait_for(lambda: stack.connections("api") >= before + 20)
            for client in impatient:
                goes(client)
            wait_for(lambda: len(stack.access_log(status=499)) == gone + 15)
        assert all(b" 201 " in client.recv(4096).split(b"\r\n")[0] for client in patient)
    wait_for(lambda: len(stack.log(event="request_given_up")) == dropped + 15)
    assert user.get("/tasks").body["total"] == 5


def test_client_goes_away_within_the_body(stack, user):
    body = json.dumps({"title": "half"}).encode()
    for length in range(len(body)):
        connection = open_raw(stack)
        connection.sendall(head(user, "POST", "/tasks", len(body)) + body[:length])
        leave(connection)
    assert user.get("/tasks").body["total"] == 0
