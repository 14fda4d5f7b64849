"""Statistics of moods against an oracle: weeks and months as the user's own clock has them."""

import concurrent.futures
import datetime
import random

import pytest

import oracle
from contract import refused

UTC = datetime.timezone.utc
# Each with something of its own: half hours, midnights that do not exist or come twice, a day that
# never was, and offsets at either end.
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu",
         "Africa/Casablanca", "America/Havana", "Asia/Beirut", "America/Sao_Paulo", "Pacific/Kiritimati",
         "Etc/GMT+12", "Asia/Tehran", "America/St_Johns"]
# Days around which the calendars differ most.
CENTRES = [datetime.date(2026, 3, 29), datetime.date(2026, 10, 25), datetime.date(2011, 12, 30),
           datetime.date(2027, 1, 1), datetime.date(2028, 2, 29), datetime.date(2100, 2, 28),
           datetime.date(2018, 11, 4), datetime.date(2024, 4, 7), datetime.date(2025, 12, 29),
           datetime.date(2026, 3, 8), datetime.date(2026, 11, 1)]


def fill(stack, user, moods):
    """Writes moods past the API, since a test needs thousands."""
    stack.ask("INSERT INTO daybook.moods (user_id, id, score, recorded_at)"
              " SELECT %s, gen_random_uuid(), s, r FROM unnest(%s::smallint[], %s::timestamptz[]) AS u (s, r)",
              user.id, [score for _, score in moods], [instant for instant, _ in moods])


def some_moods(dice, centre, count):
    noon = datetime.datetime.combine(centre, datetime.time(12), UTC)
    spread = dice.choice([2, 9, 40, 100]) * 86400
    return [(noon + datetime.timedelta(seconds=dice.randint(-spread, spread), microseconds=dice.randint(0, 999999)),
             dice.randint(1, 5)) for _ in range(count)]


@pytest.fixture(scope="module")
def people(stack, client):
    """For each zone somebody with moods around every centre, and the moods themselves."""
    dice = random.Random(2026)
    everybody = []
    for zone in ZONES:
        user = client.new_user(timezone=zone)
        moods = [mood for centre in CENTRES for mood in some_moods(dice, centre, dice.choice([0, 1, 2, 7, 40]))]
        fill(stack, user, moods)
        everybody.append((user, zone, oracle.by_day(moods, zone)))
    return everybody


def in_parallel(work, cases):
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        return list(pool.map(work, cases))


def test_thousands_of_weeks_and_months(people):
    dice = random.Random(7)
    cases = [(person, period, centre + datetime.timedelta(days=dice.randint(-20, 20)), dice.random() < 0.5)
             for person in people for centre in CENTRES for period in ("week", "month") for _ in range(10)]

    def compare(case):
        (user, zone, moods), period, day, by_alias = case
        path = f"/moods/stats/{period}ly" if by_alias else "/moods/stats"
        query = {"date": str(day)} if by_alias else {"date": str(day), "period": period}
        answer = user.get(path, params=query)
        assert answer.status_code == 200
        assert answer.json() == oracle.stats(moods, zone, period, day), (zone, period, day)

    assert len(in_parallel(compare, cases)) > 3000


@pytest.mark.parametrize("count", [1, 2, 12, 60])
@pytest.mark.parametrize("period", ["week", "month"])
def test_trends(stack, client, period, count):
    dice = random.Random(count)
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin"):
        user = client.new_user(timezone=zone)
        now = datetime.datetime.now(UTC)
        moods = [(now - datetime.timedelta(seconds=dice.randint(0, 86400 * 400)), dice.randint(1, 5)) for _ in range(200)]
        fill(stack, user, moods)
        answer = user.get("/moods/trends", params={"period": period, "count": count}).json()
        assert answer == oracle.trends(oracle.by_day(moods, zone), zone, period, count, oracle.local_day(now, zone))


def test_nothing_is_null_and_not_zero(user):
    answer = user.get("/moods/stats?period=month").json()
    assert {answer[name] for name in ("average", "median", "min", "max", "change")} == {None}
    assert answer["count"] == 0 and answer["distribution"] == {str(n): 0 for n in range(1, 6)}
    assert {(day["count"], day["average"]) for day in answer["days"]} == {(0, None)}
    assert answer["previous"]["count"] == 0 and answer["previous"]["average"] is None
    trends = user.get("/moods/trends?period=week").json()["periods"]
    assert len(trends) == 12 and {(p["count"], p["average"], p["min"], p["max"]) for p in trends} == {(0, None, None, None)}


