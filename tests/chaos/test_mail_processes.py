"""Processes of daybook-jobs that are killed, ended, or not alone."""

import collections
import os
import random
import signal
import threading

import pytest

from client import at_once
from mails import run_job, start_jobs
from promises import promise, rounds
from waiting import wait_for


@pytest.fixture(scope="session")
def stack(mail_stack):
    return mail_stack


def queue(stack, user, count):
    stack.ask("INSERT INTO outbox (user_id, id, kind, expires_at) SELECT %s, gen_random_uuid(), 'password_changed',"
              " now() + interval '1 day' FROM generate_series(1, %s)", user.id, count)


def waiting(stack):
    return stack.ask("SELECT count(*) FROM outbox WHERE state <> 'sent'")[0][0]


class Supervised:
    """A mail lane that is killed at random steps of its dialogue, and started again as multiwatch does it. The
    lease of a process that is known to be dead is not waited for."""

    def __init__(self, stack, server, chance):
        self.stack, self.server, self.chance = stack, server, chance
        self.dice, self.kills = random.Random(chance), collections.Counter()
        self.process = start_jobs(stack, "mail", MAIL_URL=server.url)
        server.on_step = self.maybe_kill

    def maybe_kill(self, step):
        if step != "QUIT" and self.process.poll() is None and self.dice.random() < self.chance:
            self.process.kill()
            self.process.wait()
            self.kills[step] += 1

    def done(self):
        if self.process.poll() is not None:
            self.stack.ask("UPDATE outbox SET lease_until = '-infinity' WHERE state = 'sending'")
            self.process = start_jobs(self.stack, "mail", MAIL_URL=self.server.url)
        return waiting(self.stack) == 0

    def end(self):
        self.process.terminate()
        assert self.process.wait(60) == 0


@promise
def test_nothing_is_lost_when_the_lane_is_killed(server, stack, new_user):
    """At any step, again and again. What the server had taken without being heard comes twice, as the same mail."""
    count = rounds(100, 1000)
    queue(stack, new_user(), count)
    lane = Supervised(stack, server, 0.03)
    wait_for(lane.done, 600, 0.05)
    lane.end()
    copies = collections.defaultdict(list)
    for taken in server.taken:
        copies[taken.mail["message-id"]].append(taken.data)
    print(f"{count + 1} mails, {lane.kills.total()} kills ({lane.kills['DOT']} before the last answer):"
          f" {count + 1 - len(copies)} lost, {len(server.taken) - len(copies)} twice")
    assert lane.kills.total() >= count / 20
    assert len(copies) == count + 1
    assert all(len(set(same)) == 1 for same in copies.values())
    assert len(server.taken) - len(copies) == lane.kills["DOT"]


def test_lanes_share_the_work(server, stack, new_user):
    user = new_user()
    queue(stack, user, 100)
    at_once(*[lambda: run_job(stack, "mail", MAIL_URL=server.url)] * 4)
    assert len({taken.mail["message-id"] for taken in server.taken}) == len(server.taken) == 101
    assert waiting(stack) == 0


def test_a_lane_that_is_ended_finishes_its_mail(server, stack, new_user):
    reached, goes_on = threading.Event(), threading.Event()

    def stay(step):
        if step == "DOT":
            reached.set()
            assert goes_on.wait(60)

    server.on_step = stay
    queue(stack, new_user(), 1)
    lane = start_jobs(stack, "mail", MAIL_URL=server.url)
    assert reached.wait(60)
    lane.send_signal(signal.SIGTERM)
    goes_on.set()
    assert lane.wait(60) == 0
    assert len(server.taken) == 1 and waiting(stack) == 1


def test_a_log_that_was_moved_away(server, stack, new_user):
    """SIGHUP opens it anew."""
    log = stack.state / "logs" / "mail.log"
    lane = start_jobs(stack, "mail", MAIL_URL=server.url)
    wait_for(lambda: stack.log(event="jobs_started", pid=lane.pid))
    log.rename(log.with_suffix(".1"))
    os.kill(lane.pid, signal.SIGHUP)
    new_user()
    wait_for(lambda: stack.log(event="mail_sent", pid=lane.pid))
    lane.terminate()
    assert lane.wait(60) == 0
