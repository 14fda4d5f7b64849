"""Tasks that repeat: what a rule may be, and the next task, which comes once whatever completes the one before."""

import datetime
import uuid

import pytest

from client import at_once
from contract import refused
from resources import make

TASKS = "/tasks"
WEEKLY = "FREQ=WEEKLY"


@pytest.fixture
def user(client):
    return client.new_user(timezone="Europe/Berlin")


def get(user, task_id):
    return user.get(f"{TASKS}/{task_id}").json()


def complete(user, task):
    answer = user.patch(f"{TASKS}/{task['id']}/complete", json={"completed": True})
    assert answer.status_code == 200, answer.text
    return answer.json()


def next_of(user, task):
    return get(user, complete(user, task)["next_task_id"])


@pytest.fixture
def noon(client):
    """Somebody for whom it is about noon, so that no day ends during a test, and the day."""
    now = datetime.datetime.now(datetime.timezone.utc)
    ahead = 12 - now.hour  # Etc/GMT-5 is five hours ahead
    day = (now + datetime.timedelta(hours=ahead)).date()
    return client.new_user(timezone=f"Etc/GMT{-ahead:+d}" if ahead else "UTC"), day


# Rules.


@pytest.mark.parametrize("rule", [
    "FREQ=DAILY", "freq=weekly;byday=mo,Th", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=DAILY;INTERVAL=999", "FREQ=WEEKLY;COUNT=1", "FREQ=WEEKLY;UNTIL=20300101", "FREQ=WEEKLY;UNTIL=20300101T120000Z",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=2MO,-1FR;WKST=SU"])
def test_a_rule_is_kept_as_it_was_sent(user, rule):
    task = make(user, "tasks", due_date="2028-02-29", recurrence=rule)
    assert (task["recurrence"], task["recurrence_from"], task["recurrence_of"], task["next_task_id"]) == (
        rule, "DUE", None, None)
    assert get(user, task["id"])["recurrence"] == rule


BAD_RULES = [
    "", " ", "weekly", "FREQ", "FREQ=", "FREQ=HOURLY", "FREQ=SECONDLY", "RRULE:FREQ=DAILY", "FREQ=DAILY;", ";FREQ=DAILY",
    "FREQ=DAILY;FREQ=DAILY", "INTERVAL=2", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;INTERVAL=1000",
    "FREQ=DAILY;INTERVAL=1.5", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=-1", "FREQ=DAILY;COUNT=5;UNTIL=20300101",
    "FREQ=DAILY;UNTIL=2030-01-01", "FREQ=DAILY;UNTIL=20300101T120000", "FREQ=DAILY;UNTIL=20300231", "FREQ=DAILY;UNTIL=",
    "FREQ=DAILY;BYHOUR=9", "FREQ=DAILY;BYMINUTE=0", "FREQ=YEARLY;BYWEEKNO=1", "FREQ=YEARLY;BYYEARDAY=1",
    "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=MONTHLY;BYDAY=0MO", "FREQ=MONTHLY;BYDAY=54MO",
    "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=-32", "FREQ=WEEKLY;BYMONTHDAY=1",
    "FREQ=YEARLY;BYMONTH=0", "FREQ=YEARLY;BYMONTH=13", "FREQ=MONTHLY;BYSETPOS=1", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367", "FREQ=WEEKLY;WKST=8", "FREQ=WEEKLY;X-RULE=1", "FREQ=WEEKLY BYDAY=MO",
    "FREQ=WEEKLY;BYDAY=MO,", "FREQ=WEEKLY\nBYDAY=MO", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30,31", "FREQ=DAILY;" + "BYMONTH=1," * 1000, "FREQ=WEEKLY;BYDAY=" + "MO," * 100 + "MO",
    "FREQ=MONTHLY;BYDAY=6MO"]


@pytest.mark.parametrize("rule", BAD_RULES)
def test_what_is_no_rule(user, rule):
    refused(user.post(TASKS, json={"title": "x", "due_date": "2027-04-01", "recurrence": rule}), 400,
            "validation_failed", "recurrence")
    task = make(user, "tasks", due_date="2027-04-01")
    refused(user.patch(f"{TASKS}/{task['id']}", json={"recurrence": rule}), 400, "validation_failed", "recurrence")
    refused(user.patch(f"{TASKS}/bulk", json={"updates": [{"id": task["id"], "recurrence": rule}]}), 400,
            "validation_failed", "updates[0].recurrence")


