"""Time zones of calendars: what another program reads in them, against Python's zoneinfo, for every zone that
users may choose."""

import datetime
import subprocess
import zoneinfo

import icalendar

from stack import build_folder
from test_local_days import UTC, changes, zone_file

FIRST, LAST = datetime.datetime(1970, 1, 2, tzinfo=UTC), datetime.datetime(2038, 1, 1, tzinfo=UTC)
SECOND, MINUTE = datetime.timedelta(seconds=1), datetime.timedelta(minutes=1)


def moments(name):
    """Just before and at each change of the clocks, and each winter and summer."""
    near = [change + step for change in changes(zone_file(name).read_bytes()) for step in (-SECOND, 0 * SECOND)]
    seasons = [datetime.datetime(year, month, 15, tzinfo=UTC) for year in range(1970, 2038) for month in (1, 7)]
    return [moment for moment in near + seasons if FIRST <= moment < LAST]


def test_every_zone_is_that_of_the_machine(database):
    names = [name for name, in database.ask("SELECT name FROM timezones ORDER BY name")]
    done = subprocess.run([build_folder() / "tests" / "zones"], input="\n".join(names).encode(), capture_output=True,
                          check=True)
    assert all(len(line) <= 75 for line in done.stdout.split(b"\r\n"))
    components = icalendar.Calendar.from_ical(done.stdout, multiple=True)
    assert [str(component["TZID"]) for component in components] == names
    looked_at = 0
    for name, component in zip(names, components):
        there, read = zoneinfo.ZoneInfo(name), component.to_tz()
        for moment in moments(name):
            ours, theirs = moment.astimezone(read), moment.astimezone(there)
            if theirs.utcoffset() % MINUTE:
                continue  # Liberia, up to 1972: the other program reads no seconds of an offset
            assert (ours.utcoffset(), ours.replace(tzinfo=None)) == (theirs.utcoffset(), theirs.replace(tzinfo=None)), (
                name, moment)
            looked_at += 1
    assert len(names) > 500 and looked_at > 100_000


def test_a_zone_that_is_none():
    for name in ("Europe/Atlantis", "../../../etc/passwd", "Europe/../UTC", "x" * 100, "Europe"):
        done = subprocess.run([build_folder() / "tests" / "zones"], input=name, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, ""), name
