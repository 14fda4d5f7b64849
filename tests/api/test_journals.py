"""Journals: entries and their limits, the mood that goes with one, lists, and the tags in use."""

import datetime
import itertools
import json
import random
import zoneinfo

import pytest

from client import at_once
from contract import refused
from diary import feel, write, wrong_everywhere
from groups import in_order
from people import somebody
from resources import NOBODYS, change, found, ids, new_id, pages_by_cursor, read, stale, tag, wrong
import texts

MIB = 1 << 20
LIMIT = 100_000
MEMBERS = ["id", "title", "content", "entry_date", "tags", "mood_id", "version", "created_at", "updated_at"]
ORDERS = list(itertools.product(["entry_date", "created_at", "updated_at"], ["asc", "desc"]))
# In one case each; what a person might have for a tag.
WORDS = ["rain", "öl", "ñu", "привет", "ωμέγα", "日本", "🗓", "a b", "#1", "100%", "_", "c:\\d", "''", "x\ty", "e\u0301", "ǆ", "ｗide", "𐐨"]
user, stranger = somebody(), somebody()


@pytest.fixture
def entry(user):
    return write(user)


@pytest.fixture
def one(entry):
    return f"/journals/{entry['id']}"


# From first to last.


def test_from_first_to_last(new_user):
    user = new_user()
    created = user.post("/journals", json={"content": "It rained.", "entry_date": "2026-11-20"})
    entry, one = created.json(), created.headers["Location"]
    assert (created.status_code, one) == (201, f"/api/v1/journals/{entry['id']}")
    assert list(entry) == MEMBERS
    assert entry == {**entry, "title": None, "content": "It rained.", "entry_date": "2026-11-20", "tags": [], "mood_id": None,
                     "version": 1, "updated_at": entry["created_at"]}
    got, head = user.get(one), user.head(one)
    assert (got.json(), got.headers["ETag"]) == (entry, created.headers["ETag"])
    assert (head.content, head.headers["Content-Length"]) == (b"", got.headers["Content-Length"])
    assert user.get(one, headers={"If-None-Match": created.headers["ETag"]}).status_code == 304
    assert found(user, "/journals") == [entry]

    for version, method in enumerate(["PUT", "PATCH"], 2):
        answer = user.request(method, one, json={"title": f"Day {version}"})
        changed = answer.json()
        assert changed == {**entry, "title": f"Day {version}", "version": version, "updated_at": changed["updated_at"]}
        assert changed["updated_at"] > entry["updated_at"]
        assert (answer.headers["ETag"], read(user, one)) == (tag(user, one), changed)
        assert user.request(method, one, json={}).json() == changed
    assert user.delete(one).status_code == 204
    for method in ["GET", "PUT", "PATCH", "DELETE"]:
        refused(user.request(method, one, json={"content": "x"}), 404, "not_found")
    assert found(user, "/journals") == []


def test_a_stranger_gets_nothing(stack, user, stranger):
    entry = write(user, content="secret", tags=["secret"], title="secret")
    one = f"/journals/{entry['id']}"
    for answer in [stranger.get(one), stranger.put(one, json={"content": "x"}), stranger.patch(one, json={"content": "x"}),
                   stranger.patch(one, json={}), stranger.patch(one, json={"content": "x", "version": 1}), stranger.delete(one),
                   stranger.get(one, headers={"If-None-Match": "*"}), stranger.delete(one, headers={"If-Match": '"1"'})]:
        refused(answer, 403, "forbidden")
        assert "secret" not in answer.text
        [line] = stack.log(event="foreign_access", request_id=answer.headers["X-Request-Id"])
        assert (line["resource"], line["id"], line["user"]) == ("journals", entry["id"], stranger.id)
    for path in ["/journals", "/journals?search=secret", "/journals?tag=secret", "/journals/tags"]:
        assert "secret" not in stranger.get(path).text
    assert read(user, one) == entry


def test_tags_are_for_nobody_without_a_token(client):
    refused(client.get("/journals/tags"), 401, "unauthorized")