def test_one_entry(user):
    user.post("/moods", json={"score": 3, "recorded_at": "2026-11-18T10:00:00Z"})
    answer = user.get("/moods/stats?period=week&date=2026-11-20").json()
    assert (answer["count"], answer["average"], answer["median"], answer["min"], answer["max"]) == (1, 3, 3, 3, 3)
    assert answer["change"] is None
    after = user.get("/moods/stats?period=week&date=2026-11-23").json()
    assert after["previous"] == {"start": "2026-11-16", "end": "2026-11-22", "count": 1, "average": 3}
    assert after["average"] is None and after["change"] is None


def test_half_rounds_away_from_zero(stack, user):
    """An average of n.xx5 exactly: 201 in 40 is 5.025 by scores that cannot be, so 125 in 40 = 3.125."""
    monday = datetime.datetime(2026, 11, 16, 12, tzinfo=UTC)
    fill(stack, user, [(monday, 3)] * 35 + [(monday, 4)] * 5)
    fill(stack, user, [(monday - datetime.timedelta(days=7), 3)])
    answer = user.get("/moods/stats?period=week&date=2026-11-16").json()
    assert answer["average"] == 3.13 and answer["change"] == 0.13
    below = user.get("/moods/stats?period=week&date=2026-11-23").json()
    assert below["previous"]["average"] == 3.13


def test_the_day_that_never_was(stack, client):
    """Samoa left out 2011-12-30: it is listed, and nothing can be on it."""
    samoan = client.new_user(timezone="Pacific/Apia")
    fill(stack, samoan, [(datetime.datetime(2011, 12, 30, 9, 59, tzinfo=UTC), 1),
                         (datetime.datetime(2011, 12, 30, 10, 0, tzinfo=UTC), 5)])
    days = {day["date"]: day for day in samoan.get("/moods/stats?period=week&date=2011-12-28").json()["days"]}
    assert len(days) == 7
    assert days["2011-12-29"]["average"] == 1 and days["2011-12-31"]["average"] == 5
    assert days["2011-12-30"] == {"date": "2011-12-30", "count": 0, "average": None}


def test_today_is_where_the_user_is(client):
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        there = client.new_user(timezone=zone)
        today = oracle.local_day(datetime.datetime.now(UTC), zone)
        answer = there.get("/moods/stats?period=week").json()
        assert answer["start"] <= str(today) <= answer["end"] and answer["timezone"] == zone


@pytest.mark.parametrize("path, fields", [
    ("/moods/stats", ["period"]), ("/moods/stats?period=year", ["period"]), ("/moods/stats?period=WEEK", ["period"]),
    ("/moods/stats?period=week&date=2026-02-30", ["date"]), ("/moods/stats?period=week&date=20260230", ["date"]),
    ("/moods/stats?period=week&date=", ["date"]), ("/moods/stats?period=week&period=month", ["period"]),
    ("/moods/stats?period=week&count=3", ["count"]), ("/moods/stats/weekly?period=week", ["period"]),
    ("/moods/stats/weekly?date=x", ["date"]), ("/moods/stats/weekly?date=0001-01-07", ["date"]), ("/moods/stats/weekly?date=9999-12-27", ["date"]),
    ("/moods/stats?period=week&date=9999-12-29", ["date"]), ("/moods/stats/monthly?date=0001-01-31", ["date"]),
    ("/moods/stats/monthly?date=0000-01-01", ["date"]),
    ("/moods/trends", ["period"]), ("/moods/trends?period=day", ["period"]),
    ("/moods/trends?period=week&count=0", ["count"]), ("/moods/trends?period=week&count=61", ["count"]),
    ("/moods/trends?period=week&count=1.5", ["count"]), ("/moods/trends?period=week&date=2026-01-01", ["date"])])
def test_refused(user, path, fields):
    refused(user.get(path), 400, "validation_failed", *fields)


@pytest.mark.parametrize("period, date, first, last, before", [
    ("week", "0001-01-08", "0001-01-08", "0001-01-14", "0001-01-01"), ("week", "9999-12-26", "9999-12-20", "9999-12-26", "9999-12-13"),
    ("month", "0001-02-01", "0001-02-01", "0001-02-28", "0001-01-01"), ("month", "9999-12-31", "9999-12-01", "9999-12-31", "9999-11-01")])
def test_the_ends_of_the_calendar(user, period, date, first, last, before):
    answer = user.get(f"/moods/stats?period={period}&date={date}")
    assert answer.status_code == 200, answer.text
    stats = answer.json()
    assert (stats["count"], stats["start"], stats["end"], stats["previous"]["start"]) == (0, first, last, before)


@pytest.mark.parametrize("path", ["/moods/stats?period=week", "/moods/stats/weekly", "/moods/stats/monthly",
                                  "/moods/trends?period=week"])
def test_nobody_without_a_token(client, path):
    refused(client.get(path), 401, "unauthorized")


def test_a_stranger_sees_only_his_own(user, stranger):
    user.post("/moods", json={"score": 5})
    assert stranger.get("/moods/stats?period=month").json()["count"] == 0
