"""Todoist: the CSV of a project, the backup (a zip of these), or the JSON of its Sync API."""

import csv
import datetime
import io
import re
import zoneinfo

from importers import phrases

# By the number of the API; the CSV counts the other way round.
PRIORITIES = {1: "LOW", 2: "MEDIUM", 3: "HIGH", 4: "URGENT"}
COLORS = {
    "berry_red": "#B8255F", "red": "#DB4035", "orange": "#FF9933", "yellow": "#FAD000", "olive_green": "#AFB83B",
    "lime_green": "#7ECC49", "green": "#299438", "mint_green": "#6ACCBC", "teal": "#158FAD", "sky_blue": "#14AAF5",
    "light_blue": "#96C3EB", "blue": "#4073FF", "grape": "#884DFF", "violet": "#AF38EB", "lavender": "#EB96EB",
    "magenta": "#E05194", "salmon": "#FF8D85", "charcoal": "#808080", "grey": "#B8B8B8", "taupe": "#CCAC93",
}
DAYS = ["%Y-%m-%d", "%b %d %Y", "%d %b %Y", "%B %d %Y", "%d %B %Y", "%b %d, %Y"]
TIMES = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%b %d %Y %H:%M", "%d %b %Y %H:%M"]
LABEL = re.compile(r"(?:^|\s)@(\S+)")


def read(files, document):
    for file in files:
        if file.suffix() == ".csv":
            read_csv(file, document)
        else:
            read_json(file.json(), document)


def due_of(text, document, notes):
    """A day, or an instant, as people write it; what only Todoist understands is kept as a note."""
    for forms, make in ((DAYS, lambda when: when.date().isoformat()), (TIMES, document.instant)):
        for form in forms:
            try:
                return make(datetime.datetime.strptime(text, form))
            except ValueError:
                pass
    notes.append(f"Due: {text}")
    return None


# The CSV: rows of several types, a task's depth in INDENT.


def read_csv(file, document):
    rows = csv.DictReader(io.StringIO(file.text()))
    if not {"TYPE", "CONTENT"} <= set(rows.fieldnames or ()):
        raise ValueError(f"{file.name}: no CSV of Todoist")
    name = re.sub(r"\s*\[\d+\]$", "", file.stem())
    reader = CsvReader(document, document.project(file.stem(), name), file.stem())
    for row in rows:
        with document.report.open("csv", row) as record:
            reader.row(record, (record.text("TYPE") or "").lower())
    reader.end()


class CsvReader:
    def __init__(self, document, project, name):
        self.document, self.project, self.name = document, project, name
        self.section, self.parents, self.seen, self.task = None, [], {}, None

    def row(self, record, kind):
        handler = {"task": self.add_task, "note": self.add_note, "section": self.add_section}.get(kind)
        if handler:
            handler(record)
        elif kind:
            self.document.report.note(f"csv rows of type {kind}")
            record.members.clear()

    def add_section(self, record):
        self.end()
        self.section = record.text("CONTENT")

    def add_note(self, record):
        text = record.text("CONTENT")
        if self.task and text:
            self.task["notes"].append(text)
        elif text:
            self.document.report.note("csv notes without a task")

    def add_task(self, record):
        self.end()
        content = record.text("CONTENT") or "Untitled"
        depth = int(record.text("INDENT") or 1)
        notes = [record.text("DESCRIPTION"), f"Section: {self.section}" if self.section else None]
        del self.parents[max(depth - 1, 0):]
        if self.parents:
            notes.append(f"Part of: {self.parents[-1]}")
        title = LABEL.sub("", content).strip() or content
        self.parents.append(title)
        labels = LABEL.findall(content) + [label for label in (record.text("LABELS") or "").split(";")]
        due = record.text("DEADLINE") or record.text("DATE")
        number = self.seen[content] = self.seen.get(content, 0) + 1
        record.skip("DATE_LANG", "DEADLINE_LANG", "TIMEZONE")
        self.task = {"key": f"{self.name} {content} {number}", "title": title, "notes": notes, "labels": labels,
                     "due_date": due_of(due, self.document, notes) if due else None,
                     "priority": PRIORITIES.get(5 - int(record.text("PRIORITY") or 3))}

    def end(self):
        """A task is whole when the next one begins: its notes follow it."""
        if self.task:
            self.document.task(project_id=self.project, **self.task)
        self.task = None


