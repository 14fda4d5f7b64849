"""What mood statistics and the dashboard must say, computed another way: by Python's own calendar
and time zones, from the list of what was recorded."""

import datetime
import decimal
import fractions
import statistics
import zoneinfo

DAY = datetime.timedelta(days=1)


def local_day(instant, zone):
    """The day that a clock on the wall showed."""
    return instant.astimezone(zoneinfo.ZoneInfo(zone)).date()


def rounded(value):
    """To two decimals, half away from zero; None stays."""
    if value is None:
        return None
    exact = decimal.Decimal(value.numerator) / decimal.Decimal(value.denominator)
    return float(exact.quantize(decimal.Decimal("0.01"), decimal.ROUND_HALF_UP))


def mean(scores):
    """The exact average as a fraction, or None."""
    return fractions.Fraction(sum(scores), len(scores)) if scores else None


def first_day(period, day):
    return day - day.weekday() * DAY if period == "week" else day.replace(day=1)


def step(period, first, count):
    """The first day of the period that many later."""
    if period == "week":
        return first + count * 7 * DAY
    month = first.year * 12 + first.month - 1 + count
    return datetime.date(month // 12, month % 12 + 1, 1)


def days_between(first, last):
    return [first + n * DAY for n in range((last - first).days + 1)]


def by_day(moods, zone):
    """Moods as (instant, score) by their local days: what the functions below take."""
    return [(local_day(instant, zone), score) for instant, score in moods]


def scores_between(moods, first, last):
    return [score for day, score in moods if first <= day <= last]


def summary(moods, first, last):
    scores = scores_between(moods, first, last)
    return {"start": str(first), "end": str(last), "count": len(scores), "average": rounded(mean(scores))}


def stats(moods, zone, period, day):
    """The answer of /moods/stats."""
    first = first_day(period, day)
    last = step(period, first, 1) - DAY
    before = step(period, first, -1)
    scores = scores_between(moods, first, last)
    previous = scores_between(moods, before, first - DAY)
    return {
        "period": period, "timezone": zone, **summary(moods, first, last),
        "median": float(statistics.median(scores)) if scores else None,
        "min": min(scores, default=None), "max": max(scores, default=None),
        "distribution": {str(n): scores.count(n) for n in range(1, 6)},
        "days": [{"date": str(d), "count": len(found), "average": rounded(mean(found))}
                 for d in days_between(first, last)
                 for found in [scores_between(moods, d, d)]],
        "previous": summary(moods, before, first - DAY),
        "change": rounded_change(mean(scores), mean(previous)),
    }


def rounded_change(now, before):
    return None if now is None or before is None else rounded(now - before)


def trends(moods, zone, period, count, today):
    """The answer of /moods/trends."""
    current = first_day(period, today)
    periods = []
    for n in range(count - 1, -1, -1):
        first = step(period, current, -n)
        last = step(period, first, 1) - DAY
        scores = scores_between(moods, first, last)
        periods.append({**summary(moods, first, last),
                        "min": min(scores, default=None), "max": max(scores, default=None)})
    return {"period": period, "timezone": zone, "periods": periods}


def streaks(days, today):
    """(current, longest) run of days with something in them; the current one may end yesterday."""
    days = sorted(day for day in set(days) if day <= today)
    runs, length = [], 0
    for i, day in enumerate(days):
        length = length + 1 if i and day - days[i - 1] == DAY else 1
        runs.append((day, length))
    current = max((length for day, length in runs[-1:] if day >= today - DAY), default=0)
    return current, max((length for _, length in runs), default=0)
