"""Tasks that are due on a day: whatever takes a due date takes a day, and means its end where the user is."""

import datetime
import uuid
import zoneinfo

import pytest

from contract import refused
from resources import make

TASKS = "/tasks"
DATE = "2027-04-01"
MOMENT = "2027-04-01T16:00:00.000000Z"


@pytest.fixture
def user(client):
    return client.new_user(timezone="Europe/Berlin")


def shown(user, task):
    """As the list has it: after an import the task is somebody else's, too."""
    return {each["id"]: each["due_date"] for each in user.get(TASKS).json()["tasks"]}[task["id"]]


@pytest.mark.parametrize("date", [DATE, "2026-03-29", "2026-10-25", "2024-02-29", "0001-01-01", "9999-12-31"])
def test_a_day_reads_back_as_it_was_sent(user, date):
    task = make(user, "tasks", due_date=date)
    assert task["due_date"] == date
    assert shown(user, task) == date
    assert user.get(f"{TASKS}/{task['id']}").json()["due_date"] == date


@pytest.mark.parametrize("date", ["2026-02-29", "2027-04-31", "2027-4-1", "0000-01-01", "10000-01-01", "2027-04-01T",
                                  "2027-04-01 ", "20270401", "2027-W13-4", "today", "", "-2027-04-01"])
def test_what_is_no_day(user, date):
    refused(user.post(TASKS, json={"title": "x", "due_date": date}), 400, "validation_failed", "due_date")


CHANGES = {
    "patch": lambda user, task, due: user.patch(f"{TASKS}/{task['id']}", json={"due_date": due}),
    "put": lambda user, task, due: user.put(f"{TASKS}/{task['id']}", json={"title": "x", "due_date": due}),
    "bulk": lambda user, task, due: user.patch(f"{TASKS}/bulk", json={"updates": [{"id": task["id"], "due_date": due}]}),
}


@pytest.mark.parametrize("way", CHANGES)
@pytest.mark.parametrize("before", [None, DATE, "2027-05-05", MOMENT])
@pytest.mark.parametrize("after", [None, DATE, MOMENT])
def test_a_day_and_a_moment_replace_each_other(user, way, before, after):
    task = make(user, "tasks", due_date=before)
    answer = CHANGES[way](user, task, after)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["tasks"][0] if way == "bulk" else answer.json())["due_date"] == after
    assert shown(user, task) == after


@pytest.mark.parametrize("way", ["patch", "bulk"])
def test_another_change_leaves_the_day(user, way):
    task = make(user, "tasks", due_date=DATE)
    if way == "patch":
        user.patch(f"{TASKS}/{task['id']}", json={"title": "y"})
    else:
        user.patch(f"{TASKS}/bulk", json={"updates": [{"id": task["id"], "title": "y"}]})
    assert shown(user, task) == DATE
    user.post(f"{TASKS}/{task['id']}/move", json={"status": "DONE"})
    assert shown(user, task) == DATE


@pytest.mark.parametrize("again, status", [(DATE, 200), ("2027-04-02", 409), ("2027-04-01T21:59:59.999999Z", 409)])
def test_the_same_creation_again(user, again, status):
    body = {"id": str(uuid.uuid4()), "title": "x"}
    make(user, "tasks", **body, due_date=DATE)
    assert user.post(TASKS, json={**body, "due_date": again}).status_code == status


def test_a_day_sorts_at_its_end(user):
    last = make(user, "tasks", due_date=DATE)
    first = make(user, "tasks", due_date="2027-04-01T21:59:59.999998Z")
    after = make(user, "tasks", due_date="2027-04-01T22:00:00Z")
    for order, wanted in (("asc", [first, last, after]), ("desc", [after, last, first])):
        query = {"sort_by": "due_date", "sort_order": order, "limit": 1}
        found = []
        for _ in wanted:
            page = user.get(TASKS, params=query).json()
            found += page["tasks"]
            query["cursor"] = page["next_cursor"]
        assert [task["id"] for task in found] == [task["id"] for task in wanted]


