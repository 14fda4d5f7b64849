"""What a user is told of tasks: once for each occasion, as the preferences say; lists, marks, deletion."""

import itertools
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from client import at_once
from clocks import FAKETIME
from contract import refused
from mails import later, notify, run_job
from resources import change, make, make_task, new_id
from stack import has_sanitizer

PREFERENCES = "/users/me/preferences"


def told(who, **filters):
    """What was told of tasks, as (type, task), the oldest first."""
    answer = who.get("/notifications", params={"limit": 200, "sort_order": "asc", **filters})
    return [(one["type"], one["task_id"]) for one in answer.json()["notifications"]]


def strike(stack):
    """Both jobs of the clock, now."""
    run_job(stack, "deadlines")
    run_job(stack, "reminders")


# What is told.


@pytest.mark.parametrize("minutes, expected", [
    (5, ["DEADLINE_APPROACHING"]), (23 * 60, ["DEADLINE_APPROACHING"]), (25 * 60, []), (-5, ["OVERDUE"]),
    (-23 * 60, ["OVERDUE"]), (-25 * 60, []), (-400 * 24 * 60, []), (None, [])])
def test_deadlines(user, minutes, expected):
    task = make_task(user, due_date=None if minutes is None else later(minutes=minutes))
    strike(user.stack)
    assert told(user) == [(one, task["id"]) for one in expected]
    strike(user.stack)
    assert len(told(user)) == len(expected), "an occasion is told once"


@pytest.mark.parametrize("minutes, count", [(-1, 1), (-23 * 60, 1), (-25 * 60, 0), (5, 0)])
def test_reminders(user, minutes, count):
    task = make_task(user, remind_at=later(minutes=minutes))
    strike(user.stack)
    strike(user.stack)
    assert told(user) == [("REMINDER", task["id"])] * count


def test_what_they_say(new_user):
    user = new_user(timezone="Asia/Tokyo")
    due = later(hours=3)
    there = datetime.fromisoformat(due.replace("Z", "+00:00")).astimezone(ZoneInfo("Asia/Tokyo"))
    make_task(user, title="Pay rent", due_date=due)
    make_task(user, title="Call Ada", remind_at=later(minutes=-1))
    make_task(user, title="Call Bob", remind_at=later(minutes=-1), due_date=due)
    strike(user.stack)
    moment = f"{there:%A}, {there.day} {there:%B %Y %H:%M}"
    messages = [one["message"] for one in user.get("/notifications").json()["notifications"]]
    assert sorted(messages) == sorted([
        f"Pay rent is due on {moment}", f"Call Bob is due on {moment}", "Reminder: Call Ada",
        f"Reminder: Call Bob, due on {moment}"])


def test_a_task_that_is_due_on_a_day(new_user):
    """It is overdue when the day ends where the user is; another zone tells nothing twice."""
    user = new_user(timezone="Pacific/Kiritimati")
    today = datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    task = make_task(user, title="Water", due_date=str(today))
    strike(user.stack)
    [one] = user.get("/notifications").json()["notifications"]
    assert one["message"] == f"Water is due on {today:%A}, {today.day} {today:%B %Y}"
    change(user, "/users/me", timezone="Asia/Tokyo")
    strike(user.stack)
    assert told(user) == [("DEADLINE_APPROACHING", task["id"])]
    yesterday = make_task(user, due_date=str(datetime.now(ZoneInfo("Asia/Tokyo")).date() - timedelta(days=1)))
    strike(user.stack)
    assert told(user)[1:] == [("OVERDUE", yesterday["id"])]


@pytest.mark.parametrize("threshold, hours", [("24h", 24), ("48h", 48), ("1w", 168)])
def test_the_threshold(user, threshold, hours):
    user.patch(PREFERENCES, json={"deadline_threshold": threshold})
    within = make_task(user, due_date=later(hours=hours, minutes=-5))
    make_task(user, due_date=later(hours=hours, minutes=5))
    strike(user.stack)
    assert told(user) == [("DEADLINE_APPROACHING", within["id"])]


@pytest.mark.parametrize("off", ["DEADLINE_APPROACHING", "OVERDUE", "REMINDER"])
def test_types_that_nobody_wants(user, off):
    user.patch(PREFERENCES, json={"notification_types": {off: False}})
    make_task(user, due_date=later(hours=1))
    make_task(user, due_date=later(hours=-1), remind_at=later(hours=-1))
    strike(user.stack)
    assert sorted(kind for kind, _ in told(user)) == sorted({"DEADLINE_APPROACHING", "OVERDUE", "REMINDER"} - {off})


