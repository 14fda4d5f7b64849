"""Calendar feeds: where they are, and what becomes of naughty texts in them."""

import re

SECRET = re.compile(r"https://localhost:\d+(/api/v1/feeds/[A-Za-z0-9_-]{43}[.]ics)")
NAUGHTY = [
    "plain", "a;b,c:d\\e\"f'g", "\\n \\, \\; \\\\", "BEGIN:VEVENT", "x\nEND:VEVENT\nBEGIN:VALARM", "x\r\nSUMMARY:y",
    "x\rATTENDEE:mailto:a@b", "tab\there", "ends in spaces   ", "   begins", "\ufeffmark", "é e\u0301 \U0001f9d1\u200d\U0001f692",
    "ä" * 200, "\U0001f600" * 200, "x" * 200, " " * 199 + "x", "%0d%0aX:Y", "=?utf-8?q?x?=", "x\u2028y\u2029z",
    "x\u0085y\x0bz\x0cw", "\x1b[31mred\x07\x7f\x01\x1e", "\u0080\u009b31m", "<script>", "\u202eright to left",
]


def address(user):
    """Makes a feed; the address as its client calls it here."""
    answer = user.post("/users/me/calendar-feed")
    assert answer.status_code == 201
    return SECRET.fullmatch(answer.json()["url"])[1]


def shown(text):
    """A text as a calendar has it: with one kind of line break, and nothing that controls a line."""
    text = re.sub("\r\n|[\n-\r\x85\u2028\u2029]", "\n", text)
    return re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f]", "\ufffd", text)
