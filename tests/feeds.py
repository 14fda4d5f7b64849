"""Calendar feeds: where they are, and what becomes of naughty texts in them."""

import datetime
import re
import zoneinfo

SECRET = re.compile(r"https://localhost:\d+(/api/v1/feeds/[A-Za-z0-9_-]{43}[.]ics)")
NAUGHTY = [
    "plain", "a;b,c:d\\e\"f'g", "\\n \\, \\; \\\\", "BEGIN:VEVENT", "x\nEND:VEVENT\nBEGIN:VALARM", "x\r\nSUMMARY:y",
    "x\rATTENDEE:mailto:a@b", "tab\there", "ends in spaces   ", "   begins", "\ufeffmark", "é e\u0301 \U0001f9d1\u200d\U0001f692",
    "ä" * 200, "\U0001f600" * 200, "x" * 200, " " * 199 + "x", "%0d%0aX:Y", "=?utf-8?q?x?=", "x\u2028y\u2029z",
    "x\u0085y\x0bz\x0cw", "\x1b[31mred\x07\x7f\x01\x1e", "\u0080\u009b31m", "<script>", "\u202eright to left",
]
# A zone, when the first task is due, and its rule: over changes of the clocks, and where rules are counted oddly.
SERIES = [
    ("Europe/Berlin", "2027-03-26T08:00:00Z", "FREQ=DAILY"),
    ("Europe/Berlin", "2027-03-26T01:30:00Z", "FREQ=DAILY;COUNT=5"),  # 02:30 is left out on the 28th
    ("Europe/Berlin", "2027-10-29T00:30:00Z", "FREQ=DAILY;UNTIL=20271102"),  # 02:30 comes twice on the 31st
    ("Europe/Berlin", "2027-10-29T22:30:00Z", "FREQ=DAILY;UNTIL=20271102T233000Z"),
    ("Europe/Berlin", "2027-03-26", "FREQ=DAILY;COUNT=4"),
    ("Europe/Berlin", "2027-04-01", "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270925T120000Z"),
    ("America/New_York", "2027-10-30T12:00:00Z", "FREQ=WEEKLY;BYDAY=MO,SA"),
    ("America/New_York", "2027-01-31T13:00:00Z", "FREQ=MONTHLY;BYMONTHDAY=31"),
    ("America/New_York", "2027-11-30T02:00:00Z", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=6"),  # counted from 29 November
    ("Australia/Lord_Howe", "2027-09-25T16:00:00Z", "FREQ=WEEKLY"),  # 02:30 is left out, half an hour
    ("Africa/Casablanca", "2027-02-01T08:00:00Z", "FREQ=WEEKLY;INTERVAL=2"),
    ("Asia/Kolkata", "2028-02-29T03:30:00Z", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
    ("America/Santiago", "2027-08-29T04:30:00Z", "FREQ=WEEKLY;BYDAY=SU"),  # midnight is left out on 5 September
    ("Pacific/Auckland", "2027-04-01T20:00:00Z", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    ("UTC", "2027-04-01T20:00:00Z", "FREQ=DAILY;INTERVAL=10;COUNT=4"),
]


def nameless(text, zone):
    """The same calendar for a program to which the zone's name says nothing."""
    return text.replace(f"TZID:{zone}\r\n", f"TZID:X-{zone}\r\n").replace(f"TZID={zone}:", f"TZID=X-{zone}:")


def agreed(seen, due, zone):
    """Both, without those whose local time is left out or comes twice: programs differ in what they make of these,
    whatever RFC 5545 section 3.3.5 says."""
    def local(text):
        return datetime.datetime.fromisoformat(text).astimezone(zoneinfo.ZoneInfo(zone))

    pairs = [(one, other) for one, other in zip(seen, due, strict=True)
             if len(other) == 10 or local(other).time() == local(due[0]).time()
             and local(other).replace(fold=0).utcoffset() == local(other).replace(fold=1).utcoffset()]
    return [one for one, _ in pairs], [other for _, other in pairs]


def address(user):
    """Makes a feed; the address as its client calls it here."""
    answer = user.post("/users/me/calendar-feed")
    assert answer.status_code == 201
    return SECRET.fullmatch(answer.json()["url"])[1]


def shown(text):
    """A text as a calendar has it: with one kind of line break, and nothing that controls a line."""
    text = re.sub("\r\n|[\n-\r\x85\u2028\u2029]", "\n", text)
    return re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f]", "\ufffd", text)
