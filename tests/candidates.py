"""Values to try where a JSON Schema says what is allowed: each limit from both sides, every type, and texts
that are hard to take. The schema itself, read by another validator, tells which of them are good."""

import json
import re
import uuid
import zoneinfo

import jsonschema

WHITE_SPACE = ["\t", "\r", " ", "\x85", "\xa0", "\u200a", "\u3000"]
# What looks blank but is no White_Space.
LIKE_WHITE_SPACE = ["\u200b", "\ufeff", "\x1f"]
ANYTHING = [None, True, False, 0, 1, -1, 1.5, "", "x", [], ["x"], [None], {}, {"x": 1}]
LETTERS = ["x", "é", "\u0301", "😀", "\u4e2d", "'", "\\", '"', "%", "<"]
TEXTS = [*WHITE_SPACE, *LIKE_WHITE_SPACE, " x ", "x\n", "\0", "x\0", "\0x", "a,b", ",", "true", "null", "5", "none",
         "#1E90FF", "#1e90ff", "#1E90F", "#1E90FFA", "1E90FF", "#GGGGGG", "#1E90FF\n"]
NAMES = ["ada", "Ada_L.-9", "a b", "ädä", "ad", "a/b", "ada\n"]
WORDS = ["no such word", "TODO ", " DONE", "asc,desc"]
DATES = ["2026-11-20", "0001-01-01", "9999-12-31", "2024-02-29", "2023-02-29", "1900-02-29", "2026-13-01", "2026-11-31",
         "2026-1-1", "20261120", "0000-01-01", "10000-01-01", "-2026-11-20", "2026-11-20 ", "today", "2026-W47-5"]
TIMES = ["2026-11-20T09:30:00Z", "2026-11-20T09:30:00.123456789+05:45", "2026-11-20t09:30:00z", "0001-01-01T00:00:00Z",
         "9999-12-31T23:59:59.999999Z", "2024-02-29T23:59:59-23:59", "2026-11-20T09:30:00", "2026-11-20 09:30:00Z",
         "2026-11-20T24:00:00Z", "2026-11-20T09:60:00Z", "2026-11-20T09:30:00+24:00", "2026-11-20T09:30Z",
         "2026-11-20T09:30:00.Z", "2026-02-30T00:00:00Z", "infinity", "now", "2026-11-20T09:30:00+0100"]
IDS = ["0190f3c0-0000-7000-8000-00000000000g", "0190f3c0000070008000000000000000", "{0190f3c0-0000-7000-8000-000000000000}",
       "0190f3c0-0000-7000-8000-0000000000000", "urn:uuid:0190f3c0-0000-7000-8000-000000000000"]
EMAILS = ["x@y", "@example.org", "x@example.org.", "x y@example.org", "x@exam_ple.org", "x@-example.org",
          ".x@example.org", "x..y@example.org", "x@example..org", "x@example.org\n", "<x@example.org>", "x@y@example.org",
          "a" * 65 + "@example.org", "x@" + "a" * 64 + ".org", "ü@example.org", "x@exämple.org"]
PASSWORDS = ["Correct-Horse-7", "Aa1!" + "x" * 68, "Aa1!" + "x" * 69, "Aa1!xxx", "aa1!xxxxx", "AA1!XXXXX", "Aaa!xxxxx",
             "Aa11xxxxx", "Éé1!" + "x" * 66, "Aa1 xxxxx", "Aa1!\0xxxx"]
ZONES = ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Mars/Olympus", "+01:00", "UTC+1",
         "Europe/Berlin ", "../etc/passwd"]

formats = jsonschema.FormatChecker()


@formats.checks("uuid")
def is_uuid(value):
    return not isinstance(value, str) or re.fullmatch("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value)


@formats.checks("date")
def is_date(value):
    if not isinstance(value, str):
        return True
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value, re.ASCII)
    return found is not None and is_day(*map(int, found.groups()))


@formats.checks("date-time")
def is_time(value):
    """RFC 3339 without leap seconds, between the years 1 and 9999 in UTC."""
    if not isinstance(value, str):
        return True
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))", value,
                         re.ASCII)
    if not found:
        return False
    year, month, day, hour, minute, second, *offset = (int(group or 0) for group in found.groups())
    return is_day(year, month, day) and hour < 24 and minute < 60 and second < 60 and offset[0] < 24 and offset[1] < 60


def is_day(year, month, day):
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= days[month - 1]


@formats.checks("int64")
def is_int64(value):
    return not isinstance(value, (int, float)) or -2**63 <= value < 2**63