def test_nothing_is_told_of_what_is_done_or_archived(user):
    archived = make(user, "projects", archived=True)
    dates = {"due_date": later(hours=-1), "remind_at": later(hours=-1)}
    make_task(user, status="DONE", **dates)
    make_task(user, project_id=archived["id"], **dates)
    gone = make_task(user, **dates)
    assert user.delete(f"/tasks/{gone['id']}").status_code == 204
    strike(user.stack)
    assert told(user) == []


def test_another_date_is_another_occasion(user):
    task = make_task(user, due_date=later(hours=1))
    strike(user.stack)
    change(user, f"/tasks/{task['id']}", due_date=later(hours=2))
    strike(user.stack)
    assert [kind for kind, _ in told(user)] == ["DEADLINE_APPROACHING"] * 2
    change(user, f"/tasks/{task['id']}", status="DONE")
    change(user, f"/tasks/{task['id']}", status="TODO", title="opened again")
    user.patch(PREFERENCES, json={"deadline_threshold": "1w"})
    strike(user.stack)
    assert len(told(user)) == 2, "neither being opened again nor another threshold is one"


def test_what_was_due_soon_and_is_overdue(user):
    """Both are told, each in its time; after an outage only what is true now."""
    task = make_task(user, due_date=later(hours=-1))
    strike(user.stack)
    assert told(user) == [("OVERDUE", task["id"])]


def test_four_processes_at_once(user):
    tasks = [make_task(user, due_date=later(hours=1), remind_at=later(minutes=-1)) for _ in range(5)]
    at_once(*[lambda: strike(user.stack)] * 4)
    assert sorted(told(user)) == sorted((kind, task["id"]) for task in tasks
                                        for kind in ("DEADLINE_APPROACHING", "REMINDER"))


@pytest.mark.skipif(has_sanitizer(), reason="a sanitizer has to be loaded before anything else")
@pytest.mark.parametrize("offset", ["-1h", "+1h", "-1d", "+1d"])
def test_a_clock_that_is_wrong(user, offset):
    """What is due is the database's time, not that of the process."""
    make_task(user, due_date=later(hours=1))
    strike(user.stack)
    for name in ("deadlines", "reminders"):
        run_job(user.stack, name, LD_PRELOAD=FAKETIME, FAKETIME=offset, FAKETIME_DONT_FAKE_MONOTONIC="1")
    assert len(told(user)) == 1


# Lists and marks.


@pytest.fixture
def some(user):
    """Three of them, the newest first, of which the second was read."""
    for _ in range(3):
        notify(user)
    found = user.get("/notifications").json()["notifications"]
    assert user.patch(f"/notifications/{found[1]['id']}/read").status_code == 200
    return user.get("/notifications").json()["notifications"]


def ids(answer):
    return [one["id"] for one in answer.json()["notifications"]]


def unread(who):
    return who.get("/notifications/unread-count").json()["unread_count"]


def test_a_list(user, some):
    answer = user.get("/notifications").json()
    assert list(answer) == ["notifications", "count", "total", "limit", "offset", "next_cursor"]
    assert [answer["count"], answer["total"]] == [3, 3]
    created = [one["created_at"] for one in some]
    assert created == sorted(created, reverse=True)
    assert [one["read"] for one in some] == [False, True, False]
    assert ids(user.get("/notifications?read=true")) == [some[1]["id"]]
    assert ids(user.get("/notifications?read=false")) == [some[0]["id"], some[2]["id"]]
    assert ids(user.get("/notifications?type=reminder&sort_order=asc")) == [one["id"] for one in reversed(some)]
    assert ids(user.get("/notifications?type=OVERDUE,GOOGLE_RECONNECT")) == []
    refused(user.get("/notifications?type=MAIL"), 400, "validation_failed", "type")


def test_pages(user, some):
    seen, cursor = [], None
    for _ in itertools.count():
        answer = user.get("/notifications", params={"limit": 1, **({"cursor": cursor} if cursor else {})})
        seen += ids(answer)
        cursor = answer.json()["next_cursor"]
        if not cursor:
            break
    assert seen == [one["id"] for one in some]


def test_marking_one(user, some):
    path = f"/notifications/{some[0]['id']}/read"
    assert unread(user) == 2
    for body, expected in [(None, True), ({"read": False}, False), ({}, True), ({"read": True}, True)]:
        answer = user.patch(path, json=body) if body is not None else user.patch(path)
        assert answer.json() == {**some[0], "read": expected}
    assert unread(user) == 1
    refused(user.patch(path, json={"read": None}), 400, "validation_failed", "read")
    refused(user.patch(path, json={"read": "yes"}), 400, "validation_failed", "read")


