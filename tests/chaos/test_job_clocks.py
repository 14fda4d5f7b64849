"""Clocks that jump, and outages: each occasion is told once, and nothing that is stale."""

import collections

import pytest

from client import at_once
from clocks import Clock
from resources import make_task
from mails import later, plain, run_job, start_jobs
from waiting import wait_for


@pytest.fixture(scope="session")
def stack(mail_stack):
    return mail_stack


@pytest.fixture
def clock(stack, server):
    made = Clock(stack)
    yield made
    made.move("+0")


def verified(user):
    user.stack.ask("UPDATE users SET email_verified = true WHERE id = %s", user.id)
    return user


def told(stack):
    """How often each task was told in each way."""
    return collections.Counter(stack.ask("SELECT task_id, type FROM notifications"))


@pytest.mark.parametrize("offset", ["-1h", "+1h", "-1d", "+1d"])
def test_a_clock_that_jumps(server, stack, clock, new_user, offset):
    """Four processes of each lane, and PostgreSQL's clock goes there and back: each occasion is told once, and each
    notification is in one mail."""
    user = verified(new_user())
    for number in range(5):
        make_task(user, title=f"task {number}", due_date=later(hours=12), remind_at=later(minutes=-1))
    lanes = [start_jobs(stack, lane, MAIL_URL=server.url) for lane in ("clock", "mail") for _ in range(4)]
    # Those that were claimed by the clock of before are claimed again only when they are due there.
    for moved in (offset, "+0", offset, "+0"):
        clock.move(moved)
        at_once(*[lambda: [run_job(stack, name) for name in ("deadlines", "reminders")]] * 4)
    wait_for(lambda: len(told(stack)) >= 10)
    wait_for(lambda: stack.ask("SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')") == [(0,)])
    # A job that was put off by a clock that was ahead is not put off any more.
    make_task(user, title="after all", remind_at=later(seconds=-5))
    wait_for(lambda: [one for one in told(stack) if one[1] == "REMINDER"][5:])
    for lane in lanes:
        lane.terminate()
    assert [lane.wait(60) for lane in lanes] == [0] * 8
    assert set(told(stack).values()) == {1}
    assert stack.ask("SELECT count(*) FROM notifications WHERE mail_id IS NULL") == [(0,)]


def test_an_outage_of_two_hours(server, stack, clock, new_user):
    """The API goes on; afterwards all is delivered that still holds, and nothing else."""
    user, other = verified(new_user()), new_user()
    server.script = {"GREETING": "421 down"}
    done, open_task = (make_task(user, title=title, remind_at=later(minutes=-1)) for title in ("done", "open"))
    run_job(stack, "reminders")
    assert user.post("/auth/reset-password/request", json={"email": user.email}).status_code == 200
    run_job(stack, "resets", MAIL_URL=server.url)
    for minutes in range(0, 121, 10):
        clock.move(f"+{minutes}m")
        run_job(stack, "mail", MAIL_URL=server.url)
    assert stack.ask("SELECT DISTINCT state, refusals FROM outbox WHERE state <> 'dropped'") == [("queued", 0)]
    assert user.patch(f"/tasks/{done['id']}", json={"status": "DONE"}).status_code == 200
    server.script = {}
    run_job(stack, "mail", MAIL_URL=server.url)
    states = dict(stack.ask("SELECT kind || ' ' || (user_id = %s), state FROM outbox", user.id))
    assert states.pop("reset_password true") == "dropped", "its link would not work any more"
    assert states.pop("verify_email true") == "dropped", "it is confirmed already"
    assert states == {"verify_email false": "sent", "notifications true": "sent"}
    texts = {taken.mail["to"]: plain(taken.mail) for taken in server.taken}
    assert set(texts) == {user.email, other.email}
    assert "open" in texts[user.email] and "Reminder: done" not in texts[user.email]


def test_a_reminder_arrives_soon(server, stack, new_user):
    """Without anybody who asks for it: the lanes poll."""
    user = verified(new_user())
    stack.ask("DELETE FROM outbox")
    lanes = [start_jobs(stack, lane, MAIL_URL=server.url) for lane in ("clock", "mail")]
    make_task(user, title="now", remind_at=later(seconds=1))
    wait_for(lambda: server.taken, 120)
    for lane in lanes:
        lane.terminate()
    assert [lane.wait(60) for lane in lanes] == [0, 0]
    assert server.taken[0].mail["subject"] == "Reminder: now"
