"""Local days: the list's filter and the statistics against Python's zoneinfo, around every change of the
clocks in every zone that users may choose, since 1900."""

import collections
import datetime
import json
import pathlib
import re
import struct
import zoneinfo

import pytest

from database import load_statements, query, variant

UTC = datetime.timezone.utc
DAY, HOUR, MICROSECOND = (datetime.timedelta(**part) for part in ({"days": 1}, {"hours": 1}, {"microseconds": 1}))
FIRST = datetime.datetime(1900, 1, 1, tzinfo=UTC)
# Each change of a clock is looked at this long before and after.
AROUND = [-DAY, -HOUR, -HOUR / 2, -MICROSECOND, 0 * HOUR, HOUR / 2, HOUR, DAY]


def changes(data):
    """The moments at which a zone's clocks are changed, from its file (RFC 8536)."""
    def counts(at):
        assert data[at:at + 4] == b"TZif" and data[at + 4:at + 5] >= b"2"
        return struct.unpack(">6l", data[at + 20:at + 44])

    utc, std, leap, time, types, chars = counts(0)
    at = 44 + time * 5 + types * 6 + chars + leap * 8 + std + utc
    time = counts(at)[3]
    epoch = datetime.datetime(1970, 1, 1, tzinfo=UTC)
    seconds = struct.unpack(f">{time}q", data[at + 44:at + 44 + 8 * time])
    return [epoch + second * datetime.timedelta(seconds=1) for second in seconds if second >= FIRST.timestamp()]


def zone_file(name):
    return next(path for path in (pathlib.Path(folder, name) for folder in zoneinfo.TZPATH) if path.exists())


@pytest.fixture(scope="module")
def zones(database):
    """One name for each file with the moments of its changes, and the names that are called otherwise."""
    files = {}
    for name, zone in database.ask("SELECT name, zone FROM timezones ORDER BY name"):
        data = zone_file(name).read_bytes()
        files.setdefault((data, name if name != zone else ""), name)
    return {name: changes(data) for (data, _), name in files.items()}


@pytest.fixture
def diary(become, alice):
    """diary(zone, moments): a connection that sees moods at these moments only, for a user in this zone."""
    connection = become(alice)

    def fill(zone, moments):
        connection.rollback()
        query(connection, "SELECT set_config('app.user_id', %s, true)", alice.id)
        query(connection, "UPDATE users SET timezone = %s", zone)
        query(connection, "INSERT INTO moods (user_id, id, score, recorded_at)"
              " SELECT %s, gen_random_uuid(), 3, m FROM unnest(%s::timestamptz[]) AS m", alice.id, moments)
        return connection

    return fill


def each_day(entry, days, **fixed):
    """The statement for each of these days, as one statement."""
    names = [name for name, _ in entry[0].params]
    text, _ = variant(entry, {**dict.fromkeys(days, DAY), **fixed})
    return re.sub(r"\$(\d+)", lambda m: "d.day" if names[int(m[1]) - 1] in days else
                  f"'{fixed[names[int(m[1]) - 1]]}'", text)


def local_days(moments, zone):
    there = zoneinfo.ZoneInfo(zone)
    return collections.Counter(moment.astimezone(there).date() for moment in moments)


def test_the_list_of_a_day(diary, zones):
    statement = load_statements()["mood_list_count"]
    count = each_day(statement, ["date_from", "date_to"])
    looked_at = 0
    for zone, moments in zones.items():
        moods = sorted({moment + step for moment in moments for step in AROUND})
        wanted = local_days(moods, zone)
        days = sorted({day + step for day in wanted for step in (-DAY, 0 * DAY, DAY)})
        found = query(diary(zone, moods), "SELECT d.day, c._total FROM unnest(%s::date[]) AS d (day),"
                      f" LATERAL ({count}) AS c", days)
        assert {day: total for day, total in found if total} == wanted, zone
        looked_at += len(days)
    assert looked_at > 50_000


def is_odd(before, after):
    """Whether a day comes twice, or not at all."""
    return after < before or after > before + DAY


def test_the_statistics_of_a_day(diary, zones):
    """In the months in which a clock goes back to the day before, or passes a day over."""
    stats = each_day(load_statements()["mood_stats"], ["day"], period="month")
    looked_at = 0
    for zone, moments in zones.items():
        there = zoneinfo.ZoneInfo(zone)
        odd = [moment for moment in moments if is_odd((moment - MICROSECOND).astimezone(there).date(),
                                                      moment.astimezone(there).date())]
        if not odd:
            continue
        moods = sorted({moment + step for moment in odd for step in AROUND})
        wanted = local_days(moods, zone)
        months = sorted({day.replace(day=1) for day in wanted})
        found = query(diary(zone, moods), "SELECT s.days::text FROM unnest(%s::date[]) AS d (day),"
                      f" LATERAL ({stats}) AS s", months)
        shown = {datetime.date.fromisoformat(day["date"]): day["count"] for (days,) in found for day in json.loads(days)}
        assert {day: count for day, count in shown.items() if count} == wanted, zone
        looked_at += len(odd)
    assert looked_at > 50


# The names.


def test_the_names_are_those_of_the_list(database):
    """zoneinfo finds a link of the machine's beside them."""
    names = {name for (name,) in database.ask("SELECT name FROM timezones")}
    assert names == zoneinfo.available_timezones() - {"localtime"}


@pytest.mark.parametrize("role", ["daybook_app", "daybook_auth"])
@pytest.mark.parametrize("wanted, name", [
    ("europe/berlin", "Europe/Berlin"), ("CET", "CET"), ("cet", "CET"), ("ETC/gmt+5", "Etc/GMT+5"), ("", None),
    ("Berlin", None), ("posix/CET", None), ("localtime", None), ("+02:00", None), ("Europe/Berl\u0131n", None)])
def test_a_name_in_any_case(database, role, wanted, name):
    admin = database.admin
    query(admin, f"SET ROLE {role}")
    try:
        assert query(admin, "SELECT timezone_named(%s)", wanted) == [(name,)]
    finally:
        query(admin, "RESET ROLE")


def test_zones_that_an_update_brings_can_be_added(database):
    assert database.ask("SELECT * FROM add_timezones()") == []
    database.ask("DELETE FROM timezones WHERE name IN ('Asia/Tokyo', 'CET')")
    database.ask("UPDATE timezones SET zone = name WHERE name = 'EET'")
    assert sorted(database.ask("SELECT * FROM add_timezones()")) == [("Asia/Tokyo",), ("CET",), ("EET",)]
    assert database.ask("SELECT name, zone FROM timezones WHERE name IN ('Asia/Tokyo', 'CET', 'EET') ORDER BY 1") == [
        ("Asia/Tokyo", "Asia/Tokyo"), ("CET", "posix/CET"), ("EET", "posix/EET")]
    assert database.ask("SELECT * FROM add_timezones()") == []
