"""A calendar program subscribes: vdirsyncer fetches a feed over TLS, khal shows it."""

import os
import subprocess

import pytest

from resources import make

VDIRSYNCER = """
[general]
status_path = "{folder}/status"
[pair feed]
a = "there"
b = "here"
collections = null
conflict_resolution = "a wins"
[storage there]
type = "http"
url = "{url}"
verify = "{certificate}"
[storage here]
type = "filesystem"
path = "{folder}/calendar"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[feed]]
path = {folder}/calendar
readonly = True
[locale]
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


class Subscriber:
    """Somebody with these programs, a home of their own, and trust in the stack's certificate only."""

    def __init__(self, folder, url, certificate):
        self.folder = folder
        for name, text in (("vdirsyncer", VDIRSYNCER), ("khal", KHAL)):
            (folder / name).write_text(text.format(folder=folder, url=url, certificate=certificate))

    def run(self, *command):
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env={
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "XDG_DATA_HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder), "XDG_CACHE_HOME": str(self.folder), "no_proxy": "*"})

    def subscribe(self):
        done = self.run("vdirsyncer", "-c", self.folder / "vdirsyncer", "discover", "feed")
        assert done.returncode == 0, done.stdout + done.stderr

    def fetch(self):
        return self.run("vdirsyncer", "-c", self.folder / "vdirsyncer", "sync")

    def agenda(self, first, last):
        done = self.run("khal", "-c", self.folder / "khal", "list", "--format", "{start-long} {title} {categories}",
                        "--day-format", "", first, last)
        assert done.returncode == 0, done.stdout + done.stderr
        return [line.strip() for line in done.stdout.splitlines() if line.strip()]


@pytest.fixture
def subscriber(stack, user, tmp_path):
    url = user.post("/users/me/calendar-feed").json()["url"]
    (tmp_path / "calendar").mkdir()
    return Subscriber(tmp_path, url, stack.certificate)


def test_a_calendar_program_follows_the_feed(user, subscriber):
    category = make(user, "categories", name="Garden")
    task = make(user, "tasks", title="Water; the, plants", due_date="2027-03-28T00:30:00Z", category_id=category["id"])
    make(user, "tasks", title="by the end of the day", due_date="2027-03-29")
    make(user, "tasks", title="x\r\nEND:VEVENT\u2028SUMMARY:forged", due_date="2027-03-28T01:00:00Z")
    gone = make(user, "tasks", title="soon done", due_date="2027-03-28T12:00:00Z")
    subscriber.subscribe()
    assert subscriber.fetch().returncode == 0
    assert subscriber.agenda("2027-03-27", "2027-03-30") == [
        "2027-03-28 01:30 Water; the, plants Garden", "2027-03-28 03:00 x", "END:VEVENT", "SUMMARY:forged",
        "2027-03-28 14:00 soon done", "2027-03-29 by the end of the day"]
    user.patch(f"/tasks/{task['id']}", json={"title": "Water", "due_date": "2027-03-29T08:00:00+02:00"})
    user.patch(f"/tasks/{gone['id']}/complete", json={"completed": True})
    assert subscriber.fetch().returncode == 0
    assert "2027-03-29 08:00 Water Garden" in subscriber.agenda("2027-03-29", "2027-03-30")
    assert "2027-03-28 14:00 soon done" not in subscriber.agenda("2027-03-27", "2027-03-30")


def test_a_calendar_program_shows_what_is_to_come(user, subscriber):
    """At the same hour before and after a change of the clocks."""
    user.patch("/users/me", json={"timezone": "Europe/Berlin"})
    make(user, "tasks", title="Water", due_date="2027-03-20T08:00:00Z", recurrence="FREQ=WEEKLY;COUNT=3")
    make(user, "tasks", title="Bins", due_date="2027-03-26", recurrence="FREQ=DAILY;UNTIL=20270328T120000Z")
    subscriber.subscribe()
    assert subscriber.fetch().returncode == 0
    assert subscriber.agenda("2027-03-20", "2027-04-20") == [
        "2027-03-20 09:00 Water", "2027-03-26 Bins", "2027-03-27 Bins", "2027-03-27 09:00 Water", "2027-04-03 09:00 Water"]


def test_a_revoked_address_is_an_error(user, subscriber):
    subscriber.subscribe()
    assert subscriber.fetch().returncode == 0
    user.delete("/users/me/calendar-feed")
    done = subscriber.fetch()
    assert done.returncode != 0 and "Not Found" in done.stderr