def test_what_is_not_there(user, entry, one):
    for bad in ["1", "tag", "tags0", "%20", NOBODYS + "0", NOBODYS.replace("-", ""), NOBODYS]:
        for method in ["GET", "PUT", "PATCH", "DELETE"]:
            refused(user.request(method, f"/journals/{bad}", json={"content": "x"}), 404, "not_found")
    for method, path in [("PUT", "/journals"), ("PATCH", "/journals"), ("DELETE", "/journals"), ("POST", one), ("POST", "/journals/tags"),
                         ("DELETE", "/journals/tags")]:
        refused(user.request(method, path, json={"content": "x"}), 405, "method_not_allowed")
    wrong(user.get(f"{one}?fields=title"), "fields")
    wrong(user.get("/journals/tags?limit=5"), "limit")
    assert read(user, one.upper().replace("/JOURNALS", "/journals")) == entry


# Members.


@pytest.mark.parametrize("character", ["x", "ß", "語", "🗓"], ids=ascii)
def test_a_content_at_its_limit_and_one_past(user, character):
    """Written as it is and as \\u escapes, twelve bytes for one character in the worst case."""
    entry = write(user, content=character)
    one, content = f"/journals/{entry['id']}", character * LIMIT
    for escapes in [False, True]:
        body = json.dumps({"content": content}, ensure_ascii=escapes).encode()
        headers = {"Content-Type": "application/json"}
        for method, path in [("POST", "/journals"), ("PUT", one), ("PATCH", one)]:
            answer = user.request(method, path, data=body, headers=headers)
            assert answer.status_code in (200, 201), answer.text[:200]
            assert answer.json()["content"] == content
    for number, (method, path) in enumerate([("POST", "/journals"), ("PUT", one), ("PATCH", one)]):
        body = json.dumps({"content": content + character}, ensure_ascii=number > 0).encode()
        wrong(user.request(method, path, data=body, headers={"Content-Type": "application/json"}), "content")
    assert read(user, one)["content"] == content


def test_a_body_of_two_mebibytes_and_one_byte_more(user, entry, one):
    """What is not the text is space."""
    text = b'{"content": "' + b"\\ud83d\\uddd3" * LIMIT + b'"}'
    for method, path in [("POST", "/journals"), ("PUT", one), ("PATCH", one)]:
        for headers in [{"Content-Type": "application/json"}, {"Content-Type": "application/json; charset=UTF-8"}]:
            answer = user.request(method, path, data=text.ljust(2 * MIB), headers=headers)
            assert answer.status_code in (200, 201)
            assert answer.json()["content"] == "🗓" * LIMIT
        refused(user.request(method, path, data=text.ljust(2 * MIB + 1), headers=headers), 413, "payload_too_large")
        in_parts = (part for part in [text.ljust(MIB + 100), b" " * (MIB - 99)])
        refused(user.request(method, path, data=in_parts, headers=headers), 413, "payload_too_large")
    for path in ["/moods", "/tasks"]:
        refused(user.post(path, data=text.ljust(MIB + 1), headers=headers), 413, "payload_too_large")


def test_a_content_must_be_something(user, entry):
    wrong(user.post("/journals", json={}), "content")
    wrong(user.post("/journals", json={"title": "x"}), "content")
    for value in ["", " ", "\u3000\n\u2028", None, 1, True, [], {}, "\0", "a\0b"]:
        wrong_everywhere(user, "journals", entry, content=value)


@pytest.mark.parametrize("text", [" kept\t\r\n", "مُنَاقَشَةُ", "\u202eleft\u202c", "zero\u200bwidth\ufeff", "👩‍👩‍👧‍👦",
                                  "e\u0301 is not é", "'; DROP TABLE journals; --",
                                  "$1 :search {journal_columns}", "\\", '"', "%s%n", "\u0001\x07\x7f", "\ufffe\uffff\U0010ffff", "İıßẞſ"], ids=ascii)
def test_texts_are_kept_as_sent(user, text):
    entry = write(user, content=text, title=text, tags=[text.lower()])
    assert (entry["content"], entry["title"]) == (text, text)
    assert read(user, f"/journals/{entry['id']}") == entry


@pytest.mark.parametrize("character", ["x", "語", "🗓"], ids=ascii)
def test_a_title_at_its_limit_and_one_past(user, entry, one, character):
    assert write(user, title=character * 200)["title"] == character * 200
    wrong_everywhere(user, "journals", entry, title=character * 201)
    assert change(user, one, title=character * 200)["title"] == character * 200
    assert change(user, one, title="")["title"] == ""
    assert change(user, one, title=None)["title"] is None


