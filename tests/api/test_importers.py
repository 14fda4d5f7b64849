"""scripts/import: what other products export becomes a document that the server takes, and nothing is dropped
silently. The files in exports/ are made by hand in the form of each product."""

import json
import pathlib
import re
import subprocess
import zipfile

import pytest

from feeds import address
from private_pg import ROOT
from resources import found, make_task

EXPORTS = pathlib.Path(__file__).with_name("exports")


def run(source, *arguments, token=None):
    """The exit code, what it printed, and what it told."""
    done = subprocess.run([ROOT / "scripts" / "import", source, *map(str, arguments)], capture_output=True, text=True,
                          check=False, env={"PATH": "/usr/bin:/bin", **({"DAYBOOK_TOKEN": token} if token else {})})
    return done.returncode, done.stdout, done.stderr


def convert(source, *arguments):
    """The document, and what was not taken by its place."""
    code, document, told = run(source, *arguments, "--timezone", "Europe/Berlin")
    assert code == 0, told
    return json.loads(document), {place: int(count) for place, count in re.findall(r"^not taken: (.*): (\d+)$", told, re.M)}


def without_ids(row):
    return {name: value for name, value in row.items() if name != "id" and not name.endswith("_id")}


def zipped(folder, **entries):
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return path


# Each product by itself.


def test_todoist_csv(tmp_path):
    text = (EXPORTS / "Garden [2203306141].csv").read_text()
    with zipfile.ZipFile(tmp_path / "backup.zip", "w") as archive:
        archive.writestr("Garden [2203306141].csv", text)
    document, rest = convert("todoist", tmp_path / "backup.zip")
    assert [row["name"] for row in document["projects"]] == ["Garden"]
    assert {row["name"] for row in document["categories"]} == {"garden"}
    assert [without_ids(task) for task in document["tasks"]] == [
        {"title": "Plant the bulbs", "description": 'Two fingers deep, "pointed" end up\n\nLabels: garden, autumn',
         "priority": "URGENT", "due_date": "2026-10-05"},
        {"title": "Buy compost", "description": "Part of: Plant the bulbs\n\nThe peat-free one", "priority": "LOW",
         "due_date": "2026-10-03"},
        {"title": "Water the ferns", "description": "Section: Weekly\n\nDue: every monday at 9am", "priority": "HIGH"},
        {"title": "Water the ferns", "description": "Section: Weekly", "priority": "HIGH",
         "due_date": "2026-10-06T16:30:00.000000Z"}]
    assert len({task["id"] for task in document["tasks"]}) == 4
    assert rest == {"csv rows of type meta": 1, "csv.AUTHOR": 5, "csv.DURATION": 1, "csv.DURATION_UNIT": 2}


def test_todoist_json():
    document, rest = convert("todoist", EXPORTS / "todoist.json")
    assert [without_ids(row) for row in document["projects"]] == [
        {"name": "Garden", "color": "#7ECC49", "archived": False}, {"name": "Last year", "archived": True}]
    first, second = document["tasks"]
    assert without_ids(first) == {
        "title": "Buy compost", "description": "40 l\n\nSection: Weekly\n\nThe peat-free one\n\nLabels: garden, shop",
        "status": "TODO", "priority": "URGENT", "due_date": "2026-10-05",
        "created_at": "2026-09-20T08:00:00.000000Z"}
    assert without_ids(second) == {
        "title": "Carry it home", "description": "Part of: Buy compost\n\nRepeats: every monday 18:00", "status": "DONE",
        "priority": "LOW", "due_date": "2026-10-05T16:00:00.000000Z", "created_at": "2026-09-20T08:01:00.000000Z",
        "completed_at": "2026-09-21T10:00:00.000000Z"}
    assert first["category_id"] == document["categories"][0]["id"]
    assert rest == {"backup.filters": 1, "items.duration": 1, "items.responsible_uid": 1, "projects.is_favorite": 1,
                    "projects.color": 1}


