"""What a reader found but had no place for: counted by where it stood, so that nothing is dropped silently."""

import collections


class Report:
    def __init__(self):
        self.counts = collections.Counter()

    def note(self, place, count=1):
        """Something at this place stays behind, or is not the same any more."""
        self.counts[place] += count

    def open(self, place, members):
        return Record(self, place, members)

    def lines(self):
        return [f"{place}: {count}" for place, count in sorted(self.counts.items())]


class Record:
    """An object of the source. Members that were not taken when it ends are reported, but for empty ones."""

    def __init__(self, report, place, members):
        self.report, self.place, self.members = report, place, dict(members)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        for name, value in self.members.items():
            if kind is None and value not in (None, "", [], {}, False, 0):
                self.report.note(f"{self.place}.{name}")

    def take(self, name, default=None):
        value = self.members.pop(name, None)
        return default if value is None else value

    def text(self, name):
        """The member as a text without white space around it, or None."""
        value = self.take(name)
        return (str(value).strip() or None) if value is not None else None

    def skip(self, *names):
        """These say nothing that Daybook would not know: ids and counts of the source itself."""
        for name in names:
            self.members.pop(name, None)