@pytest.mark.parametrize("name, values", [
    ("title", [1, True, [], {}, "\0"]),
    ("entry_date", [None, "", 20261120, True, [], {}, "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-04-31", "20260101",
                    "2026-1-1", "26-01-01", "2026-01-01T00:00:00Z", "2026-01-01 ", " 2026-01-01", "0000-01-01", "10000-01-01", "-0001-01-01",
                    "infinity", "today", "٢٠٢٦-٠١-٠١", "2026/01/01", "2026-01-01\0"]),
    ("tags", [None, "rain", 1, {}, ["a"] * 21, [str(n) for n in range(21)], [""], [" "], ["\u3000"], ["x" * 51], ["🗓" * 51], ["a,b"], [","],
              ["a", ""], ["a", None], [1], [["a"]], ["a\0"], [{}], [True]]),
    ("mood_id", ["", "x", 1, True, [], {}, NOBODYS + "0", NOBODYS[:-1], "{" + NOBODYS + "}", "none", NOBODYS]),
    ("owner", ["x"]), ("tag", ["x"]), ("user_id", [NOBODYS]),
])
def test_what_is_wrong(user, entry, name, values):
    for value in values:
        wrong_everywhere(user, "journals", entry, **{name: value})


def test_all_that_is_wrong_at_once(user):
    body = {"content": "", "title": 1, "entry_date": "x", "tags": "y", "mood_id": "z", "unknown": 1}
    wrong(user.post("/journals", json=body), *body)


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31", "2024-02-29", "2000-02-29", "1582-10-10", "2011-12-30"])
def test_any_day_may_be_written_about(user, one, date):
    assert write(user, entry_date=date)["entry_date"] == date
    assert change(user, one, entry_date=date)["entry_date"] == date
    assert read(user, one)["entry_date"] == date


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "UTC", "Asia/Kathmandu"])
def test_an_entry_is_about_today_where_the_user_is(client, zone):
    user, there = client.new_user(), zoneinfo.ZoneInfo(zone)
    assert user.patch("/users/me", json={"timezone": zone}).status_code == 200
    before = datetime.datetime.now(there).date()
    entry = write(user)
    after = datetime.datetime.now(there).date()
    assert str(before) <= entry["entry_date"] <= str(after)
    assert change(user, f"/journals/{entry['id']}", title="x")["entry_date"] == entry["entry_date"]


def test_the_two_ends_of_the_earth_never_have_one_day(client):
    east, west = client.new_user(timezone="Pacific/Kiritimati"), client.new_user(timezone="Etc/GMT+12")
    assert write(west)["entry_date"] < write(east)["entry_date"]


# Tags.


@pytest.mark.parametrize("sent, kept", [
    ([], []), (["Rain"], ["rain"]), (["b", "a", "B", "c", "A"], ["b", "a", "c"]), (["x"] * 20, ["x"]),
    ([str(n) for n in range(20)], [str(n) for n in range(20)]), (["x" * 50, "X" * 50], ["x" * 50]), (["🗓" * 50], ["🗓" * 50]),
    (["ÖL", "öl", "Öl"], ["öl"]), (["ПРИВЕТ", "привет"], ["привет"]), (["ΩΜΈΓΑ"], ["ωμέγα"]), (["Ǆ", "ǅ", "ǆ"], ["ǆ"]), (["𐐀", "𐐨"], ["𐐨"]),
    (["ＷＩＤＥ"], ["ｗｉｄｅ"]), (["a", "a ", " a"], ["a", "a ", " a"]), (["é", "E\u0301"], ["é"]),
    (["E\u0301", "é"], ["e\u0301"]), (["ß", "ss", "ẞ"], ["ß"]), (["ΟΔΟΣ", "οδος", "οδοσ"], ["οδος"]),
    (["ﬁ", "FI"], ["ﬁ"]),
    (['"', "{}", "NULL", "\\", "a;b", "a b"], ['"', "{}", "null", "\\", "a;b", "a b"]), (["I"] * 2, ["i"]),
    (["İ" * 50], ["i\u0307" * 50]), (["İ", "i\u0307", "i"], ["i\u0307", "i"]),
], ids=ascii)
def test_tags_are_in_lower_case_once_and_in_order(user, one, sent, kept):
    body = {"id": new_id(), "content": "x", "tags": sent}
    entry = user.post("/journals", json=body)
    assert (entry.status_code, entry.json()["tags"]) == (201, kept)
    again = user.post("/journals", json=body)
    assert (again.status_code, again.json()) == (200, entry.json())
    assert change(user, one, tags=sent)["tags"] == kept
    assert entry.json()["id"] in ids(found(user, "/journals", **({"tag": sent} if sent else {})))


