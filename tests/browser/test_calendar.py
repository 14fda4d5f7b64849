"""A calendar feed as a library of front ends reads it: ical.js."""

import json

import pytest

import npm
from feeds import NAUGHTY, SERIES, address, agreed, nameless, shown
from resources import make


def read(workshop, client, path, zone=""):
    (workshop / "feed.ics").write_bytes(nameless(client.get(path).text, zone).encode())
    return json.loads(npm.run(workshop, "node", "calendar.mjs", "feed.ics"))


def test_entries_of_both_kinds(workshop, client, user):
    category = make(user, "categories", name="Home; garden, cellar")
    task = make(user, "tasks", title="Water", due_date="2027-04-01T18:00:00+02:00", priority="URGENT",
                category_id=category["id"], status="IN_PROGRESS")
    path = address(user)
    document = read(workshop, client, path)
    assert document["calendar"]["x-wr-calname"] == "Daybook" and document["calendar"]["refresh-interval"] == "PT1H"
    [event] = document["entries"]
    expected = {"uid": task["id"], "summary": "Water", "categories": "Home; garden, cellar", "priority": "1",
                "sequence": "1"}
    assert expected.items() <= event.items()
    assert (event["kind"], event["dtstart"], event["duration"]) == ("vevent", "2027-04-01T16:00:00Z", "PT30M")
    [todo] = read(workshop, client, f"{path}?type=todo")["entries"]
    assert expected.items() <= todo.items()
    assert (todo["kind"], todo["due"], todo["status"]) == ("vtodo", "2027-04-01T16:00:00Z", "IN-PROCESS")


def test_a_whole_day(workshop, client, user):
    for day in ("0001-01-01", "2027-04-01", "9999-12-31"):
        make(user, "tasks", due_date=day)
    path, days = address(user), ["1-01-01", "2027-04-01", "9999-12-31"]  # ical.js writes years without zeros
    events = read(workshop, client, path)["entries"]
    assert [event["dtstart"] for event in events] == days
    assert not any({"duration", "dtend"} & event.keys() for event in events)
    todos = read(workshop, client, f"{path}?type=todo")["entries"]
    assert [todo["due"] for todo in todos] == days


def test_naughty_texts(workshop, client, user):
    for number, text in enumerate(NAUGHTY):
        category = make(user, "categories", name=f"{number} {text}"[:50])
        make(user, "tasks", title=text, description=text * (2000 // len(text)), category_id=category["id"],
             due_date=f"2027-04-01T10:{number:02}:00Z")
    entries = read(workshop, client, address(user))["entries"]
    for number, (text, entry) in enumerate(zip(NAUGHTY, entries, strict=True)):
        assert entry["summary"] == shown(text)
        assert entry["description"] == shown(text * (2000 // len(text)))
        assert entry["categories"] == shown(f"{number} {text}"[:50])


@pytest.mark.parametrize("zone, first, rule", SERIES)
def test_a_rule_is_when_the_tasks_will_be_due(workshop, client, zone, first, rule):
    """By the time zone in the calendar alone."""
    user = client.new_user(timezone=zone)
    task = make(user, "tasks", due_date=first, recurrence=rule)
    entries = read(workshop, client, address(user), zone)["entries"]
    due = [task["due_date"]]
    while user.post(f"/tasks/{task['id']}/skip").status_code == 200 and len(due) < 10:
        due.append(user.get(f"/tasks/{task['id']}").json()["due_date"])
    shown = [moment.replace("Z", "000+00:00") for entry in entries for moment in entry["occurrences"]][:10]
    ours, theirs = agreed(shown, [moment.replace("Z", "+00:00") for moment in due], zone)
    assert ours == theirs and len(ours) >= 3