def test_marking_some(user, stranger, some):
    theirs = notify(stranger)["id"]
    named = [some[0]["id"], some[1]["id"], some[0]["id"].upper(), theirs, new_id()]
    assert user.post("/notifications/read", json={"ids": named}).json() == {"updated": 1}
    assert (unread(user), unread(stranger)) == (1, 1)
    refused(user.post("/notifications/read", json={"ids": []}), 400, "validation_failed", "ids")
    refused(user.post("/notifications/read", json={"ids": ["x"]}), 400, "validation_failed", "ids[0]")
    refused(user.post("/notifications/read", json={"ids": [new_id() for _ in range(201)]}), 400, "validation_failed",
            "ids")
    refused(user.post("/notifications/read", json={}), 400, "validation_failed", "ids")


def test_marking_all(user, stranger, some):
    notify(stranger)
    assert user.post("/notifications/read-all").json() == {"updated": 2}
    assert user.post("/notifications/read-all").json() == {"updated": 0}
    assert (unread(user), unread(stranger)) == (0, 1)


def test_deleting(user, some):
    """The occasion is not told again, and the words are gone."""
    path = f"/notifications/{some[0]['id']}"
    assert user.delete(path).status_code == 204
    refused(user.delete(path), 404, "not_found")
    refused(user.patch(path + "/read"), 404, "not_found")
    strike(user.stack)
    assert ids(user.get("/notifications")) == [some[1]["id"], some[2]["id"]]
    assert unread(user) == 1
    assert user.stack.ask("SELECT message FROM notifications WHERE id = %s", some[0]["id"]) == [("",)]


def test_a_stranger(user, stranger, some):
    path = f"/notifications/{some[0]['id']}"
    refused(stranger.patch(path + "/read"), 403, "forbidden")
    refused(stranger.delete(path), 403, "forbidden")
    assert told(stranger) == [] and unread(stranger) == 0
    refused(user.patch(f"/notifications/{new_id()}/read"), 404, "not_found")


def test_they_go_with_their_task(user, some):
    assert user.delete(f"/tasks/{some[0]['task_id']}").status_code == 204
    assert ids(user.get("/notifications")) == [some[1]["id"], some[2]["id"]]


# Moving house.


def test_an_import_knows_what_was_told(user, stranger):
    """What was told at one place is not told again at the other."""
    make_task(user, title="moves", due_date=later(hours=1), remind_at=later(minutes=-1))
    strike(user.stack)
    document = user.get("/users/me/export").json()
    assert len(document["notifications"]) == 2
    answer = stranger.post("/users/me/import", json=document).json()
    assert answer["imported"]["notifications"] == 2
    strike(user.stack)
    assert stranger.get("/notifications").json()["notifications"] == user.get("/notifications").json()["notifications"]


def test_an_import_of_what_was_told_or_deleted_here(user):
    make_task(user, due_date=later(hours=1))
    strike(user.stack)
    document = user.get("/users/me/export").json()
    [mine] = document["notifications"]
    other = {**document, "notifications": [{**mine, "id": new_id()}]}
    answer = user.post("/users/me/import", json=other).json()
    assert (answer["imported"]["notifications"], answer["conflict_count"]) == (0, 1)
    assert user.delete(f"/notifications/{mine['id']}").status_code == 204
    for choice in ("keep", "replace"):
        answer = user.post(f"/users/me/import?on_conflict={choice}", json=document).json()
        assert answer["conflicts"] == [{"type": "notification", "id": mine["id"],
                                        "message": "is there already with other content"}]
    twice = {"format": 1, "notifications": [{**mine, "id": new_id(), "task_id": None} for _ in range(2)]}
    answer = user.post("/users/me/import", json=twice).json()
    assert (answer["imported"]["notifications"], answer["conflict_count"]) == (1, 1)


def test_an_import_of_notifications_that_do_not_fit(user, stranger):
    theirs = make_task(stranger)["id"]
    for member, value in [("task_id", theirs), ("type", "MAIL"), ("message", ""), ("message", "x" * 1001),
                          ("occasion", "soon"), ("read", "yes")]:
        row = {"id": new_id(), "type": "OVERDUE", "message": "x", member: value}
        refused(user.post("/users/me/import", json={"format": 1, "notifications": [row]}), 400, "validation_failed",
                f"notifications[0].{member}")
