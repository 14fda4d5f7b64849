"""How people say in Todoist when something repeats, in English, and the rules that mean the same days."""

import re

DAYS = {"mon": "MO", "tue": "TU", "wed": "WE", "thu": "TH", "fri": "FR", "sat": "SA", "sun": "SU"}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
WORDS = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year", "annually": "year", "quarterly": "3 months",
         "quarter": "3 months", "workday": "weekday"}
# The due date has the time of day.
TIME = re.compile(r"(?: at)? (?:\d{1,2}:\d\d(?: ?[ap]m)?|\d{1,2} ?[ap]m)$| at (?:\d{1,2}|noon|midnight)$")
DAY = rf"({'|'.join(DAYS)})(?:day|sday|nesday|rsday|urday|s|r|rs)?s?"
MONTH = rf"({'|'.join(MONTHS)})[a-z]*"
NTH = r"(\d{1,2})(?:st|nd|rd|th)"
NUMBER = r"(\d{1,2})(?:st|nd|rd|th)?"
EACH = r"(?:(other|[1-9]\d{0,2}) )?"
AND = r"(?:,|,? and|,? &) ?"


def interval(word):
    number = 2 if word == "other" else int(word or 1)
    return f";INTERVAL={number}" if number > 1 else ""


def yearly(month, day):
    return f"FREQ=YEARLY;BYMONTH={MONTHS.index(month) + 1};BYMONTHDAY={int(day)}"


# What follows "every".
PHRASES = [(re.compile(pattern), make) for pattern, make in [
    (rf"{EACH}(day|week|month|year)s?", lambda found: f"FREQ={UNITS[found[2]]}{interval(found[1])}"),
    (r"weekdays?", lambda found: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    (rf"{EACH}({DAY}(?:{AND}{DAY})*)", lambda found: f"FREQ=WEEKLY{interval(found[1])};BYDAY="
     + ",".join(DAYS[word] for word in re.findall(DAY, found[2]))),
    (rf"({NTH}(?:{AND}{NTH})*)", lambda found: f"FREQ=MONTHLY;BYMONTHDAY={','.join(re.findall(NTH, found[1]))}"),
    (r"last day(?: of (?:the|each|every) month)?", lambda found: "FREQ=MONTHLY;BYMONTHDAY=-1"),
    (rf"{NTH} {DAY}", lambda found: f"FREQ=MONTHLY;BYDAY={found[1]}{DAYS[found[2]]}"),
    (rf"last {DAY}", lambda found: f"FREQ=MONTHLY;BYDAY=-1{DAYS[found[1]]}"),
    (rf"{MONTH} {NUMBER}", lambda found: yearly(found[1], found[2])),
    (rf"{NUMBER} (?:of )?{MONTH}", lambda found: yearly(found[2], found[1])),
]]


def rule_of(words, day):
    """The rule of such words for what is due on that day, and what it is counted from; (None, None) if there is none."""
    words = TIME.sub("", " ".join(words.lower().split()))
    found = re.fullmatch(r"(?:(every!|after|every|ev) )?(.*)", words)
    if not found[1] and words not in WORDS:
        return None, None
    text = WORDS.get(found[2], found[2])
    rule = next((make(match) for pattern, make in PHRASES if (match := pattern.fullmatch(text))), None)
    if rule is None or is_moved(rule, day):
        return None, None
    return rule, "COMPLETION" if found[1] in ("every!", "after") else "DUE"


def is_moved(rule, day):
    """Where a month is too short Todoist takes an earlier day of it, and Daybook none."""
    named = [int(number) for number in rule.partition("BYMONTHDAY=")[2].split(",") if number] or [day.day]
    if "FREQ=YEARLY" in rule:
        return named == [29] and ("BYMONTH=2;" in rule if "BYMONTH" in rule else day.month == 2)
    return "FREQ=MONTHLY" in rule and "BYDAY" not in rule and max(named) > 28