@pytest.mark.parametrize("members, field", [
    ({"recurrence": 5}, "recurrence"), ({"recurrence_from": "NOW"}, "recurrence_from"),
    ({"recurrence_from": None}, "recurrence_from"), ({"recurrence": WEEKLY}, "due_date"),
    ({"recurrence": WEEKLY, "due_date": None}, "due_date"), ({"recurrence": WEEKLY, "due_date": "9999-12-31"}, "recurrence"),
    ({"recurrence": "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", "due_date": "2027-04-01"}, "recurrence"),
    ({"recurrence": WEEKLY, "due_date": "2027-04-01", "status": "DONE"}, "recurrence"),
    ({"recurrence": WEEKLY, "due_date": "2027-04-01", "completed": True}, "recurrence")])
def test_what_a_rule_does_not_go_with(user, members, field):
    refused(user.post(TASKS, json={"title": "x", **members}), 400, "validation_failed", field)


def test_a_rule_keeps_its_due_date_and_needs_an_open_task(user):
    task = make(user, "tasks", due_date="2027-04-01", recurrence=WEEKLY)
    path = f"{TASKS}/{task['id']}"
    refused(user.patch(path, json={"due_date": None}), 400, "validation_failed", "due_date")
    refused(user.patch(path, json={"completed": True, "recurrence": "FREQ=DAILY"}), 400, "validation_failed", "recurrence")
    assert get(user, task["id"]) == task
    assert user.get(TASKS).json()["total"] == 1
    done = make(user, "tasks", status="DONE", due_date="2027-04-01")
    refused(user.patch(f"{TASKS}/{done['id']}", json={"recurrence": WEEKLY}), 400, "validation_failed", "recurrence")
    assert user.patch(path, json={"recurrence": None, "due_date": None}).json()["due_date"] is None


# The next task.


def project(user):
    return user.post("/projects", json={"name": "p"}).json()["id"]


def category(user):
    return user.post("/categories", json={"name": "c"}).json()["id"]


WAYS = {
    "complete": lambda user, task: user.patch(f"{TASKS}/{task['id']}/complete", json={"completed": True}),
    "patch": lambda user, task: user.patch(f"{TASKS}/{task['id']}", json={"status": "DONE"}),
    "put": lambda user, task: user.put(f"{TASKS}/{task['id']}", json={"title": task["title"], "completed": True}),
    "move": lambda user, task: user.post(f"{TASKS}/{task['id']}/move", json={"status": "DONE", "after": None}),
    "move with a key": lambda user, task: user.post(f"{TASKS}/{task['id']}/move", json={"status": "DONE"},
                                                    headers={"Idempotency-Key": str(uuid.uuid4())}),
    "bulk": lambda user, task: user.patch(f"{TASKS}/bulk", json={"updates": [{"id": task["id"], "status": "DONE"}]}),
    "bulk with a key": lambda user, task: user.patch(f"{TASKS}/bulk", json={"updates": [{"id": task["id"], "completed": True}]},
                                                     headers={"Idempotency-Key": str(uuid.uuid4())}),
    "scoped": lambda user, task: user.patch(f"/users/{user.id}{TASKS}/{task['id']}/complete", json={"completed": True}),
}


@pytest.mark.parametrize("way", WAYS)
def test_whatever_completes_a_task_makes_the_next(user, way):
    task = make(user, "tasks", description="d", priority="HIGH", status="IN_PROGRESS", project_id=project(user),
                category_id=category(user), due_date="2027-04-01", remind_at="2027-03-31T07:00:00Z", recurrence=WEEKLY)
    last = make(user, "tasks")
    answer = WAYS[way](user, task)
    assert answer.status_code == 200, answer.text
    done = get(user, task["id"])
    assert (answer.json()["tasks"][0] if "bulk" in way else answer.json()) == done
    assert (done["status"], done["recurrence"], done["version"]) == ("DONE", None, task["version"] + 1)
    following = get(user, done["next_task_id"])
    assert following == {**task, "id": done["next_task_id"], "status": "TODO", "due_date": "2027-04-08",
                         "remind_at": "2027-04-07T07:00:00.000000Z", "recurrence_of": task["id"], "version": 1,
                         "position": following["position"], "created_at": following["created_at"],
                         "updated_at": following["updated_at"]}
    assert following["position"] > last["position"]
    assert get(user, get(user, complete(user, following)["next_task_id"])["id"])["recurrence_of"] == task["id"]


