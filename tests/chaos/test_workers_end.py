"""Workers that are told to end finish what they have; one that is killed loses its request and
nothing else."""

import os
import random
import signal
import threading
import time

import pytest

from chaos_client import sign_up
from fastcgi import WORKER, Pool, connect, encode, receive
from faults import held, new_task
from load import Load
from promises import promise, rounds
from waiting import wait_for

WORKERS = {"api": 4, "slow": 2, "auth": 1}
SANITIZED = b"__asan_init" in WORKER.read_bytes()
# A sanitizer build would report the second one as a defect of its own.
CRASHES = [signal.SIGKILL] if SANITIZED else [signal.SIGKILL, signal.SIGSEGV]


def replaced(stack, pool, old):
    """Waits until none of the old workers is left and the pool is complete again."""
    def complete():
        now = stack.workers(pool)
        return len(now) == WORKERS[pool] and not set(now) & set(old)
    wait_for(complete, pause_s=0.005)


@promise
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR1])
def test_each_worker_in_turn(stack, number):
    with Load(stack, pause_s=0.005) as load:
        for _ in range(rounds(8, 100)):
            worker = stack.workers("api")[0]
            os.kill(worker, number)
            replaced(stack, "api", [worker])
        time.sleep(0.1)
    assert len(load.answers) >= 50
    assert load.failed() == []


@promise
def test_whole_pool_at_once(stack):
    with Load(stack, pause_s=0.005) as load:
        for _ in range(rounds(4, 20)):
            time.sleep(0.2)
            old = stack.workers("api")
            for worker in old:
                os.kill(worker, signal.SIGTERM)
            replaced(stack, "api", old)
    assert len(load.answers) >= 50
    assert load.failed() == []
    assert load.lost() == []


def test_every_answer_has_its_line_in_the_log(stack):
    """Workers gather lines and write many at once; one that is told to end writes what it has."""
    with Load(stack, pause_s=0) as load:
        for _ in range(4):
            time.sleep(0.1)
            old = stack.workers("api")
            for worker in old:
                os.kill(worker, signal.SIGTERM)
            replaced(stack, "api", old)
    answered = {answer.headers["X-Request-Id"] for answer in load.answers}
    assert len(answered) == len(load.answers) >= 50

    def missing():
        return answered - {line["request_id"] for line in stack.log(event="request")}

    wait_for(lambda: not missing())


def test_auth_pool_of_one_worker(stack):
    """While it is replaced, logins wait in the queue of its socket."""
    answers, ending = [], threading.Event()

    def log_in():
        client = sign_up(stack)
        while not ending.is_set():
            answers.append(client.post("/auth/login", client.account))
        client.close()

    threads = [threading.Thread(target=log_in) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        time.sleep(0.2)
        old = stack.workers("auth")
        os.kill(old[0], signal.SIGTERM)
        replaced(stack, "auth", old)
    ending.set()
    for thread in threads:
        thread.join()
    assert len(answers) > 5
    assert [answer for answer in answers if answer.status != 200] == []


def test_request_under_way_is_finished(stack, user):
    """It waits for a row while every worker is told to end."""
    task, answers = new_task(user), []
    client = user.again()
    with held(stack, "SELECT FROM tasks WHERE id = %s FOR UPDATE", task.split("/")[-1]):
        thread = threading.Thread(target=lambda: answers.append(client.patch(task, {"title": "done"})))
        thread.start()
        time.sleep(0.15)
        old = stack.workers("api")
        for worker in old:
            os.kill(worker, signal.SIGTERM)
        time.sleep(0.15)
        assert thread.is_alive()
    thread.join()
    assert answers[0].status == 200, answers
    assert answers[0].body["title"] == "done"
    replaced(stack, "api", old)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_idle_worker_ends(stack, number):
    with Pool(stack, "idle", count=2) as pool:
        wait_for(lambda: pool.get("/ready").status == 200)
        time.sleep(0.2)
        pool.signal(number)
        assert [worker.wait(timeout=30) for worker in pool.workers] == [0, 0]


def test_worker_that_has_just_started(stack):
    """Whatever it is doing then, the signal is not lost."""
    for step in range(24):
        with Pool(stack, "young") as pool:
            time.sleep(step / 600)
            pool.signal(signal.SIGTERM)
            assert pool.workers[0].wait(timeout=30) in (0, -signal.SIGTERM)


def test_body_under_way_is_read(stack):
    """SIGTERM between two halves of a request: the second half is waited for."""
    with Pool(stack, "half") as pool:
        wait_for(lambda: pool.get("/health").status == 200)
        request = encode("POST", "/api/v1/auth/login", b'{"email":"nobody@example.org","password":"?"}')
        with connect(pool.path) as connection:
            connection.sendall(request[:-30])
            time.sleep(0.1)
            pool.signal(signal.SIGTERM)
            time.sleep(0.1)
            connection.sendall(request[-30:])
            assert receive(connection).status == 401
        assert [worker.wait(timeout=30) for worker in pool.workers] == [0]


def test_sighup_only_opens_the_log_anew(stack):
    with Pool(stack, "log") as pool:
        wait_for(lambda: pool.get("/health").status == 200)
        pool.log.rename(pool.log.with_suffix(".old"))
        pool.signal(signal.SIGHUP)
        wait_for(pool.log.exists)
        assert pool.get("/health").status == 200
        assert "/health" in pool.log.read_text()
        assert pool.stop() == [0]


@promise
@pytest.mark.parametrize("number", CRASHES)
def test_killed_worker(stack, number):
    """At most one request is lost for each, as a 503; another worker takes its place."""
    kills = rounds(12, 150)
    with Load(stack, pause_s=0.005) as load:
        for _ in range(kills):
            time.sleep(random.uniform(0.05, 0.15))
            worker = random.choice(stack.workers("api"))
            os.kill(worker, number)
            replaced(stack, "api", [worker])
    assert load.impolite() == [], "a cut or misshaped answer"
    assert len(load.failed()) <= kills
    assert load.lost() == []