def test_vikunja(tmp_path):
    path = zipped(tmp_path, data_dot_json=(EXPORTS / "vikunja-data.json").read_text(), filters_dot_json="[]",
                  VERSION="v0.24.6", files__1="x")
    document, rest = convert("vikunja", path)
    assert [without_ids(row) for row in document["projects"]] == [
        {"name": "Garden", "description": "What grows & what does not", "color": "#2e7d32", "archived": False,
         "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-02T08:00:00.123456Z"},
        {"name": "Beds", "description": "Part of: Garden", "archived": True, "created_at": "2026-03-01T08:00:00.000000Z",
         "updated_at": "2026-03-01T08:00:00.000000Z"}]
    first, second = document["tasks"]
    assert without_ids(first) == {
        "title": "Plant the bulbs", "description": "Two fingers deep\n\n- tulips\n- crocus\n\nOr in <https://example.org> spring?"
        "\n\nLabels: autumn, garden", "status": "IN_PROGRESS", "priority": "URGENT",
        "due_date": "2026-10-05T16:00:00.000000Z", "recurrence": "FREQ=WEEKLY;INTERVAL=1", "recurrence_from": "DUE", "remind_at": "2026-10-05T08:00:00.000000Z",
        "created_at": "2026-03-01T09:00:00.000000Z", "updated_at": "2026-03-01T10:00:00.000000Z"}
    assert (second["status"], second["completed_at"], second["description"]) == (
        "DONE", "2026-03-05T11:00:00.000000Z", "Part of: Plant the bulbs")
    assert [row["color"] for row in document["categories"]] == ["#e8e8e8"]
    assert rest == {"files: VERSION": 1, "files: files/1": 1, "files: filters.json": 1, "tasks.assignees": 1,
                    "tasks.attachments": 1, "tasks.hex_color": 1, "tasks.related_tasks.blocked": 1,
                    "tasks.reminders beyond the first": 1, "tasks.start_date": 1}


def test_daylio():
    code, _, told = run("daylio", EXPORTS / "daylio_export.csv")
    assert (code, told) == (1, 'scripts/import: the mood "Blissful" has no score: give one with --mood "Blissful=1…5"\n')
    document, rest = convert("daylio", EXPORTS / "daylio_export.csv", "--mood", "blissful=5")
    assert [(mood["score"], mood["emotions"], mood["recorded_at"]) for mood in document["moods"]] == [
        (5, ["rad", "family", "movies & tv", "good sleep"], "2026-03-29T21:54:00.000000Z"),
        (5, ["Blissful"], "2026-03-28T07:30:00.000000Z"), (3, ["meh", "reading"], "2026-03-28T07:30:00.000000Z")]
    first, second = document["journals"]
    assert (first["title"], first["content"], first["entry_date"]) == ("At the lake", "We swam.\nIt was cold.", "2026-03-29")
    assert (first["tags"], first["mood_id"]) == (["family", "movies & tv", "good sleep"], document["moods"][0]["id"])
    assert (second["content"], "title" in second, rest) == ("Slept badly", False, {})


def test_day_one(tmp_path):
    path = zipped(tmp_path, Travels_dot_json=(EXPORTS / "Travels.json").read_text(), photos__x_dot_jpeg="x")
    document, rest = convert("dayone", path)
    first, second = document["journals"]
    assert without_ids(first) == {
        "title": "Arrived", "content": "The train was on time.\n\nTo bed.", "entry_date": "2026-01-06",
        "tags": ["train", "japan", "starred", "Travels"], "created_at": "2026-01-05T23:02:50.000000Z",
        "updated_at": "2026-01-06T08:00:00.000000Z"}
    assert (second["content"], second["tags"]) == ("Just one line", ["Travels"])
    assert rest == {"entries.location": 1, "entries.photos": 1, "entries.weather": 1, "files: .jpeg": 1,
                    "pictures within texts": 1}


def test_journiv(tmp_path):
    path = zipped(tmp_path, data_dot_json=(EXPORTS / "journiv-data.json").read_text(), media__a_dot_jpg="x")
    document, rest = convert("journiv", path)
    assert [without_ids(mood) for mood in document["moods"]] == [
        {"score": 4, "emotions": ["serene", "swimming"], "recorded_at": "2026-03-29T18:00:00.000000Z",
         "created_at": "2026-03-29T19:00:00.000000Z"}]
    first, second = document["journals"]
    assert without_ids(first) == {
        "title": "At the lake", "content": "We swam.\nIt was cold.", "entry_date": "2026-03-29", "tags": ["lake", "Days"],
        "created_at": "2026-03-29T19:00:00.000000Z", "updated_at": "2026-03-29T19:30:00.000000Z"}
    assert first["mood_id"] == document["moods"][0]["id"]
    assert (second["content"], second["entry_date"]) == ("Slept badly", "2026-03-30")
    assert rest == {"export.activities": 1, "export.user_settings": 1, "files: .jpg": 1, "moments.latitude": 1,
                    "moments.longitude": 1, "moments.media": 1}


