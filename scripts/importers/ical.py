"""iCalendar (RFC 5545): VTODO becomes a task, VJOURNAL a journal entry."""

import datetime
import re
import zoneinfo

STATUSES = {"NEEDS-ACTION": "TODO", "IN-PROCESS": "IN_PROGRESS", "COMPLETED": "DONE", "CANCELLED": "DONE"}
ESCAPES = {"n": "\n", "N": "\n", ",": ",", ";": ";", "\\": "\\"}
DURATION = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")
# A rule whose occurrences are as far from each other wherever it begins.
NAMES_NO_DAY = re.compile(r"FREQ=(DAILY|WEEKLY)(;(INTERVAL|COUNT)=\d+|;WKST=..)*", re.I)
# What only programs need.
OWN = ["DTSTAMP", "SEQUENCE", "CLASS", "X-APPLE-SORT-ORDER", "X-MOZ-GENERATION", "X-MOZ-LASTACK"]


def read(files, document):
    for file in files:
        for calendar in parse(file.text()).parts:
            if calendar.name != "VCALENDAR":
                raise ValueError(f"{file.name}: no iCalendar")
            name = calendar.text("X-WR-CALNAME") or calendar.text("NAME") or file.stem()
            read_calendar(calendar, document, name)


def read_calendar(calendar, document, name):
    tasks = [part for part in calendar.parts if part.name == "VTODO"]
    titles = {part.text("UID", keep=True): part.text("SUMMARY", keep=True) for part in tasks}
    project = document.project(name, name) if tasks else None
    for part in calendar.parts:
        if part.name == "VTODO":
            read_task(part, document, project, titles)
        elif part.name == "VJOURNAL":
            read_journal(part, document)
        elif part.name != "VTIMEZONE":
            document.report.note(part.name)
            continue
        report_rest(part, document)


def report_rest(part, document):
    for line in part.lines:
        if line.name not in OWN and part.name != "VTIMEZONE":
            document.report.note(f"{part.name}.{line.name}")


# The form: lines that may be folded, each a name with parameters and a value; components within each other.


class Line:
    def __init__(self, text):
        head, self.value = split_value(text)
        self.name, *parameters = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', head)
        self.name = self.name.upper()
        self.parameters = {name.upper(): value.strip('"') for name, _, value in
                           (parameter.partition("=") for parameter in parameters)}


class Part:
    def __init__(self, name):
        self.name, self.lines, self.parts = name, [], []

    def take(self, name, keep=False):
        """The first line of that name, which is taken off; or None."""
        for line in self.lines:
            if line.name == name:
                if not keep:
                    self.lines.remove(line)
                return line
        return None

    def text(self, name, keep=False):
        line = self.take(name, keep)
        return unescape(line.value).strip() or None if line else None

    def texts(self, name):
        """The texts of all lines of that name, each of which may have several."""
        while line := self.take(name):
            yield from filter(None, (unescape(value).strip() for value in re.split(r"(?<!\\),", line.value)))

    def texts_whole(self, name):
        """The texts of all lines of that name, in which a comma separates nothing."""
        while line := self.take(name):
            yield unescape(line.value).strip()


def split_value(text):
    """A colon within quotes ends no name."""
    quoted = False
    for place, character in enumerate(text):
        quoted ^= character == '"'
        if character == ":" and not quoted:
            return text[:place], text[place + 1:]
    raise ValueError(f"no iCalendar: the line {text[:60]!r} has no colon")


def unescape(text):
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), text)


def parse(text):
    stack = [Part("")]
    for content in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        if not content.strip():
            continue
        line = Line(content)
        if line.name == "BEGIN":
            stack.append(Part(line.value.strip().upper()))
            stack[-2].parts.append(stack[-1])
        elif line.name == "END":
            if len(stack) == 1 or stack[-1].name != line.value.strip().upper():
                raise ValueError(f"no iCalendar: END:{line.value} ends nothing")
            stack.pop()
        else:
            stack[-1].lines.append(line)
    if len(stack) > 1:
        raise ValueError(f"no iCalendar: {stack[-1].name} does not end")
    return stack[0]


# The meaning.


def moment_of(line, document):
    """A date, or a datetime with its zone; None if it cannot be read."""
    if not line:
        return None
    try:
        if len(line.value) == 8:
            return datetime.datetime.strptime(line.value, "%Y%m%d").date()
        moment = datetime.datetime.strptime(line.value.rstrip("Z"), "%Y%m%dT%H%M%S")
        if line.value.endswith("Z"):
            return moment.replace(tzinfo=datetime.timezone.utc)
        return moment.replace(tzinfo=zone_of(line, document))
    except ValueError:
        document.report.note("times that nobody can read")
        return None


def zone_of(line, document):
    name = line.parameters.get("TZID")
    try:
        return zoneinfo.ZoneInfo(name) if name else document.zone
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        document.report.note(f"time zones: {name}")
        return document.zone


def is_day(moment):
    return isinstance(moment, datetime.date) and not isinstance(moment, datetime.datetime)