@pytest.mark.parametrize("rule, due, after", [
    ("FREQ=WEEKLY;COUNT=3", "2027-04-01", ("2027-04-08", "FREQ=WEEKLY;COUNT=2")),
    ("count=3;freq=daily;INTERVAL=2", "2027-04-01", ("2027-04-03", "count=2;freq=daily;INTERVAL=2")),
    ("FREQ=WEEKLY;COUNT=1", "2027-04-01", None), ("FREQ=WEEKLY;UNTIL=20270407", "2027-04-01", None),
    ("FREQ=WEEKLY;UNTIL=20270408", "2027-04-01", ("2027-04-08", "FREQ=WEEKLY;UNTIL=20270408")),
    ("FREQ=WEEKLY;UNTIL=20270408T215959Z", "2027-04-01T22:00:00.000000Z", None),
    ("FREQ=WEEKLY;UNTIL=20270408T220000Z", "2027-04-01T22:00:00.000000Z",
     ("2027-04-08T22:00:00.000000Z", "FREQ=WEEKLY;UNTIL=20270408T220000Z")),
    ("FREQ=MONTHLY;BYMONTHDAY=31", "2027-05-31", ("2027-07-31", "FREQ=MONTHLY;BYMONTHDAY=31")),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "2027-01-31", ("2027-02-28", "FREQ=MONTHLY;BYMONTHDAY=-1")),
    ("FREQ=YEARLY", "2028-02-29", ("2032-02-29", "FREQ=YEARLY"))])
def test_the_next_occurrence(user, rule, due, after):
    done = complete(user, make(user, "tasks", due_date=due, recurrence=rule))
    assert (done["next_task_id"] is None) == (after is None)
    if after:
        following = get(user, done["next_task_id"])
        assert (following["due_date"], following["recurrence"]) == after
    assert user.get(TASKS).json()["total"] == (2 if after else 1)


def test_a_count_comes_to_its_end(user):
    task, seen = make(user, "tasks", due_date="2027-04-01", recurrence="FREQ=DAILY;COUNT=3"), []
    while task:
        seen.append(task["due_date"])
        following = complete(user, task)["next_task_id"]
        task = following and get(user, following)
    assert seen == ["2027-04-01", "2027-04-02", "2027-04-03"]


def test_a_late_task_goes_on_behind_now(noon):
    user, today = noon
    start = today - datetime.timedelta(days=10)
    daily = make(user, "tasks", due_date=str(start), recurrence="FREQ=DAILY")
    assert next_of(user, daily)["due_date"] == str(today), "today is not over"
    counted = make(user, "tasks", due_date=str(start), recurrence="FREQ=DAILY;COUNT=13")
    following = next_of(user, counted)
    assert following["recurrence"] == "FREQ=DAILY;COUNT=3", "those passed over count"
    assert complete(user, make(user, "tasks", due_date=str(start), recurrence="FREQ=DAILY;COUNT=5"))["next_task_id"] is None


@pytest.mark.parametrize("due", [-5, 5])
def test_from_the_day_of_completion(noon, due):
    user, today = noon
    task = make(user, "tasks", due_date=str(today + datetime.timedelta(days=due)),
                recurrence="FREQ=DAILY;INTERVAL=3;COUNT=4", recurrence_from="COMPLETION")
    following = next_of(user, task)
    assert following["due_date"] == str(today + datetime.timedelta(days=3))
    assert (following["recurrence"], following["recurrence_from"]) == ("FREQ=DAILY;INTERVAL=3;COUNT=3", "COMPLETION")


