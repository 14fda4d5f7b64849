"""Rules by which something repeats, against another program that expands them: python-dateutil."""
import datetime
import itertools
import random
import re
import subprocess
import sys

from dateutil.rrule import rrulestr

from private_pg import ROOT
from stack import build_folder

sys.path.insert(0, str(ROOT / "scripts"))
from importers import rules  # noqa: E402

SEED = 5545
RULES = 6000
# Only what comes within these years is compared.
HORIZON = datetime.timedelta(days=12 * 366)
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def some(rng, values, most):
    return rng.sample(values, rng.randint(1, min(most, len(values))))


def listed(values):
    return ",".join(str(value) for value in values)


def by_day(rng, freq, in_months):
    """All with a number or none: of a mixture the other program takes the intersection, RFC 5545 the union.
    Its numbers must not lead out of the year."""
    if freq in ("MONTHLY", "YEARLY") and rng.random() < 0.5:
        most = 5 if in_months else 53
        return [f"{rng.choice([1, -1]) * rng.randint(1, most)}{day}" for day in some(rng, WEEKDAYS, 3)]
    return some(rng, WEEKDAYS, 5)


def random_rule(rng):
    """The parts of a rule but COUNT and UNTIL."""
    freq = rng.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = [f"FREQ={freq}"]
    if rng.random() < 0.5:
        parts.append(f"INTERVAL={rng.choice([1, 2, 3, 4, 5, 7, 12, rng.randint(1, 999)])}")
    lists = []
    if rng.random() < 0.3:
        lists.append(f"BYMONTH={listed(some(rng, range(1, 13), 4))}")
    if freq != "WEEKLY" and rng.random() < 0.35:
        lists.append(f"BYMONTHDAY={listed(some(rng, [*range(1, 32), *range(-31, 0)], 5))}")
    if rng.random() < 0.45:
        lists.append(f"BYDAY={listed(by_day(rng, freq, freq == 'MONTHLY' or 'BYMONTH=' in listed(lists)))}")
    if lists and rng.random() < 0.25:
        lists.append(f"BYSETPOS={listed(some(rng, [1, 2, 3, 5, 20, -1, -2, -4], 3))}")
    if rng.random() < 0.3:
        lists.append(f"WKST={rng.choice(WEEKDAYS)}")
    rng.shuffle(lists)
    return ";".join(parts + lists)


def random_case(rng):
    """A rule as we are asked, the same for the other program, when it begins, and after which day."""
    start = datetime.date(1990, 1, 1) + datetime.timedelta(days=rng.randint(0, 36500))
    after = start + datetime.timedelta(days=rng.choice([0, 0, 1, 6, 31, rng.randint(0, 1000)]))
    rule, count, until = random_rule(rng), None, start + HORIZON
    end = rng.random()
    if end < 0.25:
        count = rng.randint(1, 40)
        asked = f"{rule};COUNT={count}"
    elif end < 0.5:
        until = start + datetime.timedelta(days=rng.randint(0, 2000))
        asked = f"{rule};UNTIL={until:%Y%m%d}"
    else:
        asked = rule
    return asked, rule, count, until, start, after


def begun(rule, start):
    """The rule and its start for the other program, whose first week begins with the start: BYSETPOS means a day
    of whole weeks."""
    if "FREQ=WEEKLY" in rule and "BYSETPOS" in rule:
        first = WEEKDAYS.index((re.findall("WKST=(..)", rule) or ["MO"])[0])
        rule = rule if "BYDAY" in rule else f"{rule};BYDAY={WEEKDAYS[start.weekday()]}"
        start -= (start.weekday() - first) % 7 * datetime.timedelta(days=1)
    return rule, datetime.datetime.combine(start, datetime.time())


def expected(rule, count, until, start, after):
    """The day on which something begins is the first repetition, whether or not the rule matches it."""
    rule, begin = begun(rule, start)
    days = (moment.date() for moment in rrulestr(f"{rule};UNTIL={until:%Y%m%d}", dtstart=begin))
    days = (day for day in days if day > start)
    if count:
        days = itertools.islice(days, count - 1)
    for passed, day in enumerate(days, 1):
        if day > after:
            return day, passed
    return None


def names(rule, start):
    """Whether the rule begins with the day on which something begins."""
    rule, begin = begun(rule, start)
    return start in (moment.date() for moment in rrulestr(f"{rule};UNTIL={start:%Y%m%d}", dtstart=begin))


def read(line, count, start):
    """What recurrences.c answered: only a COUNT needs the number of those in between."""
    if line == "none":
        return None
    day, passed = line.split()
    day = datetime.date.fromisoformat(day)
    return None if day > start + HORIZON else (day, int(passed) if count else None)


def test_thousands_of_random_rules_repeat_on_the_days_that_dateutil_finds(monkeypatch):
    rng = random.Random(SEED)
    cases = [random_case(rng) for _ in range(RULES)]
    lines = "".join(f"{asked} {start} {after}\n" for asked, _, _, _, start, after in cases)
    done = subprocess.run([build_folder() / "tests" / "recurrences"], input=lines, capture_output=True, text=True, check=True)
    answers = done.stdout.splitlines()
    assert len(answers) == RULES
    differences = []
    found = 0
    for (asked, rule, count, until, start, after), line in zip(cases, answers):
        # Else the other program looks for what never comes up to the year 9999.
        monkeypatch.setattr(datetime, "MAXYEAR", (start + HORIZON).year)
        theirs = expected(rule, count, until, start, after)
        if theirs and not count:
            theirs = (theirs[0], None)
        found += theirs is not None
        named, _, following = line.partition(" ")
        if named != ("in" if names(rule, start) else "out") or read(following, count, start) != theirs:
            differences.append((asked, start, after, line, theirs))
    assert not differences, differences[:5]
    assert found > RULES / 2


def spoiled(rng, rule):
    """The rule with a small mistake, or something that may be one."""
    at = rng.randrange(len(rule) + 1)
    return rng.choice([rule[:at] + rng.choice("0159,;=-+AMOT") + rule[at:], rule[:at] + rule[at + 1:],
                       rule + rng.choice([";COUNT=0", ";COUNT=3", ";UNTIL=20270230", ";UNTIL=20300101", ";UNTIL=20300101T120000Z",
                                          ";BYHOUR=1", ";FREQ=DAILY", ";BYDAY=2MO", ";BYMONTHDAY=31", ";BYSETPOS=-7", ";"]), rule])


def test_the_importers_take_the_rules_that_the_server_takes():
    """What it refused would keep a whole import out."""
    rng = random.Random(SEED)
    cases = [(spoiled(rng, random_rule(rng)), datetime.date(2027, 1, 1) + datetime.timedelta(days=rng.randint(0, 400)))
             for _ in range(RULES // 2)]
    # When it ends is another question than whether there is anything that ends.
    lines = "".join(f"{rule} {day} {day}\n" for rule, day in cases)
    done = subprocess.run([build_folder() / "tests" / "recurrences"], input=lines, capture_output=True, text=True, check=True)
    taken = 0
    for (rule, day), line in zip(cases, done.stdout.splitlines(), strict=True):
        ours = rules.taken(rule, day) is not None
        ends = "COUNT=" in rule or "UNTIL=" in rule
        assert ours != line.startswith("rule ") or not ours and line.endswith(" none"), (rule, day, line)
        assert not (ours and line.endswith(" none")) or ends, (rule, day, line)
        taken += ours
    assert RULES // 8 < taken < RULES * 3 // 8
