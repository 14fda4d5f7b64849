"""The dashboard against an oracle: everything at a glance, in the user's zone, in one round trip."""

import datetime
import random

import pytest

import oracle
from contract import refused

UTC = datetime.timezone.utc
DAY = datetime.timedelta(days=1)
ZONES = ["UTC", "Europe/Berlin", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu", "Australia/Lord_Howe"]
LISTS = ("/dashboard", "/dashboard/statistics")


def now():
    return datetime.datetime.now(UTC)


def fill_moods(stack, user, moods):
    stack.ask("INSERT INTO daybook.moods (user_id, id, score, recorded_at)"
              " SELECT %s, gen_random_uuid(), s, r FROM unnest(%s::smallint[], %s::timestamptz[]) AS u (s, r)",
              user.id, [score for _, score in moods], [instant for instant, _ in moods])


def fill_done(stack, user, instants):
    stack.ask("INSERT INTO daybook.tasks (user_id, id, title, status, completed_at)"
              " SELECT %s, gen_random_uuid(), 'done', 'DONE', c FROM unnest(%s::timestamptz[]) AS u (c)",
              user.id, instants)


def fill_journals(stack, user, days):
    stack.ask("INSERT INTO daybook.journals (user_id, id, content, entry_date)"
              " SELECT %s, gen_random_uuid(), 'about a day', d FROM unnest(%s::date[]) AS u (d)", user.id, days)


def make(user, path, **members):
    answer = user.post(path, json=members)
    assert answer.status_code == 201, answer.text
    return answer.json()


def statistics(user):
    answer = user.get("/dashboard/statistics")
    assert answer.status_code == 200
    assert user.get("/dashboard").json()["tasks"] == answer.json()
    return answer.json()


def test_an_empty_one(user):
    answer = user.get("/dashboard").json()
    assert answer["tasks"] == {"task_counts": {"todo": 0, "in_progress": 0, "done": 0}, "upcoming_tasks": [],
                               "overdue_count": 0, "recent_projects": [], "completion_rate": 0}
    assert answer["journals"] == {"total": 0, "last_7_days": 0, "last_30_days": 0, "recent": []}
    moods = answer["moods"]
    assert (moods["today"], moods["week_average"], moods["previous_week_average"]) == (None, None, None)
    today = now().date()
    dates = [str(today - n * DAY) for n in range(29, -1, -1)]
    assert moods["trend"] == [{"date": date, "average": None} for date in dates]
    assert answer["activity"] == {
        "current_streak": 0, "longest_streak": 0,
        "days": [{"date": date, "tasks_completed": 0, "journals": 0, "moods": 0} for date in dates]}


def test_counts_overdue_and_rate(user):
    for status, count in (("TODO", 3), ("IN_PROGRESS", 2), ("DONE", 1)):
        for _ in range(count):
            make(user, "/tasks", title=status, status=status, due_date=(now() - DAY).isoformat())
    make(user, "/tasks", title="later", due_date=(now() + DAY).isoformat())
    answer = statistics(user)
    assert answer["task_counts"] == {"todo": 4, "in_progress": 2, "done": 1}
    assert answer["overdue_count"] == 5
    assert answer["completion_rate"] == 0.14  # 1 in 7
    make(user, "/tasks", title="eighth", completed=True)
    assert statistics(user)["completion_rate"] == 0.25


def test_rates_round_half_away_from_zero(stack, user):
    stack.ask("INSERT INTO daybook.tasks (user_id, id, title, status)"
              " SELECT %s, gen_random_uuid(), 'x', CASE WHEN n <= 1 THEN 'DONE' ELSE 'TODO' END::daybook.task_status"
              " FROM generate_series(1, 200) AS n", user.id)
    assert statistics(user)["completion_rate"] == 0.01  # 0.005


@pytest.mark.parametrize("done, count, rate", [(0, 1, 0), (1, 1, 1), (1, 2000, 0.01), (1999, 2000, 0.99), (199, 200, 0.99),
                                               (1, 200, 0.01), (2000, 2000, 1), (0, 2000, 0), (989, 1000, 0.99), (11, 1000, 0.01)])
def test_a_rate_is_whole_only_when_it_is(stack, user, done, count, rate):
    stack.ask("INSERT INTO daybook.tasks (user_id, id, title, status)"
              " SELECT %s, gen_random_uuid(), 'x', CASE WHEN n <= %s THEN 'DONE' ELSE 'TODO' END::daybook.task_status"
              " FROM generate_series(1, %s) AS n", user.id, done, count)
    assert statistics(user)["completion_rate"] == rate


def test_no_entry_is_recent_before_its_day(user):
    """The day may change meanwhile; then tomorrow's has become recent in both answers."""
    today = now().date()
    for days in (-1, 0, 1, 2, 400):
        make(user, "/journals", content="x" * 300, title=str(days), entry_date=str(today + days * DAY), tags=["a"])
    before = now().date()
    journals = user.get("/dashboard").json()["journals"]
    wanted = [user.get("/journals", params={"view": "summary", "date_to": str(day)}).json()["journals"]
              for day in {before, now().date()}]
    assert journals["recent"] in wanted
    assert {(len(entry["excerpt"]), entry["content_length"]) for entry in journals["recent"]} == {(280, 300)}
    assert journals["total"] == 5


@pytest.mark.parametrize("zone", ZONES)
def test_upcoming(client, zone):
    """From now to the end of the 7th local day after today."""
    user = client.new_user(timezone=zone)
    today = oracle.local_day(now(), zone)
    moments = [now() + datetime.timedelta(minutes=minutes) for minutes in (-1, 5, 60, 24 * 60)]
    moments += [now() + n * DAY + datetime.timedelta(hours=hours) for n in (6, 7, 8) for hours in range(-12, 13, 4)]
    random.Random(3).shuffle(moments)
    tasks = [make(user, "/tasks", title="due", due_date=moment.isoformat()) for moment in moments]
    make(user, "/tasks", title="done", completed=True, due_date=(now() + DAY).isoformat())
    make(user, "/tasks", title="some time")
    wanted = sorted((moment, task["id"]) for moment, task in zip(moments, tasks)
                    if moment > now() and oracle.local_day(moment, zone) <= today + 7 * DAY)
    assert [task["id"] for task in statistics(user)["upcoming_tasks"]] == [task_id for _, task_id in wanted][:20]


def test_at_most_twenty_upcoming(user):
    for n in range(25):
        make(user, "/tasks", title=str(n), due_date=(now() + datetime.timedelta(hours=1, minutes=n)).isoformat())
    assert [task["title"] for task in statistics(user)["upcoming_tasks"]] == [str(n) for n in range(20)]


def test_recent_projects(user):
    projects = [make(user, "/projects", name=f"project {n}") for n in range(7)]
    assert [p["name"] for p in statistics(user)["recent_projects"]] == [f"project {n}" for n in (6, 5, 4, 3, 2)]
    make(user, f"/projects/{projects[1]['id']}/tasks", title="activity")
    user.patch(f"/projects/{projects[0]['id']}", json={"description": "changed"})
    user.patch(f"/projects/{projects[6]['id']}", json={"archived": True})
    recent = statistics(user)["recent_projects"]
    assert [p["name"] for p in recent] == [f"project {n}" for n in (0, 1, 5, 4, 3)]
    assert recent[1] == user.get(f"/projects/{projects[1]['id']}").json()


def test_archived_projects_are_left_out_everywhere(user):
    project = make(user, "/projects", name="old")
    for status in ("TODO", "DONE"):
        make(user, f"/projects/{project['id']}/tasks", title="put away", status=status,
             due_date=(now() + DAY).isoformat())
    overdue = make(user, f"/projects/{project['id']}/tasks", title="late", due_date=(now() - DAY).isoformat())
    assert statistics(user)["overdue_count"] == 1 and len(statistics(user)["upcoming_tasks"]) == 1
    user.patch(f"/projects/{project['id']}", json={"archived": True})
    answer = user.get("/dashboard").json()
    assert answer["tasks"] == {"task_counts": {"todo": 0, "in_progress": 0, "done": 0}, "upcoming_tasks": [],
                               "overdue_count": 0, "recent_projects": [], "completion_rate": 0}
    assert answer["activity"]["days"][-1]["tasks_completed"] == 0
    assert user.get(f"/tasks/{overdue['id']}").status_code == 200


@pytest.mark.parametrize("zone", ZONES)
def test_journals_moods_and_activity(stack, client, zone):
    user = client.new_user(timezone=zone)
    dice = random.Random(zone)
    today = oracle.local_day(now(), zone)
    moods = [(now() - datetime.timedelta(seconds=dice.randint(0, 70 * 86400)), dice.randint(1, 5)) for _ in range(120)]
    done = [now() - datetime.timedelta(seconds=dice.randint(0, 90 * 86400)) for _ in range(60)]
    journals = [today - dice.randint(-2, 60) * DAY for _ in range(40)]
    fill_moods(stack, user, moods)
    fill_done(stack, user, done)
    fill_journals(stack, user, journals)
    answer = user.get("/dashboard").json()

    def average(first, last):
        scores = oracle.scores_between(oracle.by_day(moods, zone), today - first * DAY, today - last * DAY)
        return oracle.rounded(oracle.mean(scores))

    assert answer["moods"] == {
        "today": average(0, 0), "week_average": average(6, 0), "previous_week_average": average(13, 7),
        "trend": [{"date": str(today - n * DAY), "average": average(n, n)} for n in range(29, -1, -1)]}
    within = [day for day in journals if day <= today]
    assert (answer["journals"]["total"], answer["journals"]["last_7_days"], answer["journals"]["last_30_days"]) == (
        len(journals), len([d for d in within if d > today - 7 * DAY]), len([d for d in within if d > today - 30 * DAY]))
    assert [entry["entry_date"] for entry in answer["journals"]["recent"]] == [
        str(day) for day in sorted(within, reverse=True)[:5]]
    done_days, mood_days = [oracle.local_day(at, zone) for at in done], [oracle.local_day(at, zone) for at, _ in moods]
    assert answer["activity"]["days"] == [
        {"date": str(day), "tasks_completed": done_days.count(day), "journals": journals.count(day),
         "moods": mood_days.count(day)} for day in oracle.days_between(today - 29 * DAY, today)]
    streaks = oracle.streaks(done_days + mood_days + journals, today)
    assert (answer["activity"]["current_streak"], answer["activity"]["longest_streak"]) == streaks


@pytest.mark.parametrize("ago, current, longest", [
    ([0], 1, 1), ([1], 1, 1), ([2], 0, 1), ([0, 1, 2], 3, 3), ([1, 2, 3, 5], 3, 3), ([0, 2, 3, 4, 5], 1, 4),
    ([40, 41, 42, 43], 0, 4), ([-1, 0], 1, 1), ([0, 0, 0], 1, 1)])
def test_streaks(stack, user, ago, current, longest):
    today = now().date()
    fill_journals(stack, user, [today - n * DAY for n in ago])
    activity = user.get("/dashboard").json()["activity"]
    assert (activity["current_streak"], activity["longest_streak"]) == (current, longest)


def round_trips(user):
    text = user.send("GET", "/metrics").text
    return next(int(float(line.split()[-1])) for line in text.splitlines()
                if line.startswith("daybook_db_round_trips_total"))


def fewest_round_trips(user, call):
    """Of several tries, since the jobs look for work meanwhile; with those of looking at the figure."""
    def once():
        before = round_trips(user)
        call()
        return round_trips(user) - before
    return min(once() for _ in range(20))


@pytest.mark.parametrize("path", LISTS)
def test_one_round_trip(user, path):
    assert fewest_round_trips(user, lambda: user.get(path)) == fewest_round_trips(user, lambda: None) + 1


@pytest.mark.parametrize("path", LISTS)
def test_polling_is_cheap(user, path):
    first = user.get(path)
    tag = first.headers["ETag"].removeprefix("W/")  # nginx has made it weak if it has compressed the answer
    assert first.headers["Cache-Control"] == "private, no-cache"
    for known in (tag, "W/" + tag, f'"x", {tag}', "*"):
        again = user.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    make(user, "/tasks", title="something new")
    changed = user.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200 and changed.headers["ETag"] != tag


@pytest.mark.parametrize("path", LISTS)
def test_refused(client, user, path):
    refused(client.get(path), 401, "unauthorized")
    refused(user.get(path + "?days=3"), 400, "validation_failed", "days")


def test_a_stranger_sees_only_his_own(user, stranger):
    make(user, "/tasks", title="mine", due_date=(now() + DAY).isoformat())
    make(user, "/moods", score=5)
    answer = stranger.get("/dashboard").json()
    assert answer["tasks"]["upcoming_tasks"] == [] and answer["moods"]["today"] is None
