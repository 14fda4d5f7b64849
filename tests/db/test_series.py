"""Series over changes of the clocks: when their tasks are due, against python-dateutil with Python's zoneinfo, in all
zones that users may choose."""

import collections
import datetime
import json
import random
import subprocess
import threading
import zoneinfo

import pytest
from dateutil.rrule import rrulestr

from database import query
from stack import build_folder
from test_local_days import DAY, UTC, changes, zone_file
from test_recurrences import HORIZON, begun, random_rule
from waiting import wait_for

SEED, CASES, STEPS = 5546, 2500, 4
MINUTE = datetime.timedelta(minutes=1)
EARLIEST, LATEST = datetime.datetime(1971, 1, 1, tzinfo=UTC), datetime.datetime(2037, 1, 1, tzinfo=UTC)
# Each row of $1 is a task; $2 are the days to which they move.
MOVE = """
    SELECT n.due_date, coalesce(n.due_day, (n.due_date AT TIME ZONE z.zone)::date)::text, n.due_day::text, n.due_clock::text
    FROM jsonb_array_elements(%s) WITH ORDINALITY AS c (task, place)
    JOIN daybook.users AS u ON u.id = (c.task ->> 'user_id')::uuid JOIN daybook.timezones AS z ON z.name = u.timezone,
        daybook.due_after(jsonb_populate_record(NULL::daybook.tasks, c.task), (c.task ->> 'next')::date) AS n
    ORDER BY c.place"""


class Case:
    """A task that began near a change of the clocks in its zone, or anywhere."""

    def __init__(self, rng, zone, near, user_id):
        self.zone = zoneinfo.ZoneInfo(zone)
        self.rule = rng.choice(["FREQ=DAILY", "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY", random_rule(rng), random_rule(rng)])
        back = {"FREQ=DAILY": DAY, "FREQ=WEEKLY": 7 * DAY}.get(self.rule, 2 * DAY)
        change = rng.choice(near) if near else EARLIEST + rng.randint(0, 20_000) * DAY
        local = change.astimezone(self.zone).replace(tzinfo=None) + rng.randint(-130, 130) * MINUTE
        self.local = local - rng.randint(1, 3) * back
        moment = self.moment()
        # A task is due at a moment: at one that a local time means that comes twice, the first is what repeats.
        self.local = moment.astimezone(self.zone).replace(tzinfo=None)
        self.state = {"user_id": user_id, "due_date": moment.isoformat(), "day": str(self.local.date())}

    def moment(self):
        """Of a local time that comes twice the first; one that is left out has the offset of before."""
        return self.local.replace(tzinfo=self.zone, fold=0).astimezone(UTC)

    def step(self, monkeypatch, day):
        """Moves on to the next time that the other program finds, if there is one soon enough; `day` is ours."""
        last = self.local + HORIZON
        monkeypatch.setattr(datetime, "MAXYEAR", last.year)
        rule, begin = begun(self.rule, self.local.date())
        begin = datetime.datetime.combine(begin, self.local.time())
        self.local = rrulestr(f"{rule};UNTIL={last:%Y%m%dT%H%M%S}", dtstart=begin).after(self.local)
        self.state["next"] = day
        return self.local is not None or (day is not None and day <= str(last.date()))

    def kind(self):
        if self.moment().astimezone(self.zone).replace(tzinfo=None) != self.local:
            return "left out"
        return "twice" if self.local.replace(tzinfo=self.zone, fold=1).astimezone(UTC) != self.moment() else "once"

    def moved(self, row):
        """Takes what our database made of it; whether that is what the other program found."""
        due_date, day, *stray = row
        self.state |= dict(zip(("due_date", "day", "due_day", "due_clock"), (due_date.isoformat(), day, *stray)))
        return self.local and (due_date, day) == (self.moment(), str(self.local.date()))


@pytest.fixture
def users(database):
    """A user in each zone, by its name."""
    connection = database.connect("postgres", autocommit=False)
    rows = query(connection, "INSERT INTO daybook.users (id, email, username, name, timezone)"
                 " SELECT gen_random_uuid(), i || '@example.org', 'user' || i, 'x', t.name"
                 " FROM (SELECT name, row_number() OVER (ORDER BY name) AS i FROM daybook.timezones) AS t"
                 " RETURNING timezone, id::text")
    yield connection, dict(rows)
    connection.rollback()
    connection.close()


def next_days(cases):
    """The day on which each repeats by our own rules, or None."""
    lines = "".join(f"{case.rule} {case.state['day']} {case.state['day']}\n" for case in cases)
    done = subprocess.run([build_folder() / "tests" / "recurrences"], input=lines, capture_output=True, text=True, check=True)
    return [None if line.endswith("none") else line.split()[1] for line in done.stdout.splitlines()]


