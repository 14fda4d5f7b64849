"""Repeating tasks in the calendar feed: what a calendar makes of their rules is when their tasks will be due."""

import datetime
import re
import zoneinfo

import icalendar
import pytest
import recurring_ical_events

from feeds import SERIES, address, agreed, nameless
from resources import make

UTC = datetime.timezone.utc
DAY = datetime.timedelta(days=1)


def moments(calendar, first, last):
    """What a calendar shows from the one to the other, in UTC; whole days as they are."""
    shown = recurring_ical_events.of(calendar).between(first, last)
    starts = [entry["DTSTART"].dt for entry in shown]
    return sorted(str(start.astimezone(UTC)) if isinstance(start, datetime.datetime) else str(start) for start in starts)


def due(task):
    """Likewise of a task."""
    text = task["due_date"]
    return text if len(text) == 10 else str(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")))


def day_of(text):
    return datetime.datetime.fromisoformat(text[:10])


def complete_all(user, task, most):
    """When each task of a series is due, as completing one after the other tells."""
    seen = [due(task)]
    while len(seen) < most:
        done = user.patch(f"/tasks/{task['id']}/complete", json={"completed": True}).json()
        if not done["next_task_id"]:
            break
        task = user.get(f"/tasks/{done['next_task_id']}").json()
        seen.append(due(task))
    return seen


@pytest.mark.parametrize("zone, first, rule", SERIES)
def test_a_calendar_shows_when_the_tasks_will_be_due(client, zone, first, rule):
    user = client.new_user(timezone=zone)
    task = make(user, "tasks", due_date=first, recurrence=rule)
    feed = client.get(address(user)).text
    seen = complete_all(user, task, 8)
    for text in (feed, nameless(feed, zone)):
        calendar = icalendar.Calendar.from_ical(text)
        more = 4000 if len(seen) < 8 else 2  # and then nothing comes
        shown = moments(calendar, day_of(seen[0]) - DAY, day_of(seen[-1]) + more * DAY)
        ours, theirs = agreed(shown if more > 2 else shown[:len(seen)], seen, zone)
        assert ours == theirs and len(ours) >= 3


def entries(client, feed, kind="VEVENT"):
    return icalendar.Calendar.from_ical(client.get(feed).content).walk(kind)


def lines(client, feed, *names):
    """The lines of these properties of each entry."""
    text = client.get(feed).text.replace("\r\n ", "")
    found = re.findall("BEGIN:V(?:EVENT|TODO)\r\n(.*?)END:V", text, re.S)
    return [[line for line in entry.split("\r\n") if re.split("[;:]", line)[0] in names] for entry in found]


@pytest.fixture
def user(client):
    return client.new_user(timezone="Europe/Berlin")


NOON = "2027-04-01T10:00:00Z"


@pytest.mark.parametrize("due_date, rule, expected", [
    (NOON, "freq=weekly;byday=th", "FREQ=WEEKLY;BYDAY=TH"),
    (NOON, "FREQ=DAILY;COUNT=3", "FREQ=DAILY;COUNT=3"),
    # Up to a moment where the start is one, up to a day where it is a day (RFC 5545 section 3.3.10).
    (NOON, "FREQ=DAILY;UNTIL=20270405", "FREQ=DAILY;UNTIL=20270405T215959Z"),
    (NOON, "UNTIL=20270405t095959z;FREQ=DAILY", "UNTIL=20270404T215959Z;FREQ=DAILY"),
    (NOON, "FREQ=DAILY;UNTIL=20270405T100000Z", "FREQ=DAILY;UNTIL=20270405T215959Z"),
    (NOON, "FREQ=DAILY;UNTIL=99991231", "FREQ=DAILY;UNTIL=99991231T225959Z"),
    ("2027-04-01", "FREQ=DAILY;UNTIL=20270405", "FREQ=DAILY;UNTIL=20270405"),
    ("2027-04-01", "FREQ=DAILY;UNTIL=20270405T215959Z", "FREQ=DAILY;UNTIL=20270404"),
    ("2027-04-01", "FREQ=DAILY;UNTIL=20270405T220000Z", "FREQ=DAILY;UNTIL=20270405"),
    # What ends with its first one does not repeat.
    (NOON, "FREQ=DAILY;UNTIL=20270401", None), (NOON, "FREQ=DAILY;COUNT=1", None),
    ("2027-04-01", "FREQ=DAILY;UNTIL=20270402T120000Z", None),
    # Nobody knows when it will be completed.
    (NOON, "FREQ=DAILY", "COMPLETION")])
def test_the_rule_of_an_entry(user, client, due_date, rule, expected):
    anchor = "COMPLETION" if expected == "COMPLETION" else "DUE"
    make(user, "tasks", due_date=due_date, recurrence=rule, recurrence_from=anchor)
    feed = address(user)
    found = lines(client, feed, "RRULE")
    assert found == [[f"RRULE:{expected}"] if expected not in (None, "COMPLETION") else []]


def test_starts_of_rules(user, client):
    make(user, "tasks", title="a", due_date=NOON, recurrence="FREQ=DAILY")
    make(user, "tasks", title="b", due_date="2027-04-02", recurrence="FREQ=DAILY")
    make(user, "tasks", title="c", due_date="2027-04-03T10:00:00Z")
    feed = address(user)
    times = ("DTSTART", "DUE", "DURATION", "RRULE")
    assert lines(client, feed, *times) == [
        ["DTSTART;TZID=Europe/Berlin:20270401T120000", "DURATION:PT30M", "RRULE:FREQ=DAILY"],
        ["DTSTART;VALUE=DATE:20270402", "RRULE:FREQ=DAILY"], ["DTSTART:20270403T100000Z", "DURATION:PT30M"]]
    assert lines(client, f"{feed}?type=todo", *times) == [
        ["DTSTART;TZID=Europe/Berlin:20270401T120000", "DUE;TZID=Europe/Berlin:20270401T120000", "RRULE:FREQ=DAILY"],
        ["DTSTART;VALUE=DATE:20270402", "DUE;VALUE=DATE:20270402", "RRULE:FREQ=DAILY"], ["DUE:20270403T100000Z"]]


def test_a_start_that_the_rule_does_not_name(user, client):
    """It is an entry of its own."""
    task = make(user, "tasks", due_date=NOON, recurrence="FREQ=WEEKLY;BYDAY=MO;COUNT=5")
    feed = address(user)
    assert lines(client, feed, "UID", "DTSTART", "RRULE") == [
        [f"UID:{task['id']}", "DTSTART:20270401T100000Z"],
        [f"UID:{task['id']}-next", "DTSTART;TZID=Europe/Berlin:20270405T120000", "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4"]]
    user.patch(f"/tasks/{task['id']}", json={"due_date": "2027-04-01", "recurrence": "FREQ=WEEKLY;BYDAY=WE,TH,FR;BYSETPOS=2"})
    assert lines(client, feed, "UID", "DTSTART", "RRULE") == [
        [f"UID:{task['id']}", "DTSTART;VALUE=DATE:20270401", "RRULE:FREQ=WEEKLY;BYDAY=WE,TH,FR;BYSETPOS=2"]]
    user.patch(f"/tasks/{task['id']}", json={"due_date": "2027-04-02", "recurrence": "FREQ=WEEKLY;BYDAY=TH;COUNT=2"})
    assert lines(client, feed, "UID", "DTSTART", "RRULE") == [
        [f"UID:{task['id']}", "DTSTART;VALUE=DATE:20270402"], [f"UID:{task['id']}-next", "DTSTART;VALUE=DATE:20270408"]]


def test_the_second_of_two_hours(user, client):
    """A local time names the first one, so the second one is an entry in UTC."""
    make(user, "tasks", due_date="2027-10-31T01:30:00Z", recurrence="FREQ=DAILY")
    assert lines(client, address(user), "DTSTART", "RRULE") == [
        ["DTSTART:20271031T013000Z"], ["DTSTART;TZID=Europe/Berlin:20271101T023000", "RRULE:FREQ=DAILY"]]


def test_an_hour_that_is_left_out(user, client):
    task = make(user, "tasks", due_date="2027-03-27T01:30:00Z", recurrence="FREQ=DAILY")
    done = user.patch(f"/tasks/{task['id']}/complete", json={"completed": True}).json()
    assert due(user.get(f"/tasks/{done['next_task_id']}").json()) == "2027-03-28 01:30:00+00:00"
    assert lines(client, address(user), "DTSTART", "RRULE") == [
        ["DTSTART;TZID=Europe/Berlin:20270328T023000", "RRULE:FREQ=DAILY"]]


def test_the_zone_is_there_where_it_is_needed(user, client):
    feed = address(user)
    task = make(user, "tasks", due_date=NOON)
    plain = client.get(feed)
    assert b"VTIMEZONE" not in plain.content
    user.patch(f"/tasks/{task['id']}", json={"recurrence": "FREQ=DAILY", "recurrence_from": "COMPLETION"})
    assert b"VTIMEZONE" not in client.get(feed).content
    user.patch(f"/tasks/{task['id']}", json={"recurrence_from": "DUE"})
    [zone] = entries(client, feed, "VTIMEZONE")
    there = zone.to_tz()
    for month in range(1, 13):
        moment = datetime.datetime(2027, month, 15, 12, tzinfo=UTC)
        assert moment.astimezone(there).utcoffset() == moment.astimezone(zoneinfo.ZoneInfo("Europe/Berlin")).utcoffset()
    user.patch("/users/me", json={"timezone": "America/New_York"})
    [zone] = entries(client, feed, "VTIMEZONE")
    assert zone["TZID"] == "America/New_York"
    # Due where the user was, and at that time of day where they are now.
    assert lines(client, feed, "DTSTART", "RRULE") == [
        ["DTSTART:20270401T100000Z"], ["DTSTART;TZID=America/New_York:20270402T120000", "RRULE:FREQ=DAILY"]]


def test_the_ends_of_the_calendar(user, client):
    make(user, "tasks", due_date="0001-01-01", recurrence="FREQ=DAILY")
    make(user, "tasks", due_date="9999-12-29T10:00:00Z", recurrence="FREQ=DAILY")
    make(user, "tasks", due_date="9999-12-30", recurrence="FREQ=DAILY;UNTIL=99991231T225958Z")
    assert lines(client, address(user), "DTSTART", "RRULE") == [
        ["DTSTART;VALUE=DATE:00010101"], ["DTSTART;TZID=Europe/Berlin:99991229T110000", "RRULE:FREQ=DAILY"],
        ["DTSTART;VALUE=DATE:99991230"]]