def test_journiv_of_before():
    document, rest = convert("journiv", EXPORTS / "journiv-old.json")
    assert [(mood["score"], mood["note"]) for mood in document["moods"]] == [(2, "grey")]
    assert [(entry["title"], entry["content"], entry["entry_date"], entry["tags"]) for entry in document["journals"]] == [
        ("Rain", "It rained all day.", "2025-11-02", ["weather", "Days"])]
    assert rest == {"entries.is_pinned": 1}


def test_icalendar():
    document, rest = convert("icalendar", EXPORTS / "tasks.ics")
    first, second = document["tasks"]
    assert without_ids(first) == {
        "title": "Plant the bulbs, all of them", "description": "Two fingers deep\nPointed end up"
        "\n\n40 %\n\nLabels: garden, autumn", "status": "IN_PROGRESS", "priority": "URGENT",
        "due_date": "2026-10-05T16:00:00.000000Z", "recurrence": "FREQ=YEARLY", "recurrence_from": "DUE",
        "remind_at": "2026-10-05T06:00:00.000000Z", "created_at": "2026-03-01T09:00:00.000000Z",
        "updated_at": "2026-03-02T10:00:00.000000Z"}
    assert without_ids(second) == {
        "title": "Buy bulbs", "description": "Part of: Plant the bulbs, all of them", "status": "DONE",
        "due_date": "2026-10-03", "completed_at": "2026-10-02T12:00:00.000000Z"}
    [entry] = document["journals"]
    assert (entry["title"], entry["content"], entry["entry_date"], entry["tags"]) == (
        "Staff meeting minutes", "1. Staff meeting: Lin, Ada and Grace; we met for two hours.", "2026-03-17", ["work"])
    assert rest == {"VEVENT": 1, "VTODO.DTSTART": 1, "VTODO.GEO": 1}


# What repeats.


def repetition(source, path):
    """Of the only task: its rule with what it is counted from, or the line that its description has instead."""
    [task] = convert(source, path)[0]["tasks"]
    assert ("recurrence" in task) != ("Repeats: " in task.get("description", ""))
    return (task["recurrence"], task["recurrence_from"]) if "recurrence" in task else task["description"]


@pytest.mark.parametrize("date, words, expected", [
    ("2026-10-05T16:00:00Z", "every monday 18:00", ("FREQ=WEEKLY;BYDAY=MO", "DUE")),
    ("2026-10-05T18:00:00", "every other mon, Thu & friday at 6pm", ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH,FR", "DUE")),
    ("2026-10-05", "every! 3 days", ("FREQ=DAILY;INTERVAL=3", "COMPLETION")),
    ("2026-10-05", "after 2 weeks", ("FREQ=WEEKLY;INTERVAL=2", "COMPLETION")),
    ("2026-10-05", "daily", ("FREQ=DAILY", "DUE")), ("2026-10-05", "every workday", ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "DUE")),
    ("2026-10-05", "every 1st and 15th", ("FREQ=MONTHLY;BYMONTHDAY=1,15", "DUE")),
    ("2026-10-05", "every last day", ("FREQ=MONTHLY;BYMONTHDAY=-1", "DUE")),
    ("2026-10-05", "every 3rd friday", ("FREQ=MONTHLY;BYDAY=3FR", "DUE")),
    ("2026-10-05", "every last fri", ("FREQ=MONTHLY;BYDAY=-1FR", "DUE")),
    ("2026-10-05", "every 24th of December", ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "DUE")),
    ("2026-10-05", "every quarter", ("FREQ=MONTHLY;INTERVAL=3", "DUE")),
    # A month that is too short is not the same there and here.
    ("2026-10-31", "every month", None), ("2026-10-31", "every 31st", None), ("2028-02-29", "every year", None),
    # Monday there, and Tuesday where the tasks go.
    ("2026-10-05T23:00:00Z", "every monday", None),
    ("2026-10-05", "every evening", None), ("2026-10-05", "every 2 hours", None), ("2026-10-05", "every feb 30", None),
    ("2026-10-05", "every day starting 1 may", None), ("2026-10-05", "monday", None),
    ("2026-10-05", "every 0 days", None), ("2026-10-05", "every 1000 days", None), ("nonsense", "every day", None)])
