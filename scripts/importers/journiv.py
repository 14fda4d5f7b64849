"""Journiv: the zip of its export, whose data.json has journals, and moments with an entry (since 1.3) or entries
within the journals (before)."""

from importers.moods import score_of

CATEGORIES = {"positive": 4, "neutral": 3, "negative": 2}


def read(files, document):
    for file in files:
        if file.suffix() != ".json":
            document.report.note(f"files: {file.name}")
            continue
        data = file.json()
        if "export_version" not in data:
            raise ValueError(f"{file.name}: no export of Journiv")
        with document.report.open("export", data) as export:
            read_export(export, document)


def read_export(export, document):
    export.skip("export_version", "export_date", "app_version", "user_email", "user_name", "stats")
    scores = {}
    for row in export.take("mood_definitions", []):
        scores[str(row.get("name")).casefold()] = row.get("score") or CATEGORIES.get(row.get("category"))
    titles = {}
    for row in export.take("journals", []):
        with document.report.open("journals", row) as journal:
            title = journal.text("title")
            titles[journal.take("external_id")] = title
            journal.skip("created_at", "updated_at", "last_entry_at", "entry_count", "color", "icon")
            for entry in journal.take("entries", []):
                with document.report.open("entries", entry) as record:
                    read_old_entry(record, document, scores, title)
    for row in export.take("moments", []):
        with document.report.open("moments", row) as moment:
            read_moment(moment, document, scores, titles)


def score(name, document, scores):
    """As the user says, else as the export does."""
    known = document.moods.get(name.casefold()) or scores.get(name.casefold())
    return min(max(known, 1), 5) if known else score_of(name, document.moods)


def text_of(entry):
    """The plain text; of a Quill delta, the texts that it inserts."""
    plain, delta = entry.text("content_plain_text") or entry.text("content"), entry.take("content_delta") or {}
    inserts = [part.get("insert") for part in delta.get("ops", [])]
    return plain or "".join(part for part in inserts if isinstance(part, str)).strip()


def read_entry(entry, document, key, tags, journal, day, at, mood):
    content, title = text_of(entry), entry.text("title")
    entry.skip("word_count", "journal_external_id", "external_id")
    document.journal(key, content or title or "(empty)", title=title if content else None,
                     tags=[*tags, *([journal] if journal else [])], entry_date=day, mood_id=mood,
                     created_at=document.parse(entry.text("created_at")) or at,
                     updated_at=document.parse(entry.text("updated_at")))


def read_moment(moment, document, scores, titles):
    at, day = moment.text("logged_at_utc") or moment.text("logged_at"), moment.text("logged_date_tz") or moment.text("logged_date")
    at, key = document.parse(at), moment.text("external_id")
    key = key or f"moment {at}"
    name, note, tags = moment.text("primary_mood_name"), moment.text("note"), moment.take("tags", [])
    words = [link.get("mood_name") or link.get("activity_name") for link in moment.take("mood_activity", [])]
    entry, mood = moment.take("entry"), None
    if name:
        mood = document.mood(key, score(name, document, scores), emotions=[name, *filter(None, words)], note=note,
                             recorded_at=at, created_at=document.parse(moment.text("created_at")))
    elif note:
        entry = entry or {"content_plain_text": note}
    moment.skip("created_at", "updated_at", "logged_timezone", "primary_mood_external_id", "logged_at", "logged_date")
    if entry:
        with document.report.open("entries", entry) as record:
            journal = titles.get(record.members.get("journal_external_id"))
            read_entry(record, document, key, tags, journal, day, at, mood)


def read_old_entry(entry, document, scores, journal):
    at, day, log = document.parse(entry.text("entry_datetime_utc")), entry.text("entry_date"), entry.take("mood_log")
    key, mood = entry.text("external_id") or f"{journal} {at} {entry.members.get('title')}", None
    entry.skip("entry_timezone")
    if log:
        with document.report.open("mood_logs", log) as record:
            name = record.text("mood_name")
            mood = document.mood(key, score(name, document, scores), emotions=[name], note=record.text("note"),
                                 recorded_at=document.parse(record.text("logged_datetime_utc")) or at)
            record.skip("logged_date", "logged_timezone", "created_at", "updated_at", "mood_score")
    read_entry(entry, document, key, entry.take("tags", []), journal, day, at, mood)