# The JSON: lists of objects that name each other by their ids.


def read_json(data, document):
    with document.report.open("backup", data) as backup:
        projects = {str(row["id"]): read_project(row, document) for row in backup.take("projects", [])}
        sections = {str(row["id"]): row.get("name") for row in backup.take("sections", [])}
        for row in backup.take("labels", []):
            read_label(row, document)
        comments = comments_of(backup.take("notes", []), document)
        items = backup.take("items", [])
        titles = {str(row["id"]): row.get("content") for row in items}
        for row in items:
            with document.report.open("items", row) as item:
                read_item(item, document, projects, sections, comments, titles)


def color_of(record, document):
    """Todoist names its colours."""
    name = record.take("color")
    if name and name not in COLORS:
        document.report.note(f"{record.place}.color")
    return COLORS.get(name)


def read_project(row, document):
    with document.report.open("projects", row) as project:
        project.skip("child_order", "collapsed", "view_style", "inbox_project", "sync_id", "v2_id", "is_deleted")
        return document.project(project.take("id"), project.text("name"), description=project.text("description"),
                                color=color_of(project, document), archived=bool(project.take("is_archived")),
                                created_at=document.parse(project.text("created_at")),
                                updated_at=document.parse(project.text("updated_at")))


def read_label(row, document):
    with document.report.open("labels", row) as label:
        label.skip("id", "item_order", "is_deleted")
        document.category(label.text("name") or "Untitled", color=color_of(label, document))


def comments_of(rows, document):
    comments = {}
    for row in rows:
        with document.report.open("notes", row) as note:
            note.skip("id", "posted_uid", "posted_at", "is_deleted", "v2_id", "v2_item_id")
            comments.setdefault(str(note.take("item_id")), []).append(note.text("content"))
    return comments


def read_due(item, document, notes):
    """The members of a task that say when it is due, and whether it repeats."""
    due = item.take("deadline") or item.take("due")
    if not due:
        return {}
    with document.report.open("items.due", due) as record:
        text, words, language = record.text("date"), record.text("string"), record.take("lang", "en")
        zone, repeats = zone_of(record.text("timezone"), document), {}
        day = text and len(text) == 10
        due_date = datetime.date.fromisoformat(text).isoformat() if day else document.parse(text, zone)
        if record.take("is_recurring"):
            if words and due_date and language == "en" and not item.members.get("checked"):
                rule, anchor = phrases.rule_of(words, document.day(due_date))
                repeats = document.repetition(rule, due_date, anchor, zone)
            if not repeats:
                notes.append(f"Repeats: {words or 'yes'}")
        return {"due_date": due_date, **repeats}


def zone_of(name, document):
    """The zone in which words mean a day; a task without one goes where its user is."""
    try:
        return zoneinfo.ZoneInfo(name) if name else document.zone
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        document.report.note(f"time zones: {name}")
        return document.zone


def read_item(item, document, projects, sections, comments, titles):
    key = str(item.take("id"))
    parent, section = titles.get(str(item.take("parent_id"))), sections.get(str(item.take("section_id")))
    notes = [item.text("description"), f"Section: {section}" if section else None,
             f"Part of: {parent}" if parent else None, *comments.get(key, [])]
    due, done = read_due(item, document, notes), bool(item.take("checked"))
    item.skip("child_order", "day_order", "collapsed", "is_deleted", "sync_id", "user_id", "v2_id", "v2_project_id",
              "v2_parent_id", "v2_section_id")
    document.task(key, item.text("content"), notes=notes, **due, labels=item.take("labels", []), status="DONE" if done else "TODO",
                  completed_at=document.parse(item.text("completed_at")) if done else None,
                  priority=PRIORITIES.get(item.take("priority")), project_id=projects.get(str(item.take("project_id"))),
                  created_at=document.parse(item.text("added_at")), updated_at=document.parse(item.text("updated_at")))