@pytest.mark.parametrize("zone, rule, moments", [
    # 09:00 stays 09:00 when the clocks change.
    ("Europe/Berlin", "FREQ=DAILY", ["2027-03-27T08:00:00.000000Z", "2027-03-28T07:00:00.000000Z",
                                     "2027-03-29T07:00:00.000000Z"]),
    # 02:30 is left out on the 28th, and is back on the 29th.
    ("Europe/Berlin", "FREQ=DAILY", ["2027-03-27T01:30:00.000000Z", "2027-03-28T01:30:00.000000Z",
                                     "2027-03-29T00:30:00.000000Z", "2027-03-30T00:30:00.000000Z"]),
    # 02:30 comes twice on the 31st: the first one counts.
    ("Europe/Berlin", "FREQ=DAILY", ["2027-10-30T00:30:00.000000Z", "2027-10-31T00:30:00.000000Z",
                                     "2027-11-01T01:30:00.000000Z"]),
    ("Australia/Lord_Howe", "FREQ=WEEKLY", ["2027-09-25T22:30:00.000000Z", "2027-10-02T22:00:00.000000Z",
                                            "2027-10-09T22:00:00.000000Z"]),
    # 23:30 is left out on Saturday the 27th: that one is due on Sunday, the next one on Saturday again.
    ("America/Nuuk", "FREQ=WEEKLY", ["2027-03-21T01:30:00.000000Z", "2027-03-28T01:30:00.000000Z",
                                     "2027-04-04T00:30:00.000000Z"])])
def test_the_time_of_day_stays(client, zone, rule, moments):
    user = client.new_user(timezone=zone)
    task, seen = make(user, "tasks", due_date=moments[0], recurrence=rule), [moments[0]]
    while len(seen) < len(moments):
        task = next_of(user, task)
        seen.append(task["due_date"])
    assert seen == moments


def test_who_moves_takes_the_time_of_day_along(user):
    """From the next occurrence on: what was due at a moment stays so."""
    task = make(user, "tasks", due_date="2027-04-01T07:00:00Z", remind_at="2027-04-01T06:30:00Z", recurrence="FREQ=DAILY")
    before = user.get(f"{TASKS}/{task['id']}")
    user.patch("/users/me", json={"timezone": "America/New_York"})
    after = user.get(f"{TASKS}/{task['id']}")
    assert (after.json(), after.headers["ETag"]) == (before.json(), before.headers["ETag"])
    following = next_of(user, task)
    assert (following["due_date"], following["remind_at"]) == ("2027-04-02T13:00:00.000000Z", "2027-04-02T12:30:00.000000Z")
    skipped = user.post(f"{TASKS}/{following['id']}/skip").json()
    assert (skipped["due_date"], skipped["remind_at"]) == ("2027-04-03T13:00:00.000000Z", "2027-04-03T12:30:00.000000Z")
    user.patch(f"{TASKS}/{following['id']}", json={"due_date": "2027-04-03T15:00:00Z"})
    user.patch("/users/me", json={"timezone": "Europe/Berlin"})
    user.patch("/users/me", json={"timezone": "Asia/Tokyo"})
    assert next_of(user, following)["due_date"] == "2027-04-04T02:00:00.000000Z", "11:00, as it was set in New York"


def test_a_series_ends_with_the_calendar(user):
    """Also where the last local day begins after the last moment that has a text."""
    user.patch("/users/me", json={"timezone": "America/New_York"})
    for first, rule in (("9999-12-30T01:00:00Z", "FREQ=DAILY"), ("9999-12-01T01:00:00Z", "FREQ=MONTHLY;BYMONTHDAY=-1"),
                        ("9999-12-30", "FREQ=DAILY")):
        task, seen = make(user, "tasks", due_date=first, recurrence=rule), 1
        while following := complete(user, task)["next_task_id"]:
            task, seen = get(user, following), seen + 1
        assert 1 <= seen <= 3 and task["due_date"].startswith("9999-12-3")


# Exactly once.


def test_reopening_makes_no_second_one(user):
    task = make(user, "tasks", due_date="2027-04-01", recurrence=WEEKLY)
    following = complete(user, task)["next_task_id"]
    path = f"{TASKS}/{task['id']}"
    assert user.patch(path, json={"completed": False}).json()["recurrence"] is None
    assert complete(user, task)["next_task_id"] == following
    assert user.patch(path, json={"completed": False, "recurrence": WEEKLY}).status_code == 200
    assert complete(user, task)["next_task_id"] == following, "the number of the next one is taken"
    assert user.get(TASKS).json()["total"] == 2