def test_letters_of_all_scripts_have_one_lower_case(new_user):
    """What is sent again in upper case is the same entry, and is found by either case."""
    user, dice = new_user(), random.Random(5)
    letters = [char for char in map(chr, [*range(0xA0, 0x2D00), *range(0xA640, 0xAC00), *range(0x10400, 0x1E944)])
               if len(char.lower()) == 1 and char.lower().upper() == char != char.lower()]
    for chosen in [dice.sample(letters, 20) for _ in range(10)]:
        lower = [char.lower() for char in chosen]
        body = {"id": new_id(), "content": "x"}
        entry = write(user, **body, tags=lower)
        assert user.post("/journals", json={**body, "tags": chosen}).json() == entry
        assert found(user, "/journals", tag=chosen) == found(user, "/journals", tag=lower) == [entry]
        user.delete(f"/journals/{entry['id']}")


def test_the_tags_in_use(new_user, stranger):
    user, dice = new_user(), random.Random(1)
    assert user.get("/journals/tags").json() == {"tags": [], "count": 0}
    entries = [write(user, tags=dice.sample(WORDS, dice.randint(0, 6))) for _ in range(30)]
    write(stranger, tags=WORDS)

    def check():
        counts = {word: sum(word in entry["tags"] for entry in entries) for word in WORDS}
        wanted = sorted(((word, count) for word, count in counts.items() if count), key=lambda pair: (-pair[1], pair[0]))
        answer = user.get("/journals/tags").json()
        assert answer == {"tags": [{"tag": word, "count": count} for word, count in wanted], "count": len(wanted)}

    check()
    entries[0] = change(user, f"/journals/{entries[0]['id']}", tags=[word.upper() for word in WORDS[:3]])
    check()
    entries[1] = change(user, f"/journals/{entries[1]['id']}", tags=[])
    user.delete(f"/journals/{entries.pop()['id']}")
    check()


SPELLINGS = [["Straße", "STRASSE", "strasse"], ["ΟΔΟΣ", "οδος", "οδοσ"], ["Café", "cafe\u0301", "CAFÉ"], ["İ", "i\u0307"]]


@pytest.mark.parametrize("spellings", SPELLINGS, ids=ascii)
def test_a_tag_is_the_same_however_it_is_spelled(new_user, spellings):
    user = new_user()
    first, *others = [write(user, content=spelling, tags=[spelling, "x"]) for spelling in spellings]
    for spelling in [*spellings, first["tags"][0]]:
        assert len(found(user, "/journals", tag=spelling)) == len(spellings)
        assert len(found(user, "/journals", tag=[spelling, spelling.upper(), "X"])) == len(spellings)
        assert found(user, "/journals", tag=[spelling, "y"]) == []
    shown = [{"tag": tag, "count": len(spellings)} for tag in sorted([first["tags"][0], "x"])]
    assert user.get("/journals/tags").json() == {"tags": shown, "count": 2}
    user.delete(f"/journals/{first['id']}")
    assert {"tag": others[0]["tags"][0], "count": len(others)} in user.get("/journals/tags").json()["tags"]
    one = f"/journals/{others[0]['id']}"
    assert change(user, one, tags=[first["tags"][0]])["tags"] == [first["tags"][0]]


@pytest.mark.parametrize("spellings", SPELLINGS, ids=ascii)
def test_an_entry_sent_again_with_another_spelling_is_the_same(user, spellings):
    body = {"id": new_id(), "content": "x"}
    entry = write(user, **body, tags=["a", spellings[0]])
    for tags in [*(["A", spelling] for spelling in spellings), ["a", *spellings]]:
        again = user.post("/journals", json={**body, "tags": tags})
        assert (again.status_code, again.json()) == (200, entry)
    assert user.post("/journals", json=body).json() == entry
    for tags in [["a"], [spellings[0], "a"], ["a", "b"], []]:
        refused(user.post("/journals", json={**body, "tags": tags}), 409, "id_taken", "id")
    assert read(user, f"/journals/{body['id']}") == entry


