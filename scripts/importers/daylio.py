"""Daylio: the CSV that it exports. A row is a mood, and a journal entry when it has a note."""

import csv
import datetime
import io
import re

from importers.html import plain
from importers.moods import score_of

TIMES = ["%H:%M", "%I:%M %p", "%H:%M:%S", "%I:%M\u202f%p"]
BREAKS = re.compile(r"<br\s*/?>")


def read(files, document):
    for file in files:
        rows = csv.DictReader(io.StringIO(file.text()))
        if not {"full_date", "time", "mood"} <= set(rows.fieldnames or ()):
            raise ValueError(f"{file.name}: no CSV of Daylio")
        seen = {}
        for row in rows:
            with document.report.open("csv", row) as record:
                read_row(record, document, seen)


def time_of(text):
    for form in TIMES:
        try:
            return datetime.datetime.strptime(text, form).time()
        except ValueError:
            pass
    raise ValueError(f"the time {text!r} cannot be read")


def read_row(record, document, seen):
    day = datetime.date.fromisoformat(record.text("full_date"))
    moment = datetime.datetime.combine(day, time_of(record.text("time")))
    word, title = record.text("mood"), record.text("note_title")
    note = plain(BREAKS.sub("\n", record.text("note") or ""))
    activities = [activity.strip() for activity in (record.text("activities") or "").split("|")]
    record.skip("date", "weekday")
    key = f"{moment} {word}"
    number = seen[key] = seen.get(key, 0) + 1
    key = f"{key} {number}"
    at = document.instant(moment)
    mood = document.mood(key, score_of(word, document.moods), emotions=[word, *activities], recorded_at=at,
                         created_at=at)
    if title or note:
        document.journal(key, note or title, title=title if note else None, entry_date=day.isoformat(), mood_id=mood,
                         tags=activities, created_at=at)
