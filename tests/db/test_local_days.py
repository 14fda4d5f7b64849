"""day_start() against Python's zoneinfo, whose first of two midnights (fold=0) it means, in every zone
that users may choose."""

import datetime
import random
import zoneinfo

from database import query

ODD = [
    ("America/Havana", "2026-11-01"), ("America/Havana", "2026-03-08"),
    ("America/Sao_Paulo", "2018-02-18"), ("America/Sao_Paulo", "2018-11-04"),
    ("Pacific/Apia", "2011-12-29"), ("Pacific/Apia", "2011-12-30"), ("Pacific/Apia", "2011-12-31"),
    ("Australia/Lord_Howe", "2026-04-05"), ("Australia/Lord_Howe", "2026-10-04"),
    ("Europe/Berlin", "2026-03-29"), ("Europe/Berlin", "2026-10-25"), ("Asia/Beirut", "2026-10-25"),
    ("America/St_Johns", "2010-11-07"), ("Africa/Casablanca", "2026-02-15"),
]


def test_abbreviations_are_no_zones(database):
    """PostgreSQL takes these four for fixed offsets; no name that is left may differ from its zone."""
    assert database.ask("SELECT name FROM timezones WHERE name IN ('CET', 'EET', 'MET', 'WET')") == []


def test_against_zoneinfo(database, app):
    known = {name for (name,) in database.ask("SELECT name FROM timezones")}
    zones = sorted(known & zoneinfo.available_timezones())
    chosen = random.Random(4)
    cases = [(zone, datetime.date.fromisoformat(day)) for zone, day in ODD]
    cases += [(chosen.choice(zones), datetime.date(1990, 1, 1) + datetime.timedelta(chosen.randrange(16800)))
              for _ in range(10000)]
    found = query(app, "SELECT extract(epoch FROM day_start(day, zone))::bigint"
                  " FROM unnest(%s, %s::date[]) WITH ORDINALITY AS c (zone, day, n) ORDER BY n",
                  [zone for zone, _ in cases], [day for _, day in cases])
    for (zone, day), (moment,) in zip(cases, found, strict=True):
        midnight = datetime.datetime.combine(day, datetime.time(), zoneinfo.ZoneInfo(zone))
        assert moment == midnight.timestamp(), (zone, day)