@pytest.mark.parametrize("query, found", [
    ({"due_date_from": DATE, "due_date_to": DATE}, True),
    ({"due_date_from": "2027-04-02"}, False), ({"due_date_to": "2027-03-31"}, False),
    ({"due_date_from": "2027-04-01T21:59:59.999999Z"}, True), ({"due_date_from": "2027-04-01T22:00:00Z"}, False),
    ({"due_date_to": "2027-04-01T21:59:59.999998Z"}, False), ({"due_date_to": "2027-04-01T21:59:59.999999Z"}, True)])
def test_a_list_takes_the_day_for_its_end(user, query, found):
    make(user, "tasks", due_date=DATE)
    assert user.get(TASKS, params=query).json()["total"] == found


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Havana",
                                  "Australia/Lord_Howe", "UTC"])
def test_a_task_is_not_overdue_before_its_day_ends(client, zone):
    user = client.new_user(timezone=zone)
    today = datetime.datetime.now(zoneinfo.ZoneInfo(zone)).date()
    days = {days: make(user, "tasks", due_date=str(today + datetime.timedelta(days=days))) for days in (-2, 1, 6, 9)}
    overview = user.get("/dashboard/statistics").json()
    assert overview["overdue_count"] == 1
    assert [task["id"] for task in overview["upcoming_tasks"]] == [days[1]["id"], days[6]["id"]]
    assert [task["due_date"] for task in overview["upcoming_tasks"]] == [days[1]["due_date"], days[6]["due_date"]]


def test_a_day_stays_when_its_user_moves(user):
    dated, timed = make(user, "tasks", due_date=DATE), make(user, "tasks", due_date="2027-04-01T12:00:00Z")
    before = [user.get(f"{TASKS}/{task['id']}") for task in (dated, timed)]
    assert user.patch("/users/me", json={"timezone": "Pacific/Kiritimati"}).status_code == 200
    for answer in before:
        again = user.get(f"{TASKS}/{answer.json()['id']}")
        assert (again.json(), again.headers["ETag"]) == (answer.json(), answer.headers["ETag"])
    ends = {"due_date_to": "2027-04-01T10:00:00Z"}
    assert [task["id"] for task in user.get(TASKS, params=ends).json()["tasks"]] == [dated["id"]]
    assert user.get(TASKS, params={"due_date_from": DATE, "due_date_to": DATE}).json()["tasks"][0]["id"] == dated["id"]


def test_a_day_that_the_zone_leaves_out(client):
    """There was no 30 December 2011 in Samoa."""
    user = client.new_user(timezone="Pacific/Apia")
    task = make(user, "tasks", due_date="2011-12-30")
    assert shown(user, task) == "2011-12-30"
    day = {"due_date_from": "2011-12-30", "due_date_to": "2011-12-30"}
    assert user.get(TASKS, params=day).json()["total"] == 1
    assert user.get(TASKS, params={"due_date_to": "2011-12-29"}).json()["total"] == 0


def test_a_day_goes_out_and_comes_back(user, client):
    dated, timed, none = (make(user, "tasks", due_date=due) for due in (DATE, MOMENT, None))
    document = user.get("/users/me/export").json()
    assert {task["id"]: task["due_date"] for task in document["tasks"]} == {
        dated["id"]: DATE, timed["id"]: MOMENT, none["id"]: None}
    other = client.new_user(timezone="America/New_York")
    answer = other.post("/users/me/import", json=document)
    assert answer.status_code == 200, answer.text
    assert [shown(other, task) for task in (dated, timed, none)] == [DATE, MOMENT, None]
    assert other.get(TASKS, params={"due_date_to": "2027-04-02T03:59:59.999999Z"}).json()["total"] == 2
    assert other.post("/users/me/import", json=document).json()["skipped"]["tasks"] == 3
    document["tasks"][0]["due_date"] = "2027-06-06"
    assert other.post("/users/me/import?on_conflict=replace", json=document).json()["replaced"]["tasks"] == 1
    assert shown(other, document["tasks"][0]) == "2027-06-06"