def test_thousands_of_series_are_due_when_dateutil_finds(users, monkeypatch):
    connection, ids = users
    rng = random.Random(SEED)
    near = {name: [change for change in changes(zone_file(name).read_bytes()) if EARLIEST < change < LATEST] for name in ids}
    cases = [Case(rng, zone, near[zone], ids[zone]) for zone in rng.choices(sorted(ids), k=CASES)]
    kinds, differences = collections.Counter(), []
    for _ in range(STEPS):
        cases = [case for case, day in zip(cases, next_days(cases)) if case.step(monkeypatch, day)]
        rows = query(connection, MOVE, json.dumps([case.state for case in cases]))
        for case, row in zip(cases, rows, strict=True):
            if case.moved(row):
                kinds[case.kind()] += 1
            else:
                differences.append((case.rule, case.zone.key, str(case.local), row))
    assert not differences, (len(differences), differences[:5])
    assert sum(kinds.values()) > 5000 and kinds["left out"] > 100 and kinds["twice"] > 100, kinds


@pytest.fixture
def berlin(become, alice):
    """Alice's connection; she lives in Berlin and has a task that repeats, whose hour is left out today."""
    connection = become(alice)
    query(connection, "UPDATE users SET timezone = 'Europe/Berlin'")
    query(connection, "INSERT INTO tasks (user_id, id, title, due_date, due_day, due_clock, recurrence) VALUES"
          " (current_user_id(), gen_random_uuid(), 'x', '2027-03-28T01:30Z', '2027-03-28', '02:30', 'FREQ=DAILY')")
    return connection


def stray(connection):
    """Where the series is meant to be instead of where its task is due."""
    return query(connection, "SELECT due_day::text, due_clock::text FROM tasks")


def test_a_worker_of_the_version_before_skips(berlin):
    query(berlin, "UPDATE tasks SET (due_on, due_date, due_clock, remind_at) = (SELECT n.due_on, n.due_date, n.due_clock,"
          " n.remind_at FROM due_next(tasks, '2027-03-29') AS n)")
    assert stray(berlin) == [(None, None)]
    assert query(berlin, "SELECT due_date = '2027-03-29T00:30Z' FROM tasks") == [(True,)]


def test_another_due_date_is_another_series(berlin):
    query(berlin, "UPDATE tasks SET title = 'y', due_date = due_date")
    assert stray(berlin) == [("2027-03-28", "02:30:00")]
    query(berlin, "UPDATE tasks SET due_date = '2027-03-28T02:00Z'")
    assert stray(berlin) == [(None, None)]


def test_who_moves_twice_keeps_the_first_time_of_day(berlin):
    query(berlin, "UPDATE tasks SET due_date = '2027-04-01T07:00Z'")
    for zone in ("America/New_York", "Asia/Tokyo"):
        query(berlin, "UPDATE users SET timezone = %s", zone)
        assert stray(berlin) == [("2027-04-01", "09:00:00")]
    assert query(berlin, "SELECT n.due_date = '2027-04-02T00:00Z', n.due_day FROM tasks AS t, due_after(t, '2027-04-02') AS n") \
        == [(True, None)]


def test_only_series_stray(berlin):
    query(berlin, "UPDATE tasks SET recurrence = NULL, due_date = '2027-04-01T07:00Z'")
    query(berlin, "UPDATE users SET timezone = 'America/New_York'")
    assert stray(berlin) == [(None, None)]


def test_another_rule_after_none_is_another_series(berlin):
    query(berlin, "UPDATE tasks SET recurrence = 'FREQ=WEEKLY'")
    assert stray(berlin) == [("2027-03-28", "02:30:00")]
    query(berlin, "UPDATE tasks SET recurrence = NULL")
    query(berlin, "UPDATE tasks SET recurrence = 'FREQ=WEEKLY'")
    assert stray(berlin) == [(None, None)]


def test_who_moves_waits_for_a_series_that_goes_on(database, become, alice):
    """Before anything is locked: a series asks for its user's row."""
    moving, series = become(alice), become(alice)
    query(series, "SELECT lock_tasks()")

    def move():
        query(moving, "UPDATE users SET timezone = 'Europe/Berlin'")
        moving.commit()

    thread = threading.Thread(target=move)
    thread.start()
    wait_for(lambda: database.ask("SELECT FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'",
                                  moving.get_backend_pid()))
    assert query(series, "SELECT timezone FROM users FOR SHARE NOWAIT") == [("UTC",)]
    series.commit()
    thread.join()
    assert query(series, "SELECT set_config('app.user_id', %s, true)", alice.id)
    assert query(series, "SELECT timezone FROM users") == [("Europe/Berlin",)]