# The mood that goes with an entry.


def test_a_mood_goes_with_an_entry(user):
    mood, other = feel(user), feel(user)
    entry = write(user, mood_id=mood["id"].upper())
    one = f"/journals/{entry['id']}"
    assert entry["mood_id"] == mood["id"]
    assert change(user, one, mood_id=other["id"])["mood_id"] == other["id"]
    assert change(user, one, mood_id=None)["mood_id"] is None
    assert change(user, one, mood_id=mood["id"])["version"] == 4
    user.delete(one)
    assert read(user, f"/moods/{mood['id']}") == mood


def test_a_mood_that_is_not_mine(user, stranger, entry):
    """Whether it is somebody else's or nobody's, and no matter what else was sent."""
    hers, gone = feel(stranger)["id"], feel(user)["id"]
    user.delete(f"/moods/{gone}")
    answers = []
    for mood in [hers, gone, NOBODYS, entry["id"], user.id]:
        wrong_everywhere(user, "journals", entry, mood_id=mood)
        answers.append(user.post("/journals", json={"id": new_id(), "content": "x", "mood_id": mood}).json())
    assert len({json.dumps(answer["details"]) for answer in answers}) == 1


def test_a_deleted_mood_leaves_its_entries(user, stranger):
    mood, other = feel(user), feel(user)
    inside = [write(user, mood_id=mood["id"], title=f"entry {number}", tags=["kept"]) for number in range(3)]
    outside = write(user, mood_id=other["id"])
    tags = [tag(user, f"/journals/{entry['id']}") for entry in inside]
    refused(stranger.delete(f"/moods/{mood['id']}"), 403, "forbidden")
    assert user.delete(f"/moods/{mood['id']}").status_code == 204
    for entry, old in zip(inside, tags):
        left = user.get(f"/journals/{entry['id']}")
        assert left.json() == {**entry, "mood_id": None, "version": 2, "updated_at": left.json()["updated_at"]}
        assert left.json()["updated_at"] > entry["updated_at"]
        one = f"/journals/{entry['id']}"
        stale(user.patch(one, json={"title": "x"}, headers={"If-Match": old}), user, one)
    assert read(user, f"/journals/{outside['id']}") == outside
    assert found(user, "/journals", mood_id=mood["id"]) == []


def test_a_mood_is_deleted_while_entries_take_it(user):
    """Each entry is refused or ends without the mood; nobody sees a deadlock."""
    for _ in range(4):
        mood, entries = feel(user), [write(user) for _ in range(6)]
        answers = at_once(lambda: user.delete(f"/moods/{mood['id']}"),
                          *[lambda e=entry: user.patch(f"/journals/{e['id']}", json={"mood_id": mood["id"]}) for entry in entries],
                          *[lambda: user.post("/journals", json={"content": "x", "mood_id": mood["id"]}) for _ in range(3)])
        assert answers[0].status_code == 204
        for answer in answers[1:]:
            if answer.status_code == 400:
                wrong(answer, "mood_id")
            else:
                assert read(user, f"/journals/{answer.json()['id']}")["mood_id"] is None


# Ids.


def test_own_ids(user, stranger):
    mood = feel(user)["id"]
    body = {"id": new_id(), "title": "T", "content": "C", "entry_date": "2026-01-01", "tags": ["b", "a"], "mood_id": mood}
    entry = write(user, **body)
    assert entry == {**entry, **body}
    now = tag(user, f"/journals/{body['id']}")
    for same in [body, {**body, "id": body["id"].upper(), "mood_id": mood.upper()}, {**body, "tags": ["B", "b", "A"]}, {"id": body["id"], "content": "C"}]:
        again = user.post("/journals", json=same)
        assert (again.status_code, again.json(), again.headers["ETag"]) == (200, entry, now)
    for other in [{"title": None}, {"content": "c"}, {"entry_date": "2026-01-02"}, {"tags": ["a", "b"]}, {"tags": []}, {"mood_id": None}]:
        refused(user.post("/journals", json={**body, **other}), 409, "id_taken", "id")
    assert found(user, "/journals", date_to="2026-01-01", mood_id=mood) == [entry]
    hers = write(stranger, id=body["id"], content="hers")
    assert read(stranger, f"/journals/{body['id']}") == hers
    assert read(user, f"/journals/{body['id']}") == entry


