"""A document as Daybook's export has it (format 1), put together from what a reader finds."""

import datetime
import json
import re
import uuid
import zoneinfo

from importers import rules

LISTS = ["projects", "categories", "moods", "tasks", "journals"]
NAMESPACE = uuid.UUID("0d9a1ab7-6f0e-5a53-9d0c-3c1f2ad0b5a1")
TITLE, DESCRIPTION, CONTENT = 200, 2000, 100_000
MAX_TAGS, MAX_EMOTIONS, MAX_WORD = 20, 10, 50
# Under the limits of the server: a body's bytes, and its elements.
MAX_BYTES, MAX_ELEMENTS = 60 << 20, 400_000


def clean(text):
    """A text that Daybook takes: without U+0000, and with one kind of line end."""
    return text.replace("\0", "").replace("\r\n", "\n") if text else text


class Document:
    def __init__(self, source, zone, report):
        self.source, self.zone, self.report = source, zoneinfo.ZoneInfo(zone), report
        self.lists = {name: {} for name in LISTS}
        self.names = {}
        self.moods = {}  # scores of moods by their names, as the user gave them

    def id(self, kind, key):
        """The same for the same thing each time, so that a second run skips what is there."""
        return str(uuid.uuid5(NAMESPACE, f"{self.source} {kind} {key}"))

    def add(self, kind, key, **members):
        row = {"id": self.id(kind, key), **{name: value for name, value in members.items() if value is not None}}
        if row["id"] in self.lists[kind]:
            self.report.note(f"{kind} that come twice")
        self.lists[kind][row["id"]] = row
        return row["id"]

    # Times.

    def instant(self, value, zone=None):
        """A datetime as the API writes it; a naive one is of `zone`, or of the document's. None stays None."""
        if value is None:
            return None
        if value.tzinfo is None:
            value = value.replace(tzinfo=zone or self.zone)
        try:
            value = value.astimezone(datetime.timezone.utc)
        except OverflowError:
            self.report.note("times at the end of the calendar")
            return None
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")

    def parse(self, text, zone=None):
        """An instant from the text form of ISO 8601, None from an empty text; an error is reported."""
        if not text:
            return None
        try:
            return self.instant(datetime.datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", fraction(text))), zone)
        except ValueError:
            self.report.note("times that nobody can read")
            return None

    def day(self, due_date, zone=None):
        """The local day on which something is due, in `zone` or in the document's."""
        if len(due_date) == len("YYYY-MM-DD"):
            return datetime.date.fromisoformat(due_date)
        return datetime.datetime.fromisoformat(due_date.replace("Z", "+00:00")).astimezone(zone or self.zone).date()

    def repetition(self, rule, due_date, anchor="DUE", zone=None):
        """The members of a task that repeats by a rule. None are there if Daybook does not take the rule, or if the day
        that it names in `zone` is another one in the document's."""
        if not rule or not due_date or not rules.taken(rule, self.day(due_date)):
            return {}
        if "BY" in rule.upper() and self.day(due_date) != self.day(due_date, zone):
            return {}
        return {"recurrence": rule, "recurrence_from": anchor}

    # Things.

    def project(self, key, name, **members):
        return self.add("projects", key, name=self.cut("projects", name or "Untitled", 100), **members)

    def category(self, name, **members):
        """The category of this name; there is one for each, regardless of case."""
        name = self.cut("categories", name, 50)
        folded = name.casefold()
        if folded not in self.names:
            self.names[folded] = self.add("categories", folded, name=name, **members)
        return self.names[folded]

    def task(self, key, title, notes=(), labels=(), **members):
        """`notes` are what has no member of its own; the first label is the category, others are told."""
        title, labels = clean(title) or "Untitled", [label for label in labels if label.strip()]
        notes = [clean(note) for note in notes if note]
        if len(labels) > 1:
            notes.append("Labels: " + ", ".join(labels))
        if len(title) > TITLE:
            notes.insert(0, title)
        description = "\n\n".join(notes)
        if len(description) > DESCRIPTION:
            self.report.note("long descriptions that became journal entries")
            self.journal(f"task {key}", description, title=title, tags=["import"])
            description = description[:DESCRIPTION - 1] + "…"
        return self.add("tasks", key, title=title[:TITLE], description=description or None,
                        category_id=self.category(labels[0]) if labels else None, **members)

    def mood(self, key, score, emotions=(), note=None, **members):
        words = list(dict.fromkeys(word.strip()[:MAX_WORD] for word in emotions if word.strip()))
        rest = words[MAX_EMOTIONS:]
        if rest:
            note = "\n".join(filter(None, [note, ", ".join(rest)]))
        return self.add("moods", key, score=score, emotions=words[:MAX_EMOTIONS],
                        note=self.cut("moods", clean(note), 1000) if note else None, **members)

    def journal(self, key, content, title=None, tags=(), **members):
        """A text that is too long becomes several entries."""
        content, title = clean(content) or "", clean(title)
        if title and len(title) > TITLE:
            content, title = f"{title}\n\n{content}", title[:TITLE]
        content = content if content.strip() else title or "(empty)"
        tags = self.tags(tags)
        for number, start in enumerate(range(0, len(content), CONTENT)):
            part = content[start:start + CONTENT]
            self.add("journals", key if number == 0 else f"{key} part {number + 1}", title=title,
                     content=part if part.strip() else "(blank)", tags=tags, **members)

    def tags(self, tags):
        words = list(dict.fromkeys(tag.replace(",", " ").strip()[:MAX_WORD].strip() for tag in tags if tag.strip(" ,")))
        if len(words) > MAX_TAGS:
            self.report.note("tags beyond the 20th of an entry", len(words) - MAX_TAGS)
        return words[:MAX_TAGS]

    def cut(self, kind, text, length):
        if len(text) > length:
            self.report.note(f"{kind} whose text was cut")
        return text[:length]

    # What comes out.

    def counts(self):
        return {name: len(rows) for name, rows in self.lists.items()}

    def parts(self, max_bytes=MAX_BYTES, max_elements=MAX_ELEMENTS):
        """One document, or several that are small enough each. Projects and categories stand in all of them,
        and a mood beside its entries, so that each can be tried by itself."""
        part = self.empty_part()
        for kind in LISTS[2:]:
            for row in self.lists[kind].values():
                mood = self.lists["moods"].get(row.get("mood_id"))
                size = len(json.dumps(row)) + (len(json.dumps(mood)) if mood else 0) + 4
                if part.size + size > max_bytes or part.count + 2 > max_elements:
                    yield part.document
                    part = self.empty_part()
                part.add(kind, row, size)
                if mood:
                    part.add_once("moods", mood)
        yield part.document

    def empty_part(self):
        return Part({name: list(self.lists[name].values()) for name in LISTS[:2]})


class Part:
    def __init__(self, lists):
        self.document = {"format": 1, **lists, "moods": [], "tasks": [], "journals": []}
        self.size = len(json.dumps(self.document))
        self.count = sum(map(len, lists.values()))
        self.moods = set()

    def add(self, kind, row, size):
        self.document[kind].append(row)
        self.size += size
        self.count += 1
        if kind == "moods":
            self.moods.add(row["id"])

    def add_once(self, kind, row):
        if row["id"] not in self.moods:
            self.add(kind, row, 0)


def fraction(text):
    """Python reads 3 or 6 digits of a second, Go writes up to 9."""
    return re.sub(r"\.(\d+)", lambda found: "." + found[1][:6].ljust(6, "0"), text, count=1)