def test_many_devices_complete_one_task(user):
    for _ in range(5):
        task = make(user, "tasks", due_date="2027-04-01", recurrence=WEEKLY)
        ways = [way for way in WAYS if way != "scoped"] * 2
        answers = at_once(*(lambda way=way: WAYS[way](user, task) for way in ways))
        assert 200 in {answer.status_code for answer in answers} <= {200, 429, 503}  # 503: too long in the queue
        assert user.get(TASKS, params={"recurrence_of": task["id"]}).json()["total"] == 1


@pytest.mark.parametrize("refusal", [
    lambda user, task: user.patch(f"{TASKS}/{task['id']}", json={"completed": True}, headers={"If-Match": '"other"'}),
    lambda user, task: user.patch(f"{TASKS}/{task['id']}", json={"completed": True, "version": 99}),
    lambda user, task: user.patch(f"{TASKS}/{task['id']}", json={"completed": True, "project_id": str(uuid.uuid4())}),
    lambda user, task: user.post(f"{TASKS}/{task['id']}/move", json={"status": "DONE", "after": str(uuid.uuid4())}),
    lambda user, task: user.post(f"{TASKS}/{task['id']}/move", json={"status": "DONE", "version": 99},
                                 headers={"Idempotency-Key": str(uuid.uuid4())}),
    lambda user, task: user.patch(f"{TASKS}/bulk", json={"updates": [{"id": task["id"], "completed": True},
                                                                     {"id": str(uuid.uuid4()), "title": "y"}]})])
def test_a_refused_completion_leaves_everything(user, refusal):
    task = make(user, "tasks", due_date="2027-04-01", recurrence=WEEKLY)
    before = user.get(f"{TASKS}/{task['id']}")
    assert refusal(user, task).status_code in (400, 404, 409, 412)
    after = user.get(f"{TASKS}/{task['id']}")
    assert (after.json(), after.headers["ETag"]) == (before.json(), before.headers["ETag"])
    assert user.get(TASKS).json()["total"] == 1


def test_a_bulk_completes_many(user):
    tasks = [make(user, "tasks", due_date="2027-04-01", recurrence=WEEKLY if number % 2 else None) for number in range(10)]
    answer = user.patch(f"{TASKS}/bulk", json={"updates": [{"id": task["id"], "status": "DONE"} for task in tasks]})
    assert answer.status_code == 200, answer.text
    assert [bool(task["next_task_id"]) for task in answer.json()["tasks"]] == [bool(task["recurrence"]) for task in tasks]
    assert user.get(TASKS, params={"recurring": "true"}).json()["total"] == 5


# Skipping.


def test_a_task_is_skipped(user):
    task = make(user, "tasks", due_date="2027-04-01", remind_at="2027-04-01T06:00:00Z", recurrence="FREQ=WEEKLY;COUNT=3")
    answer = user.post(f"{TASKS}/{task['id']}/skip")
    assert answer.status_code == 200, answer.text
    skipped = answer.json()
    assert skipped == {**task, "due_date": "2027-04-08", "remind_at": "2027-04-08T06:00:00.000000Z",
                       "recurrence": "FREQ=WEEKLY;COUNT=2", "version": 2, "updated_at": skipped["updated_at"]}
    assert answer.headers["ETag"] == user.get(f"{TASKS}/{task['id']}").headers["ETag"]
    assert user.get(TASKS).json()["total"] == 1
    assert user.post(f"{TASKS}/{task['id']}/skip", json={"version": 2}).json()["recurrence"] == "FREQ=WEEKLY;COUNT=1"
    refused(user.post(f"{TASKS}/{task['id']}/skip"), 400, "validation_failed", "recurrence")


def test_skipping_twice_with_one_key_skips_once(user):
    task = make(user, "tasks", due_date="2027-04-01", recurrence=WEEKLY)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    answers = [user.post(f"{TASKS}/{task['id']}/skip", json={}, headers=key) for _ in range(2)]
    assert [answer.json()["due_date"] for answer in answers] == ["2027-04-08"] * 2
    assert get(user, task["id"])["due_date"] == "2027-04-08"