def test_one_key_makes_one_entry(new_user):
    user, headers = new_user(), {"Idempotency-Key": "one"}
    body = json.dumps({"content": "語" * LIMIT})  # 600 kB of escapes
    send = {"data": body, "headers": {**headers, "Content-Type": "application/json"}}
    first, again = user.post("/journals", **send), user.post("/journals", **send)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    refused(user.post("/journals", json={"content": "x"}, headers=headers), 422, "idempotency_mismatch")
    assert found(user, "/journals") == [first.json()]


# Summaries.


SUMMARY = ["id", "title", "excerpt", "content_length", "entry_date", "tags", "mood_id", "version", "created_at", "updated_at"]


def summary(entry):
    texts = {"excerpt": entry["content"][:280], "content_length": len(entry["content"])}
    return {name: texts.get(name, entry.get(name)) for name in SUMMARY}


@pytest.mark.parametrize("character", ["x", "語", "🗓", "e\u0301"], ids=ascii)
def test_a_summary_has_the_beginning_of_the_content(new_user, character):
    user = new_user()
    entries = [write(user, content=(character * LIMIT)[:length], title=title, tags=["a"], entry_date=f"2026-01-{day:02}")
               for day, (length, title) in enumerate([(1, None), (279, "x"), (280, ""), (281, "y"), (LIMIT, "z")], 1)]
    found_there = found(user, "/journals", view="summary")
    assert found_there == [summary(entry) for entry in reversed(entries)]
    assert all(list(row) == SUMMARY for row in found_there)


def test_summaries_are_a_view_of_the_same_list(diary):
    user, entries, _ = diary
    for query in [{}, {"search": "r"}, {"tag": "öl"}, {"sort_by": "created_at", "sort_order": "asc"}]:
        wanted = [summary(entry) for entry in found(user, "/journals", **query)]
        assert found(user, "/journals", **query, view="summary") == wanted
        assert pages_by_cursor(user, "/journals", {**query, "view": "summary", "limit": 7}) == wanted
        assert found(user, "/journals", **query, view="full") == found(user, "/journals", **query)


# Lists.


TEXTS = ["It rained.", "RAIN again", "sunny", "100%", "1000", "a_b", "axb", "c:\\d", "c:d", "ÄRGER im Büro", "ärger", "ПРИВЕТ", "日本へ", "two\nlines", "''"]
TITLES = [None, None, "", "Rainy Monday", "büro", "BÜRO", "50%", "\\"]


@pytest.fixture(scope="module")
def diary(client):
    """Somebody's 80 entries, and two moods."""
    dice, user = random.Random(11), client.new_user()
    moods = [feel(user)["id"], feel(user)["id"]]
    entries = [write(user, content=dice.choice(TEXTS), title=dice.choice(TITLES), entry_date=f"2026-0{dice.randint(1, 3)}-{dice.randint(1, 9):02}",
                     tags=dice.sample(WORDS[:6], dice.randint(0, 4)), mood_id=dice.choice([None, *moods])) for _ in range(80)]
    for number in dice.sample(range(80), 20):
        entries[number] = change(user, f"/journals/{entries[number]['id']}", title=dice.choice(TITLES))
    return user, entries, moods


def has(entry, text):
    return any(texts.has(entry[name], text) for name in ("title", "content"))


def test_the_latest_day_first_fifty_at_a_time(diary):
    user, entries, _ = diary
    page = user.get("/journals").json()
    assert list(page) == ["journals", "count", "total", "limit", "offset", "next_cursor"]
    assert (page["count"], page["total"], page["limit"], page["offset"]) == (50, 80, 50, 0)
    assert page["journals"] == in_order(entries, "entry_date", "desc")[:50]


