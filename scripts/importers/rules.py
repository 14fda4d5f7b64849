"""What repeats: rules of RFC 5545 as Daybook takes them (section 3.3.10, without times of day)."""

import calendar
import datetime
import re

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
FREQUENCIES = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
MAX_LENGTH = 200
# Each part with a number or a list of numbers: its largest one, and whether it counts from the end, too.
NUMBERS = {"INTERVAL": (999, False), "COUNT": (9999, False), "BYMONTH": (12, False), "BYMONTHDAY": (31, True),
           "BYSETPOS": (366, True)}
SINGLE = {"INTERVAL", "COUNT"}
UNTIL = re.compile(r"\d{8}(T\d{6}Z)?", re.A)
WEEKDAY = re.compile(rf"([+-]?\d{{1,2}})?({'|'.join(DAYS)})", re.A)
# After so many periods the calendar has repeated itself, or nobody waits any longer.
PERIODS = {"DAILY": 10_000, "WEEKLY": 10_000, "MONTHLY": 4800, "YEARLY": 400}


def taken(text, due):
    """The rule as Daybook takes it for what is due on that day; None if it does not."""
    if len(text) > MAX_LENGTH or not text.isascii():
        return None
    parts = parsed(text.upper())
    return text if parts and occurs(parts, due) else None


def parsed(text):
    """The parts by their names, numbers as lists; None if one is not taken, or they do not go together."""
    pairs = [part.partition("=")[::2] for part in text.split(";")]
    parts = dict(pairs)
    for name, value in pairs:
        read = {"FREQ": one_of(FREQUENCIES), "WKST": one_of(DAYS), "UNTIL": until, "BYDAY": weekdays}.get(name)
        parts[name] = read(value) if read else numbers(name, value) if name in NUMBERS else None
        if not parts[name]:
            return None
    freq, counted = parts.get("FREQ"), any(number for number, _ in parts.get("BYDAY", ()))
    good = (freq and len(parts) == len(pairs) and not {"COUNT", "UNTIL"} <= parts.keys()
            and not (freq == "WEEKLY" and "BYMONTHDAY" in parts)
            and not (counted and freq in ("DAILY", "WEEKLY"))
            and not ("BYSETPOS" in parts and not {"BYMONTH", "BYMONTHDAY", "BYDAY"} & parts.keys()))
    return parts if good else None


def one_of(words):
    return lambda value: value if value in words else None


def until(value):
    try:
        datetime.datetime.strptime(value, "%Y%m%dT%H%M%SZ" if "T" in value else "%Y%m%d")
    except ValueError:
        return None
    return value if UNTIL.fullmatch(value) else None


def numbers(name, value):
    most, signed = NUMBERS[name]
    found = re.fullmatch(rf"({'[+-]?' if signed else ''}\d{{1,{len(str(most))}}}(,|$))+", value, re.A)
    items = [] if not found or value.endswith(",") else [int(item) for item in value.split(",")]
    good = all(1 <= abs(item) <= most for item in items) and (name not in SINGLE or len(items) == 1)
    return items if good else None


def weekdays(value):
    """(the n-th one or None, weekday) of each."""
    found = [WEEKDAY.fullmatch(item) for item in value.split(",")]
    items = [(int(one[1]) if one[1] else None, DAYS.index(one[2])) for one in found if one]
    good = len(items) == len(found) and all(number is None or 1 <= abs(number) <= 53 for number, _ in items)
    return items if good else None


# Whether a rule leads anywhere.


def occurs(parts, due):
    """Whether there is another day after this one, however often and however long it goes on."""
    parts = {name: value for name, value in parts.items() if name not in ("COUNT", "UNTIL")}
    if not {"BYDAY", "BYMONTHDAY"} & parts.keys():
        parts |= {"DAILY": {}, "WEEKLY": {"BYDAY": [(None, due.weekday())]}, "MONTHLY": {"BYMONTHDAY": [due.day]},
                  "YEARLY": {"BYMONTH": parts.get("BYMONTH", [due.month]), "BYMONTHDAY": [due.day]}}[parts["FREQ"]]
    try:
        return any(day > due for number in range(PERIODS[parts["FREQ"]] + 1) for day in chosen(parts, period(parts, due, number)))
    except (OverflowError, ValueError):  # the end of the calendar
        return False


def period(parts, due, number):
    """The days of the period that is so many intervals after that of this day."""
    step = number * parts.get("INTERVAL", [1])[0]
    if parts["FREQ"] == "DAILY":
        return [due + datetime.timedelta(days=step)]
    if parts["FREQ"] == "WEEKLY":
        into_week = (due.weekday() - DAYS.index(parts.get("WKST", "MO"))) % 7
        return [due + datetime.timedelta(days=7 * step - into_week + place) for place in range(7)]
    year = (due.year + step) * 12
    months = [due.year * 12 + due.month - 1 + step] if parts["FREQ"] == "MONTHLY" else range(year, year + 12)
    return [datetime.date(month // 12, month % 12 + 1, day) for month in months
            for day in range(1, calendar.monthrange(month // 12, month % 12 + 1)[1] + 1)]


def chosen(parts, days):
    """Those of a period that the rule means."""
    found = [day for day in days if matches(parts, day)]
    if "BYSETPOS" not in parts:
        return found
    return [day for place, day in enumerate(found) if {place + 1, place - len(found)} & set(parts["BYSETPOS"])]


def matches(parts, day):
    length = calendar.monthrange(day.year, day.month)[1]
    if "BYMONTH" in parts and day.month not in parts["BYMONTH"]:
        return False
    if "BYMONTHDAY" in parts and not {day.day, day.day - length - 1} & set(parts["BYMONTHDAY"]):
        return False
    return "BYDAY" not in parts or bool({(number, day.weekday()) for number in places(parts, day, length)} & set(parts["BYDAY"]))


def places(parts, day, length):
    """Which ones of its weekday the day is, in its month or year; None is any of them."""
    before, after = day.day - 1, length - day.day
    if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts:
        before = day.timetuple().tm_yday - 1
        after = 365 + calendar.isleap(day.year) - 1 - before
    return {None, before // 7 + 1, -(after // 7 + 1)}