def test_what_repeats_in_todoist(tmp_path, date, words, expected):
    zone = "America/New_York" if date.endswith("23:00:00Z") else None
    item = {"id": "1", "content": "x", "due": {"date": date, "string": words, "is_recurring": True, "timezone": zone, "lang": "en"}}
    (tmp_path / "x.json").write_text(json.dumps({"items": [item]}))
    assert repetition("todoist", tmp_path / "x.json") == (expected or f"Repeats: {words}")


@pytest.mark.parametrize("words, expected", [("every day", "Repeats: every day"), (None, "Repeats: yes")])
def test_words_in_another_language_stay_words(tmp_path, words, expected):
    item = {"id": "1", "content": "x", "due": {"date": "2026-10-05", "string": words, "is_recurring": True, "lang": "de"}}
    (tmp_path / "x.json").write_text(json.dumps({"items": [item]}))
    assert repetition("todoist", tmp_path / "x.json") == expected


@pytest.mark.parametrize("repeat, mode, due, expected", [
    (86400, 0, "2026-10-05T16:00:00Z", ("FREQ=DAILY;INTERVAL=1", "DUE")),
    (3 * 86400, 2, "2026-10-05T16:00:00Z", ("FREQ=DAILY;INTERVAL=3", "COMPLETION")),
    (14 * 86400, 0, "2026-10-05T16:00:00Z", ("FREQ=WEEKLY;INTERVAL=2", "DUE")),
    (0, 1, "2026-10-05T16:00:00Z", ("FREQ=MONTHLY", "DUE")),
    (0, 1, "2026-10-31T16:00:00Z", "Repeats: every month"), (3600, 0, "2026-10-05T16:00:00Z", "Repeats: every 3600 s"),
    (5000 * 86400, 0, "2026-10-05T16:00:00Z", "Repeats: every 432000000 s"),
    (86400, 0, "0001-01-01T00:00:00Z", "Repeats: every 86400 s")])
def test_what_repeats_in_vikunja(tmp_path, repeat, mode, due, expected):
    task = {"id": 1, "title": "x", "due_date": due, "repeat_after": repeat, "repeat_mode": mode}
    path = zipped(tmp_path, data_dot_json=json.dumps([{"id": 1, "title": "p", "tasks": [task]}]))
    assert repetition("vikunja", path) == expected


def calendar(folder, *lines):
    path = folder / "x.ics"
    text = "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VTODO", "UID:1", "SUMMARY:x", *lines, "END:VTODO", "END:VCALENDAR", ""])
    path.write_text(text, newline="")
    return path


EVENING = "DUE;TZID=Europe/Berlin:20261005T180000"


@pytest.mark.parametrize("rule, lines, expected", [
    ("FREQ=WEEKLY;BYDAY=MO", [EVENING], None), ("freq=weekly;count=3", [EVENING], None), ("FREQ=DAILY;", [EVENING], "FREQ=DAILY"),
    ("FREQ=MONTHLY;BYDAY=-1FR", ["DUE;VALUE=DATE:20261005"], None), ("FREQ=DAILY", ["DTSTART:20261005T160000Z"], None),
    # An UNTIL as the due date wants it.
    ("FREQ=DAILY;UNTIL=20261101T180000", [EVENING], "FREQ=DAILY;UNTIL=20261101T170000Z"),
    ("UNTIL=20261101T180000Z;FREQ=DAILY", [EVENING], None), ("FREQ=DAILY;UNTIL=20261101", [EVENING], None),
    ("FREQ=DAILY;UNTIL=20261101T000000Z", ["DUE;VALUE=DATE:20261005"], "FREQ=DAILY;UNTIL=20261101"),
    # A start on another day: only what names no day is the same.
    ("FREQ=DAILY;INTERVAL=2", [EVENING, "DTSTART;TZID=Europe/Berlin:20261003T090000"], None),
    ("FREQ=WEEKLY;BYDAY=SA", [EVENING, "DTSTART;TZID=Europe/Berlin:20261003T090000"], False),
    ("FREQ=MONTHLY", [EVENING, "DTSTART;TZID=Europe/Berlin:20261003T090000"], False),
    # Monday in New York, Tuesday in Berlin.
    ("FREQ=WEEKLY;BYDAY=MO", ["DUE;TZID=America/New_York:20261005T200000"], False),
    ("FREQ=DAILY;BYHOUR=9", [EVENING], False), ("FREQ=HOURLY", [EVENING], False), ("FREQ=YEARLY;BYWEEKNO=1", [EVENING], False),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", [EVENING], False), ("FREQ=DAILY;UNTIL=20261301T000000", [EVENING], False),
    ("FREQ=WEEKLY;BYDAY=\u017fU", [EVENING], False), ("FREQ=DAILY;BYMONTH=" + "1," * 100 + "1", [EVENING], False),
    ("FREQ=DAILY;COUNT=3;UNTIL=20261101", [EVENING], False), ("FREQ=DAILY", [], False),
    ("FREQ=DAILY", [EVENING, "STATUS:COMPLETED"], False)])