def test_a_skip_that_is_refused(user, stranger):
    plain, done = make(user, "tasks", due_date="2027-04-01"), make(user, "tasks", due_date="2027-04-01", recurrence=WEEKLY)
    refused(user.post(f"{TASKS}/{plain['id']}/skip"), 400, "validation_failed", "recurrence")
    assert user.post(f"{TASKS}/{done['id']}/skip", json={"version": 7}).status_code == 409
    assert user.post(f"{TASKS}/{done['id']}/skip", headers={"If-Match": '"other"'}).status_code == 412
    assert get(user, done["id"]) == done
    complete(user, done)
    refused(user.post(f"{TASKS}/{done['id']}/skip"), 400, "validation_failed", "recurrence")
    assert user.post(f"{TASKS}/{uuid.uuid4()}/skip").status_code == 404
    assert stranger.post(f"{TASKS}/{plain['id']}/skip").status_code == 403


def test_skipping_where_the_path_names_the_user(user, stranger):
    task = make(user, "tasks", due_date="2027-04-01", recurrence=WEEKLY)
    assert user.post(f"/users/{user.id}{TASKS}/{task['id']}/skip").json()["due_date"] == "2027-04-08"
    assert stranger.post(f"/users/{stranger.id}{TASKS}/{task['id']}/skip").status_code == 404
    assert stranger.post(f"/users/{user.id}{TASKS}/{task['id']}/skip").status_code == 403
    assert get(user, task["id"])["due_date"] == "2027-04-08"


@pytest.fixture
def stranger(client):
    return client.new_user()


# Lists, and the way out and back in.


def test_filters(user):
    first, other = make(user, "tasks", due_date="2027-04-01", recurrence=WEEKLY), make(user, "tasks")
    following = next_of(user, first)
    found = {query: {task["id"] for task in user.get(f"{TASKS}?{query}").json()["tasks"]}
             for query in ("recurring=true", "recurring=false", f"recurrence_of={first['id']}", f"recurrence_of={other['id']}")}
    assert list(found.values()) == [{following["id"]}, {first["id"], other["id"]}, {following["id"]}, set()]
    refused(user.get(f"{TASKS}?recurring=maybe&recurrence_of=x"), 400, "validation_failed", "recurring", "recurrence_of")


def test_a_series_goes_out_and_comes_back(user, client):
    first = make(user, "tasks", due_date="2027-04-01T07:00:00Z", recurrence="FREQ=WEEKLY;COUNT=9", recurrence_from="COMPLETION")
    complete(user, first)
    document = user.get("/users/me/export").json()
    other = client.new_user(timezone="Europe/Berlin")
    assert other.post("/users/me/import", json=document).status_code == 200
    again = other.get("/users/me/export").json()
    assert again["tasks"] == document["tasks"]
    open_one = next(task for task in other.get(TASKS).json()["tasks"] if not task["completed"])
    bulk = other.patch(f"{TASKS}/bulk", json={"updates": [{"id": open_one["id"], "status": "DONE"}]})
    assert bulk.json()["tasks"][0]["next_task_id"]
    assert other.get(TASKS, params={"recurrence_of": first["id"]}).json()["total"] == 2


def test_a_series_that_came_in_never_ends_by_chance(user, client):
    """Also when a task of it that is done gets a rule again, and is done before the last one."""
    first = make(user, "tasks", due_date="2027-04-01", recurrence=WEEKLY)
    complete(user, next_of(user, first))
    other = client.new_user(timezone="Europe/Berlin")
    assert other.post("/users/me/import", json=user.get("/users/me/export").json()).status_code == 200
    second, third = sorted(other.get(TASKS, params={"recurrence_of": first["id"]}).json()["tasks"],
                           key=lambda task: task["due_date"])

    def change(task, **members):
        answer = other.patch(f"{TASKS}/bulk", json={"updates": [{"id": task["id"], **members}]})
        assert answer.status_code == 200, answer.text
        return answer.json()["tasks"][0]

    change(second, status="TODO", recurrence=WEEKLY)
    made = {change(task, status="DONE")["next_task_id"] for task in (second, third)}
    assert made == {task["id"] for task in other.get(TASKS, params={"recurring": "true"}).json()["tasks"]}
    assert len(made) == 2


def test_an_imported_rule_is_checked(user):
    task = {"id": str(uuid.uuid4()), "title": "x", "recurrence": "FREQ=HOURLY", "due_date": "2027-04-01"}
    refused(user.post("/users/me/import", json={"format": 1, "tasks": [task]}), 400, "validation_failed", "tasks[0].recurrence")