def instant(moment, document):
    """The moment as the API writes it; of a day its beginning."""
    return document.instant(datetime.datetime.combine(moment, datetime.time()) if is_day(moment) else moment)


def duration(text):
    found = DURATION.match(text)
    if not found:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = datetime.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] == "-" else length


def reminder(part, document, due, start):
    """The first alarm, as an instant."""
    times = []
    for alarm in part.parts:
        line = alarm.take("TRIGGER")
        length = duration(line.value) if line else None
        anchor = due if line and line.parameters.get("RELATED") == "END" or not start else start
        if line and line.parameters.get("VALUE") == "DATE-TIME":
            times.append(moment_of(line, document))
        elif length is not None and isinstance(anchor, datetime.datetime):
            times.append(anchor + length)
    if len(part.parts) > (1 if times else 0):
        document.report.note(f"{part.name}.VALARM", len(part.parts) - (1 if times else 0))
    return document.instant(times[0]) if times and isinstance(times[0], datetime.datetime) else None


def due_date(due, document):
    return due.isoformat() if is_day(due) else document.instant(due)


def priority(part):
    """RFC 5545 section 3.8.1.9: 1 is the highest, 0 is undefined."""
    number = int(part.text("PRIORITY") or 0)
    return None if number == 0 else "URGENT" if number == 1 else "HIGH" if number < 5 else "MEDIUM" if number == 5 else "LOW"


def rule_with_until(rule, due, zone):
    """Where UNTIL is a local time it becomes one in UTC, and a day where the due date is one."""
    found = re.search(r"UNTIL=(\d{8})(T\d{6})?(Z?)", rule, re.I)
    if not found or not found[2]:
        return rule
    text = found[1]
    if not is_day(due):
        moment = datetime.datetime.strptime(text + found[2].upper(), "%Y%m%dT%H%M%S")
        text = f"{moment.replace(tzinfo=datetime.timezone.utc if found[3] else zone).astimezone(datetime.timezone.utc):%Y%m%dT%H%M%SZ}"
    return rule[:found.start(1)] + text + rule[found.end():]


def repetition(rule, document, due, start):
    """A rule is counted from the start. If that is on another day than the due date, only one that names no day is the
    same for both."""
    if not due:
        return {}
    zone = document.zone if is_day(due) else due.tzinfo
    days = {moment if is_day(moment) else moment.astimezone(zone).date() for moment in (due, start) if moment}
    if len(days) > 1 and not NAMES_NO_DAY.fullmatch(rule):
        return {}
    try:
        return document.repetition(rule_with_until(rule.rstrip(";"), due, zone), due_date(due, document), zone=zone)
    except (ValueError, OverflowError):  # an UNTIL that is no time
        return {}


def read_task(part, document, project, titles):
    due, start = moment_of(part.take("DUE"), document), moment_of(part.take("DTSTART", keep=True), document)
    length, status = part.text("DURATION"), (part.text("STATUS") or "NEEDS-ACTION").upper()
    if not due and length and isinstance(start, datetime.date):
        due = start + (duration(length) or datetime.timedelta())
    completed, percent = moment_of(part.take("COMPLETED"), document), part.text("PERCENT-COMPLETE")
    done = completed is not None or STATUSES.get(status) == "DONE"
    rule, parent, url = part.text("RRULE"), titles.get(part.text("RELATED-TO")), part.text("URL")
    repeats = repetition(rule, document, due or start, start) if rule and not done else {}
    if repeats and not due:
        due = start
    if due == start:
        part.take("DTSTART")
    notes = [part.text("DESCRIPTION"), *(f"Note: {text}" for text in part.texts("COMMENT")), url,
             f"Part of: {parent}" if parent else None, f"Repeats: {rule}" if rule and not repeats else None,
             "Cancelled" if status == "CANCELLED" else None, f"{percent} %" if percent not in (None, "0", "100") else None]
    key = " ".join(filter(None, [part.text("UID") or part.text("SUMMARY", keep=True), part.text("RECURRENCE-ID")]))
    document.task(key, part.text("SUMMARY"), notes=notes, labels=list(part.texts("CATEGORIES")), project_id=project,
                  due_date=due_date(due, document), **repeats, remind_at=reminder(part, document, due, start),
                  status="DONE" if done else STATUSES.get(status, "TODO"), priority=priority(part),
                  completed_at=instant(completed, document) if completed else None, **stamps(part, document))


def stamps(part, document):
    created, changed = moment_of(part.take("CREATED"), document), moment_of(part.take("LAST-MODIFIED"), document)
    return {"created_at": instant(created, document) if created else None,
            "updated_at": instant(changed, document) if changed else None}


def read_journal(part, document):
    start, content = moment_of(part.take("DTSTART"), document), "\n\n".join(part.texts_whole("DESCRIPTION"))
    title, key = part.text("SUMMARY"), part.text("UID")
    day = start.astimezone(document.zone).date() if isinstance(start, datetime.datetime) else start
    part.text("STATUS")
    document.journal(key or f"{start} {title}", content or title or "(empty)", title=title if content else None,
                     tags=list(part.texts("CATEGORIES")), entry_date=day.isoformat() if day else None,
                     **stamps(part, document))