@pytest.mark.parametrize("sort_by, sort_order", ORDERS)
def test_every_order_whole_by_offset_and_by_cursor(diary, sort_by, sort_order):
    user, entries, moods = diary
    query, wanted = {"sort_by": sort_by, "sort_order": sort_order}, in_order(entries, sort_by, sort_order)
    assert found(user, "/journals", **query) == wanted
    assert pages_by_cursor(user, "/journals", {**query, "limit": 7}) == wanted
    pages = [user.get("/journals", params={**query, "limit": 30, "offset": offset}).json() for offset in (0, 30, 60, 90)]
    assert [entry for page in pages for entry in page["journals"]] == wanted
    assert [page["next_cursor"] is None for page in pages] == [False, False, True, True]
    some = {**query, "limit": 2, "tag": "öl", "date_from": "2026-01-03", "search": "r", "mood_id": moods[0]}
    assert pages_by_cursor(user, "/journals", some) == [
        entry for entry in wanted
        if "öl" in entry["tags"] and entry["entry_date"] >= "2026-01-03" and has(entry, "r") and entry["mood_id"] == moods[0]]


@pytest.mark.parametrize("seed", range(40))
def test_filters_together(diary, seed):
    user, entries, moods = diary
    dice, query, wanted = random.Random(seed), {}, in_order(entries, "entry_date", "desc")
    if dice.random() < 0.4:
        query["date_from"] = first = f"2026-0{dice.randint(1, 2)}-{dice.randint(1, 9):02}"
        wanted = [entry for entry in wanted if entry["entry_date"] >= first]
    if dice.random() < 0.4:
        query["date_to"] = last = f"2026-0{dice.randint(2, 3)}-{dice.randint(1, 9):02}"
        if last < query.get("date_from", ""):
            wrong(user.get("/journals", params=query), "date_to")
            return
        wanted = [entry for entry in wanted if entry["entry_date"] <= last]
    if dice.random() < 0.5:
        tags = dice.sample(WORDS[:6], dice.randint(1, 3))
        query["tag"] = dice.choice([tags, ",".join(tags), [tag.upper() for tag in tags]])
        wanted = [entry for entry in wanted if set(tags) <= set(entry["tags"])]
    if dice.random() < 0.5:
        query["search"] = text = dice.choice(["r", "RAIN", "büro", "%", "_", "\\", "n\nl", "本", "приВет", "'"])
        wanted = [entry for entry in wanted if has(entry, text)]
    if dice.random() < 0.3:
        query["mood_id"] = mood = dice.choice(moods)
        wanted = [entry for entry in wanted if entry["mood_id"] == mood]
    assert found(user, "/journals", **query) == wanted


@pytest.mark.parametrize("text, title, content", [
    ("100%_a\\b", "100%_A\\B", "x"), ("100%", None, "at 100% now"), ("%", "x", "5%"), ("_", "_", "x"), ("\\", "x", "\\"), ("'", "''", "x"),
    ("äö", "ÄÖÜ", "x"), ("éu", "x", "Ǽ Ęu"), ("istanbul", "İstanbul", "x"), ("οδος", None, "ΟΔΟΣΗΜΑ"),
    ("STRASSE", None, "Große Straße"), ("cafe\u0301", "CAFÉ", "x"), ("cafe", None, "café"), ("가", "각", "x"),
    ("ПРИВЕТ", None, "привет"), ("ǆ", "ǅ", "x"), ("w\nl", None, "new\nline"), ("🗓" * 100, None, "🗓" * 101),
    ("ω", "Ω", "x"),
    ("end", None, "x" * 99_997 + "End"), (" OR 1=1", None, "' or 1=1 --"), ("$1", "$1", "x"), ("a|b", None, "a|b"), (".", "x", "."),
], ids=ascii)
def test_search_takes_every_character_literally(new_user, text, title, content):
    user = new_user()
    entry = write(user, title=title, content=content)
    write(user, title="100xyz b", content="10O5 äu \tnew line 🗓🗓 aa", tags=["%", "_", "\\", "''"])
    write(user, content="NULL")
    assert found(user, "/journals", search=text) == [entry]


def test_a_changed_text_is_found_as_it_is_now(user, entry, one):
    word = new_id()
    assert found(user, "/journals", search=word) == []
    entry = change(user, one, content=f"About {word.upper()}!")
    assert found(user, "/journals", search=word) == [entry]
    entry = change(user, one, content="x", title=word)
    assert found(user, "/journals", search=word) == [entry]
    change(user, one, title=None)
    assert found(user, "/journals", search=word) == []


def test_a_filter_by_what_is_not_mine_finds_nothing(diary, stranger):
    user, _, moods = diary
    for mood in [feel(stranger)["id"], NOBODYS]:
        assert found(user, "/journals", mood_id=mood) == []
    assert found(stranger, "/journals", mood_id=moods[0]) == []
    assert found(user, "/journals", tag="no such tag") == found(user, "/journals", tag=["öl", "no such tag"]) == []