def test_what_repeats_in_icalendar(tmp_path, rule, lines, expected):
    path = calendar(tmp_path, *lines, f"RRULE:{rule}")
    assert repetition("icalendar", path) == (f"Repeats: {rule}" if expected is False else (expected or rule, "DUE"))


def test_a_series_with_one_that_was_moved(tmp_path):
    """Each is a task; what a rule leaves out is told."""
    path = calendar(tmp_path, EVENING, "RRULE:FREQ=DAILY", "EXDATE:20261007T160000Z", "END:VTODO", "BEGIN:VTODO", "UID:1", "SUMMARY:y",
                    "RECURRENCE-ID:20261006T160000Z", "DUE:20261006T190000Z")
    document, rest = convert("icalendar", path)
    assert [(task["title"], task["due_date"], task.get("recurrence")) for task in document["tasks"]] == [
        ("x", "2026-10-05T16:00:00.000000Z", "FREQ=DAILY"), ("y", "2026-10-06T19:00:00.000000Z", None)]
    assert rest == {"VTODO.EXDATE": 1}


def test_series_are_taken_in_and_go_on(stack, tmp_path, user):
    """Also by a feed of to-dos, which is a calendar."""
    user.patch("/users/me", json={"timezone": "Europe/Berlin"})
    path = calendar(tmp_path, EVENING, "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3")
    code, _, told = run("icalendar", path, "--timezone", "Europe/Berlin", "--url", stack.url, "--cacert", stack.certificate,
                        token=user.access_token)
    assert code == 0, told
    [task] = user.get("/tasks").json()["tasks"]
    assert (task["due_date"], task["recurrence"]) == ("2026-10-05T16:00:00.000000Z", "FREQ=WEEKLY;BYDAY=MO;COUNT=3")
    user.patch(f"/tasks/{task['id']}", json={"due_date": "2027-10-04T16:00:00Z"})
    done = user.patch(f"/tasks/{task['id']}/complete", json={"completed": True}).json()
    assert user.get(f"/tasks/{done['next_task_id']}").json()["due_date"] == "2027-10-11T16:00:00.000000Z"
    (tmp_path / "feed.ics").write_bytes(user.get(address(user) + "?type=todo").content)
    assert repetition("icalendar", tmp_path / "feed.ics") == ("FREQ=WEEKLY;BYDAY=MO;COUNT=2", "DUE")


# What all have in common.


def test_a_second_run_makes_the_same_ids():
    one, _ = convert("icalendar", EXPORTS / "tasks.ics")
    assert convert("icalendar", EXPORTS / "tasks.ics")[0] == one


@pytest.mark.parametrize("source, name, text", [
    ("todoist", "x.csv", "Title,Due\nx,y\n"), ("todoist", "x.json", "{"), ("daylio", "x.csv", "a,b\n1,2\n"),
    ("dayone", "x.json", "{}"), ("journiv", "x.json", "{}"), ("icalendar", "x.ics", "BEGIN:VCALENDAR\nBEGIN:VTODO\n"),
    ("icalendar", "x.ics", "BEGIN:VCARD\nEND:VCARD\n"), ("icalendar", "x.ics", "nonsense\n"), ("todoist", "x.json", "\xff")])
def test_what_is_no_such_export(tmp_path, source, name, text):
    (tmp_path / name).write_text(text, encoding="latin-1")
    code, printed, told = run(source, tmp_path / name)
    assert (code, printed) == (1, "")
    assert told.startswith("scripts/import: ") and "Traceback" not in told


