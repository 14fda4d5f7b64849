"""Tasks that are due on a day: the moment of its end against Python's zoneinfo, and who keeps it right."""

import datetime
import zoneinfo

import pytest

from database import query
from test_local_days import DAY, MICROSECOND, changes, zone_file

LAST = datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc)


def ends_day(moment, day, zone):
    """Whether nothing of the day, or of one before it, is left after this moment."""
    return moment.astimezone(zone).date() <= day < (moment + MICROSECOND).astimezone(zone).date()


def test_the_end_of_a_day(database):
    """Around every change of the clocks in every zone."""
    looked_at = 0
    for name, zone in database.ask("SELECT name, zone FROM timezones ORDER BY name"):
        there = zoneinfo.ZoneInfo(name)
        near = {moment.astimezone(there).date() for moment in changes(zone_file(name).read_bytes())}
        days = sorted({day + step * DAY for day in near for step in (-2, -1, 0, 1, 2)})
        ends = database.ask("SELECT day_end(d, %s) FROM unnest(%s::date[]) AS d", zone, days)
        for day, (end,) in zip(days, ends):
            assert ends_day(end, day, there), (name, day, end)
            # Of two moments that end it, the later one.
            assert not any(ends_day(end + after, day, there) for after in late_ends(end)), (name, day, end)
            looked_at += 1
    assert looked_at > 100_000


def late_ends(end):
    return [datetime.timedelta(minutes=minutes) for minutes in (1, 15, 20, 30, 45, 60, 61, 90, 120)]


@pytest.mark.parametrize("zone, end", [
    ("UTC", LAST), ("Pacific/Honolulu", LAST), ("Pacific/Kiritimati", LAST - datetime.timedelta(hours=14))])
def test_the_last_day(database, zone, end):
    assert database.ask("SELECT day_end('9999-12-31', %s)", zone) == [(end,)]


@pytest.fixture
def diary(become, alice):
    """Alice's connection; she lives in Berlin and has a task that is due on a day."""
    connection = become(alice)
    query(connection, "SELECT set_config('app.user_id', %s, true)", alice.id)
    query(connection, "UPDATE users SET timezone = 'Europe/Berlin'")
    query(connection, "INSERT INTO tasks (user_id, id, title, due_on)"
          " VALUES (%s, gen_random_uuid(), 'x', '2027-04-01')", alice.id)
    return connection


def due(connection):
    (day, moment), = query(connection, "SELECT due_on::text, due_date FROM tasks")
    return day, moment.astimezone(datetime.timezone.utc).isoformat()


def test_the_moment_follows_from_the_day(diary):
    assert due(diary) == ("2027-04-01", "2027-04-01T21:59:59.999999+00:00")
    query(diary, "UPDATE tasks SET due_on = '2027-01-01'")
    assert due(diary) == ("2027-01-01", "2027-01-01T22:59:59.999999+00:00")


def test_a_worker_of_the_version_before_ends_the_day(diary):
    query(diary, "UPDATE tasks SET due_date = '2027-04-01T12:00:00Z'")
    assert due(diary) == (None, "2027-04-01T12:00:00+00:00")


def test_a_worker_of_the_version_before_writes_back_what_it_read(diary):
    query(diary, "UPDATE tasks SET title = 'y', due_date = due_date")
    assert due(diary) == ("2027-04-01", "2027-04-01T21:59:59.999999+00:00")


def test_the_day_moves_along_with_its_user(diary):
    query(diary, "INSERT INTO tasks (user_id, id, title, due_date)"
          " VALUES (current_user_id(), gen_random_uuid(), 'timed', '2027-04-01T12:00:00Z')")
    before = query(diary, "SELECT id, version, etag, updated_at FROM tasks ORDER BY id")
    query(diary, "UPDATE users SET timezone = 'Pacific/Apia'")
    (end,), = query(diary, "SELECT due_date FROM tasks WHERE due_on IS NOT NULL")
    assert end.astimezone(datetime.timezone.utc).isoformat() == "2027-04-01T10:59:59.999999+00:00"
    assert query(diary, "SELECT id, version, etag, updated_at FROM tasks ORDER BY id") == before
    assert query(diary, "SELECT current_setting('app.backfill')") == [("",)], "what follows is a change again"