@formats.checks("password")
def is_password(value):
    """The rule that the description of the operation tells."""
    return not isinstance(value, str) or (
        len(value) >= 8 and len(value.encode()) <= 72 and "\0" not in value and all(
            any(is_kind(character) for character in value)
            for is_kind in (str.isupper, str.islower, str.isdigit, lambda c: not c.isalnum() and not c.isspace())))


@formats.checks("timezone")
def is_zone(value):
    return not isinstance(value, str) or value.lower() in {zone.lower() for zone in zoneinfo.available_timezones()}


def check_pattern(validator, pattern, value, schema):
    """As ECMA-262 has it: only there is `$` nothing but the end of the text."""
    del schema
    if validator.is_type(value, "string") and not re.search(re.sub(r"\$$", r"\\Z", pattern), value):
        yield jsonschema.ValidationError(f"does not match {pattern}")


Validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": check_pattern})


class Candidates:
    def __init__(self, contract):
        self.contract = contract
        self.known = {}

    def is_good(self, value, schema):
        return Validator({**schema, "components": self.contract.document["components"]},
                         format_checker=formats).is_valid(value)

    def split(self, schema):
        """(good values, bad values) for a schema; none comes twice."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self.known:
            self.known[key] = self.sort(schema)
        return self.known[key]

    def sort(self, schema):
        good, bad = [], []
        for value in distinct([*ANYTHING, *self.special(schema)]):
            (good if self.is_good(value, schema) else bad).append(value)
        return good, bad

    def special(self, schema):
        """What lies at the limits of a schema."""
        schema = self.contract.resolve(schema)
        for keyword in ("anyOf", "allOf"):
            for part in schema.get(keyword, []):
                yield from self.special(part)
        yield from schema.get("enum", [])
        if "enum" in schema:
            yield from WORDS
        kinds = schema.get("type", [])
        for kind, values in (("integer", self.numbers), ("string", self.texts), ("array", self.lists),
                             ("object", self.objects)):
            if kind in kinds:
                yield from values(schema)

    def numbers(self, schema):
        limits = [schema[name] for name in ("minimum", "maximum") if name in schema]
        for limit in [*limits, 2**31, 2**53, 2**63 - 1]:
            yield from (limit - 1, limit, limit + 1)
        yield from (float(limits[0]), 1e300, -2**63 - 1, 10**30) if limits else ()

    def texts(self, schema):
        if "enum" in schema or schema.get("format") in ("uuid", "date", "date-time"):
            yield from (" ", "x\0", "none", "\u4e2d")
        else:
            yield from TEXTS
            yield from LETTERS
            for limit in (schema.get("minLength", 1), schema.get("maxLength", 300)):
                yield from (letter * length for letter in LETTERS[:4] for length in (limit - 1, limit, limit + 1))
        pools = {"date": DATES, "date-time": [*TIMES, *DATES[:1]], "email": EMAILS, "password": PASSWORDS,
                 "timezone": ZONES}
        yield from pools.get(schema.get("format"), [])
        if schema.get("format") == "uuid":
            yield from [str(uuid.uuid4()), str(uuid.uuid4()).upper(), *IDS]
        if "pattern" in schema:
            yield from NAMES

    def lists(self, schema):
        good, bad = self.split(schema["items"])
        many = self.many(good, schema.get("maxItems", 3) + 1, schema["items"])
        for length in {0, 1, schema.get("minItems", 0) - 1, schema.get("minItems", 0), schema.get("maxItems", 3),
                       schema.get("maxItems", 3) + 1}:
            if 0 <= length <= len(many):
                yield many[:length]
        yield from ([value] for value in [*good[:6], *bad[:9]])
        if good and bad:
            yield [good[0], bad[0]]
        if good:
            yield [good[0], good[0]]

    def many(self, good, count, schema):
        """So many good values, no two alike where that can be."""
        if self.contract.resolve(schema).get("format") == "uuid":
            return [str(uuid.uuid4()) for _ in range(count)]
        texts = [f"n{number}" for number in range(count)]
        return texts if texts and all(self.is_good(text, schema) for text in texts[:2]) else (good * count)[:count]

    def objects(self, schema):
        """A good object, with one member wrong, missing, or too many."""
        whole = self.whole(schema)
        yield whole
        yield {**whole, "no_such_member": 1}
        for name, member in schema.get("properties", {}).items():
            yield {other: value for other, value in whole.items() if other != name}
            good, bad = self.split(member)
            yield from ({**whole, name: value} for value in [*good[:3], *bad[:3]])

    def whole(self, schema):
        """An object with just what it must have."""
        return {name: self.split(schema["properties"][name])[0][0] for name in schema.get("required", [])}


def distinct(values):
    """Each once; 1, 1.0 and true are three values."""
    return list({(type(value).__name__, repr(value)): value for value in values}.values())