def test_texts_that_are_too_long(tmp_path):
    items = [{"id": 1, "content": "t" * 201, "description": "d" * 250_000, "project_id": 1}]
    (tmp_path / "x.json").write_text(json.dumps({"projects": [{"id": 1, "name": "p" * 101}], "items": items}))
    document, rest = convert("todoist", tmp_path / "x.json")
    [task] = document["tasks"]
    assert (len(task["title"]), len(task["description"])) == (200, 2000)
    assert "".join(entry["content"] for entry in document["journals"]).count("d") == 250_000
    assert rest == {"long descriptions that became journal entries": 1, "projects whose text was cut": 1}


def test_large_exports_become_several_documents(tmp_path):
    rows = ["full_date,time,mood,activities,note_title,note"]
    rows += [f"2020-01-01,{n // 60:02}:{n % 60:02},good,,," + "x" * 99_000 for n in range(700)]
    (tmp_path / "x.csv").write_text("\n".join(rows))
    code, printed, told = run("daylio", tmp_path / "x.csv")
    assert (code, printed) == (1, "") and "--output" in told
    assert run("daylio", tmp_path / "x.csv", "--output", tmp_path / "out.json")[0] == 0
    parts = [json.loads(path.read_text()) for path in sorted(tmp_path.glob("out.*.json"))]
    assert len(parts) == 2 and max(len(json.dumps(part)) for part in parts) < 64 << 20
    assert len({entry["id"] for part in parts for entry in part["journals"]}) == 700
    for part in parts:
        assert {entry["mood_id"] for entry in part["journals"]} <= {mood["id"] for mood in part["moods"]}


# To the server.


FILES = {"todoist": "todoist.json", "daylio": "daylio_export.csv", "dayone": "Travels.json",
         "journiv": "journiv-data.json", "icalendar": "tasks.ics"}


def send(stack, user, source, path, *options):
    code, printed, told = run(source, path, "--url", stack.url, "--cacert", stack.certificate, "--mood", "blissful=5",
                              *options, token=user.access_token)
    assert printed == ""
    return code, told


@pytest.mark.parametrize("source", FILES)
def test_the_server_takes_it_and_skips_it_then(stack, user, source):
    path = EXPORTS / FILES[source]
    code, told = send(stack, user, source, path, "--dry-run")
    assert code == 0, told
    assert found(user, "/tasks") == found(user, "/journals") == []
    code, told = send(stack, user, source, path)
    assert code == 0 and "imported: " in told, told
    before = found(user, "/tasks"), found(user, "/journals"), found(user, "/moods")
    code, told = send(stack, user, source, path)
    assert code == 0 and "skipped: " in told and "imported: " not in told and "conflict" not in told, told
    assert (found(user, "/tasks"), found(user, "/journals"), found(user, "/moods")) == before


def test_vikunja_to_the_server(stack, user, tmp_path):
    path = zipped(tmp_path, data_dot_json=(EXPORTS / "vikunja-data.json").read_text())
    code, told = send(stack, user, "vikunja", path)
    assert code == 0, told
    assert len(found(user, "/tasks")) == 2


def test_what_the_server_refuses_is_told(stack, user):
    user.post("/categories", json={"name": "GARDEN"})
    code, told = send(stack, user, "icalendar", EXPORTS / "tasks.ics")
    assert code == 1 and "the server says: 409" in told and "categories[0].name is already in use" in told
    code, told = send(stack, user.with_token("x.y.z"), "icalendar", EXPORTS / "tasks.ics")
    assert code == 1 and "the server says: 401" in told


def test_what_was_changed_since_is_a_conflict(stack, user):
    send(stack, user, "icalendar", EXPORTS / "tasks.ics")
    [task] = [task for task in found(user, "/tasks") if task["title"] == "Buy bulbs"]
    user.patch(f"/tasks/{task['id']}", json={"title": "mine"})
    make_task(user)
    code, told = send(stack, user, "icalendar", EXPORTS / "tasks.ics")
    assert code == 0 and f"conflict: task {task['id']}" in told
    assert send(stack, user, "icalendar", EXPORTS / "tasks.ics", "--replace")[0] == 0
    assert user.get(f"/tasks/{task['id']}").json()["title"] == "Buy bulbs"


def test_a_token_goes_nowhere_in_the_open():
    code, _, told = run("icalendar", EXPORTS / "tasks.ics", "--url", "http://daybook.example", token="x")
    assert code == 2 and "https" in told
    assert run("icalendar", EXPORTS / "tasks.ics", "--url", "https://daybook.example")[0] == 2
