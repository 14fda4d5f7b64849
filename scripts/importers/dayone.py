"""Day One: the JSON of a journal, or the zip with that of each."""

import datetime
import re
import zoneinfo

HEADING = re.compile(r"^#+\s+(.+?)\s*$")
PICTURE = re.compile(r"!\[[^\]]*\]\(dayone-moment:[^)]*\)\s*")
ESCAPED = re.compile(r"\\([.!()\-#*_+>\[\]{}`])")


def read(files, document):
    for file in files:
        data = file.json()
        if "entries" not in data:
            raise ValueError(f"{file.name}: no export of Day One")
        with document.report.open("export", data) as export:
            export.skip("metadata")
            for row in export.take("entries", []):
                with document.report.open("entries", row) as entry:
                    read_entry(entry, document, file.stem())


def local_day(entry, document):
    """The day where the entry was written."""
    created, name = entry.text("creationDate"), entry.text("timeZone")
    try:
        zone = zoneinfo.ZoneInfo(name.replace("\\/", "/")) if name else document.zone
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        document.report.note(f"time zones: {name}")
        zone = document.zone
    moment = datetime.datetime.fromisoformat(created.replace("Z", "+00:00"))
    return created, moment.astimezone(zone).date().isoformat()


def split_title(text):
    """The heading of the first line is the title."""
    first, _, rest = text.partition("\n")
    found = HEADING.match(first)
    return (found[1], rest.strip()) if found and rest.strip() else (None, text)


def read_entry(entry, document, journal):
    created, day = local_day(entry, document)
    text = entry.text("text") or ""
    pictures = len(PICTURE.findall(text))
    if pictures:
        document.report.note("pictures within texts", pictures)
    title, content = split_title(ESCAPED.sub(r"\1", PICTURE.sub("", text)).strip())
    tags = [*entry.take("tags", []), *(["starred"] if entry.take("starred") else [])]
    if journal.casefold() not in ("journal", "dayone"):
        tags.append(journal)
    key = entry.text("uuid") or f"{created} {text[:80]}"
    document.journal(key, content, title=title, tags=tags, entry_date=day, created_at=document.parse(created),
                     updated_at=document.parse(entry.text("modifiedDate")))
    entry.skip("richText", "creationDeviceType", "creationDevice", "creationDeviceModel", "creationOSName",
               "creationOSVersion", "duration", "editingTime", "isAllDay", "isPinned")