@pytest.mark.parametrize("query, fields", [
    ("date_from=2026-01-02&date_to=2026-01-01", ["date_to"]), ("date_from=9999-12-31&date_to=0001-01-01", ["date_to"]),
    ("date_from=2026-02-30", ["date_from"]), ("date_from=2026-01-01T00:00:00Z", ["date_from"]), ("date_to=x", ["date_to"]), ("date_to=", ["date_to"]),
    ("date_from=2026-01-01&date_from=2026-01-01", ["date_from"]), ("tag=", ["tag"]), ("tag=a,,b", ["tag"]), ("tag=a,", ["tag"]), ("tag=%20", ["tag"]),
    ("tag=" + "x" * 51, ["tag"]), ("tag=" + ",".join("a" * 21), ["tag"]), ("&".join(["tag=a"] * 21), ["tag"]), ("search=", ["search"]),
    ("search=" + "x" * 101, ["search"]), ("search=a&search=b", ["search"]), ("mood_id=", ["mood_id"]), ("mood_id=x", ["mood_id"]),
    ("mood_id=none", ["mood_id"]), ("view=", ["view"]), ("view=SUMMARY", ["view"]), ("view=short", ["view"]), ("view=full&view=full", ["view"]),
    ("sort_by=title", ["sort_by"]), ("sort_by=ENTRY_DATE", ["sort_by"]), ("sort_order=up", ["sort_order"]),
    ("limit=0", ["limit"]), ("limit=201", ["limit"]), ("offset=10001", ["offset"]), ("tags=a", ["tags"]), ("score_min=1", ["score_min"]),
    ("date_from=x&tag=&limit=x", ["date_from", "tag", "limit"]),
])
def test_queries_that_are_refused(diary, query, fields):
    wrong(diary[0].get(f"/journals?{query}"), *fields)


@pytest.mark.parametrize("query", ["date_from=2026-01-01&date_to=2026-01-01", "date_from=0001-01-01&date_to=9999-12-31", "limit=1", "limit=200",
                                   "offset=10000", "tag=" + "x" * 50, "tag=" + ",".join("abcdefghijklmnopqrst"), "search=" + "x" * 100])
def test_queries_at_their_edges(diary, query):
    assert diary[0].get(f"/journals?{query}").status_code == 200


def test_a_cursor_belongs_to_its_list(diary, stranger):
    user, _, moods = diary
    query = {"limit": 1, "tag": "rain,öl", "search": "r"}
    cursor = user.get("/journals", params=query).json()["next_cursor"]
    assert user.get("/journals", params={**query, "limit": 5, "cursor": cursor}).status_code == 200
    for other in [{"tag": "rain"}, {"tag": "öl,rain,ñu"}, {"search": "x"}, {"date_from": "2026-01-01"}, {"date_to": "2026-12-31"}, {"mood_id": moods[0]},
                  {"sort_by": "created_at"}, {"sort_order": "asc"}, {"cursor": cursor[:-2] + "xx"}, {"cursor": "x"}]:
        refused(user.get("/journals", params={**query, "cursor": cursor, **other}), 400, "invalid_cursor", "cursor")
    refused(stranger.get("/journals", params={**query, "cursor": cursor}), 400, "invalid_cursor", "cursor")
    refused(user.get("/moods", params={"limit": 1, "cursor": cursor}), 400, "invalid_cursor", "cursor")
    wrong(user.get("/journals", params={**query, "cursor": cursor, "offset": 0}), "offset")


def test_a_list_that_changes_while_it_is_read(new_user):
    user, dice = new_user(), random.Random(2)
    old = [write(user, entry_date=f"2026-01-{dice.randint(1, 5):02}") for _ in range(30)]

    def come_and_go():
        entry = write(user, entry_date=f"2026-01-{dice.randint(1, 5):02}")
        if dice.random() < 0.5:
            user.delete(f"/journals/{entry['id']}")

    seen = pages_by_cursor(user, "/journals", {"limit": 4}, come_and_go)
    assert len(set(ids(seen))) == len(seen)
    assert [entry for entry in seen if entry in old] == in_order(old, "entry_date", "desc")
