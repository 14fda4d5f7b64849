"""Moods: a moment's score, its words, when it was, and lists by the user's own days."""

import datetime
import itertools
import json
import random
import zoneinfo

import pytest

from contract import refused
from diary import feel, wrong_everywhere
from groups import in_order
from people import somebody
from resources import NOBODYS, change, found, ids, new_id, pages_by_cursor, read, tag, wrong

UTC = datetime.timezone.utc
MEMBERS = ["id", "score", "emotions", "note", "recorded_at", "version", "created_at", "updated_at"]
ORDERS = list(itertools.product(["recorded_at", "created_at", "updated_at"], ["asc", "desc"]))
# Where days begin oddly, and days on which they do.
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana", "Pacific/Apia",
         "America/Sao_Paulo", "Africa/Cairo", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Beirut", "America/St_Johns"]
DAYS = [datetime.date.fromisoformat(day) for day in [
    "2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04", "2011-12-29", "2011-12-30", "2011-12-31",
    "2018-11-04", "2018-02-17", "2018-02-18", "2026-04-24", "2026-10-29", "2024-02-29", "2027-01-01"]]

user, stranger = somebody(), somebody()


@pytest.fixture
def mood(user):
    return feel(user)


@pytest.fixture
def one(mood):
    return f"/moods/{mood['id']}"


def moment(mood):
    return datetime.datetime.fromisoformat(mood["recorded_at"])


# From first to last.


def test_from_first_to_last(new_user):
    user = new_user()
    before = datetime.datetime.now(UTC)
    created = user.post("/moods", json={"score": 4})
    after = datetime.datetime.now(UTC)
    mood, one = created.json(), created.headers["Location"]
    assert (created.status_code, one) == (201, f"/api/v1/moods/{mood['id']}")
    assert list(mood) == MEMBERS
    assert mood == {**mood, "score": 4, "emotions": [], "note": None, "version": 1, "updated_at": mood["created_at"]}
    assert before <= moment(mood) <= after
    got, head = user.get(one), user.head(one)
    assert (got.json(), got.headers["ETag"]) == (mood, created.headers["ETag"])
    assert (head.content, head.headers["Content-Length"]) == (b"", got.headers["Content-Length"])
    assert user.get(one, headers={"If-None-Match": created.headers["ETag"]}).status_code == 304
    assert found(user, "/moods") == [mood]

    for version, method in enumerate(["PUT", "PATCH"], 2):
        answer = user.request(method, one, json={"note": f"{version}"})
        changed = answer.json()
        assert changed == {**mood, "note": f"{version}", "version": version, "updated_at": changed["updated_at"]}
        assert changed["updated_at"] > mood["updated_at"]
        assert (answer.headers["ETag"], read(user, one)) == (tag(user, one), changed)
        assert user.request(method, one, json={}).json() == changed
    assert user.delete(one).status_code == 204
    for method in ["GET", "PUT", "PATCH", "DELETE"]:
        refused(user.request(method, one, json={"score": 1}), 404, "not_found")
    assert found(user, "/moods") == []


def test_a_stranger_gets_nothing(stack, user, stranger):
    mood = feel(user, note="secret")
    one = f"/moods/{mood['id']}"
    for answer in [stranger.get(one), stranger.put(one, json={"score": 1}), stranger.patch(one, json={"score": 1}), stranger.patch(one, json={}),
                   stranger.patch(one, json={"score": 1, "version": 1}), stranger.get(one, headers={"If-None-Match": "*"}), stranger.delete(one),
                   stranger.delete(one, headers={"If-Match": '"1"'})]:
        refused(answer, 403, "forbidden")
        assert "secret" not in answer.text
        [line] = stack.log(event="foreign_access", request_id=answer.headers["X-Request-Id"])
        assert (line["resource"], line["id"], line["user"]) == ("moods", mood["id"], stranger.id)
    assert mood["id"] not in stranger.get("/moods").text
    assert read(user, one) == mood


def test_what_is_not_there(user, mood, one):
    for bad in ["1", "stat", "%20", NOBODYS + "0", NOBODYS.replace("-", ""), NOBODYS]:
        for method in ["GET", "PUT", "PATCH", "DELETE"]:
            refused(user.request(method, f"/moods/{bad}", json={"score": 1}), 404, "not_found")
    for method, path in [("PUT", "/moods"), ("PATCH", "/moods"), ("DELETE", "/moods"), ("POST", one)]:
        refused(user.request(method, path, json={"score": 1}), 405, "method_not_allowed")
    wrong(user.get(f"{one}?fields=note"), "fields")
    assert read(user, one) == mood


# Members.


@pytest.mark.parametrize("score", [1, 2, 3, 4, 5])
def test_scores(user, one, score):
    assert feel(user, score=score)["score"] == score
    assert change(user, one, score=score)["score"] == score


@pytest.mark.parametrize("text, score", [("1.0", 1), ("5.0", 5), ("0.3e1", 3), ("50e-1", 5)])
def test_a_whole_number_in_another_spelling(user, text, score):
    answer = user.post("/moods", data=f'{{"score": {text}}}', headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["score"]) == (201, score)
    assert '"score":%d,' % score in answer.text


@pytest.mark.parametrize("text", ["0", "6", "-1", "-0", "1.5", "0.99999", "5.0000001", "1e1", "1e400", "-1e400", "99999999999999999999", "2147483648",
                                  "4294967297", "18446744073709551617", '"3"', "null", "true", "[]", "[3]", "{}", '""'])
def test_what_is_no_score(user, mood, one, text):
    for method, path in [("POST", "/moods"), ("PUT", one), ("PATCH", one)]:
        wrong(user.request(method, path, data=f'{{"score": {text}}}', headers={"Content-Type": "application/json"}), "score")
    assert read(user, one) == mood


@pytest.mark.parametrize("name, values", [
    ("emotions", [None, "calm", 1, {}, ["x"] * 11, [""], [" "], ["\u2028"], ["x" * 51], ["🗓" * 51], ["a", None], [1], [["a"]], ["a\0"], [{}]]),
    ("note", [1, True, [], {}, "\0", "x" * 1001, "🗓" * 1001]),
    ("recorded_at", [None, "", 1, 1e9, True, [], {}, "2026-11-20", "2026-11-20T09:30:00", "2026-11-20T24:00:00Z", "2026-11-20T09:60:00Z",
                     "2026-02-29T00:00:00Z", "2026-11-20T09:30:00+24:00", "2026-11-20T09:30:00.Z", "now", "infinity",
                     "10000-01-01T00:00:00Z", " 2026-11-20T09:30:00Z"]),
    ("scores", [1]), ("mood", [1]), ("user_id", [NOBODYS]), ("tags", [["a"]]),
])
def test_what_is_wrong(user, mood, name, values):
    for value in values:
        wrong_everywhere(user, "moods", mood, **{name: value})


def test_all_that_is_wrong_at_once(user):
    body = {"score": 0, "emotions": "x", "note": 1, "recorded_at": "now", "unknown": 1}
    wrong(user.post("/moods", json=body), *body)
    for body in [{}, {"note": "x"}]:
        wrong(user.post("/moods", json=body), "score")


@pytest.mark.parametrize("emotions", [[], ["calm"], ["Calm", "calm", "CALM"], ["x" * 50] * 10, ["🗓" * 50] * 10,
                                      [str(n) for n in range(10)], ["b", "a"], ["a,b", " a "],
                                      ['"', "{}", "NULL", "\\", "'", "é", "e\u0301"]], ids=ascii)
def test_emotions_are_kept_as_sent(user, one, emotions):
    mood = feel(user, emotions=emotions)
    assert mood["emotions"] == emotions
    assert change(user, one, emotions=emotions)["emotions"] == emotions
    assert read(user, f"/moods/{mood['id']}") == mood


@pytest.mark.parametrize("note", ["", " \u3000", "x" * 1000, "語" * 1000, "🗓" * 1000, "two\nlines",
                                  "'; DROP TABLE moods; --", "\u0001", "\\", "null"], ids=ascii)
def test_a_note_may_be_anything_up_to_its_limit(user, one, note):
    assert feel(user, note=note)["note"] == note
    assert change(user, one, note=note)["note"] == note
    assert change(user, one, note=None)["note"] is None


@pytest.mark.parametrize("sent, kept", [
    ("2026-11-20T09:30:00Z", "2026-11-20T09:30:00.000000Z"), ("2026-11-20t09:30:00z", "2026-11-20T09:30:00.000000Z"),
    ("2026-11-20T09:30:00+05:45", "2026-11-20T03:45:00.000000Z"), ("2026-11-20T09:30:00.123456-23:59", "2026-11-21T09:29:00.123456Z"),
    ("0001-01-02T00:00:00Z", "0001-01-02T00:00:00.000000Z"), ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ("2024-02-29T00:00:00-00:00", "2024-02-29T00:00:00.000000Z"),
])
def test_a_moment_with_any_offset(user, one, sent, kept):
    assert feel(user, recorded_at=sent)["recorded_at"] == kept
    assert change(user, one, recorded_at=sent)["recorded_at"] == kept
    assert read(user, one)["recorded_at"] == kept


# Ids.


def test_own_ids(user, stranger):
    body = {"id": new_id(), "score": 2, "emotions": ["b", "a"], "note": "N", "recorded_at": "2026-01-01T12:00:00+02:00"}
    mood = feel(user, **body)
    assert mood == {**mood, **body, "recorded_at": "2026-01-01T10:00:00.000000Z"}
    now = tag(user, f"/moods/{body['id']}")
    for same in [body, {**body, "id": body["id"].upper(), "score": 2.0, "recorded_at": "2026-01-01T10:00:00Z"}, {"id": body["id"], "score": 2}]:
        again = user.post("/moods", json=same)
        assert (again.status_code, again.json(), again.headers["ETag"]) == (200, mood, now)
    for other in [{"score": 3}, {"emotions": ["a", "b"]}, {"emotions": []}, {"note": None}, {"note": "n"}, {"recorded_at": "2026-01-01T10:00:00.000001Z"}]:
        refused(user.post("/moods", json={**body, **other}), 409, "id_taken", "id")
    hers = feel(stranger, id=body["id"], note="hers")
    assert (read(stranger, f"/moods/{body['id']}"), read(user, f"/moods/{body['id']}")) == (hers, mood)


def test_one_key_makes_one_mood(new_user):
    user, headers = new_user(), {"Idempotency-Key": "one"}
    first, again = [user.post("/moods", json={"score": 5}, headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    refused(user.post("/moods", json={"score": 4}, headers=headers), 422, "idempotency_mismatch")
    assert found(user, "/moods") == [first.json()]


# Lists.


@pytest.fixture(scope="module")
def record_of(client):
    """Somebody's 70 moods, many at the same moment."""
    dice, user = random.Random(4), client.new_user()
    moods = [feel(user, score=dice.randint(1, 5), recorded_at=f"2026-01-{dice.randint(1, 9):02}T{dice.choice(['00', '12', '23'])}:00:00Z") for _ in range(70)]
    for number in dice.sample(range(70), 15):
        moods[number] = change(user, f"/moods/{moods[number]['id']}", note="changed")
    return user, moods


def test_the_latest_first_fifty_at_a_time(record_of):
    user, moods = record_of
    page = user.get("/moods").json()
    assert list(page) == ["moods", "count", "total", "limit", "offset", "next_cursor"]
    assert (page["count"], page["total"], page["limit"], page["offset"]) == (50, 70, 50, 0)
    assert page["moods"] == in_order(moods, "recorded_at", "desc")[:50]


@pytest.mark.parametrize("sort_by, sort_order", ORDERS)
def test_every_order_whole_by_offset_and_by_cursor(record_of, sort_by, sort_order):
    user, moods = record_of
    query, wanted = {"sort_by": sort_by, "sort_order": sort_order}, in_order(moods, sort_by, sort_order)
    assert found(user, "/moods", **query) == wanted
    assert pages_by_cursor(user, "/moods", {**query, "limit": 7}) == wanted
    pages = [user.get("/moods", params={**query, "limit": 30, "offset": offset}).json() for offset in (0, 30, 60, 90)]
    assert [mood for page in pages for mood in page["moods"]] == wanted
    assert [page["next_cursor"] is None for page in pages] == [False, False, True, True]
    some = {**query, "limit": 3, "score_min": 2, "score_max": 4, "date_from": "2026-01-02", "date_to": "2026-01-08"}
    assert pages_by_cursor(user, "/moods", some) == [
        mood for mood in wanted if 2 <= mood["score"] <= 4 and "2026-01-02" <= mood["recorded_at"][:10] <= "2026-01-08"]


def test_every_range_of_scores(record_of):
    user, moods = record_of
    for low, high in itertools.product(range(1, 6), repeat=2):
        query = {"score_min": low, "score_max": high}
        if low > high:
            wrong(user.get("/moods", params=query), "score_max")
        else:
            assert found(user, "/moods", **query) == [mood for mood in in_order(moods, "recorded_at", "desc") if low <= mood["score"] <= high]
    assert found(user, "/moods", score_min=5) == found(user, "/moods", score_min=5, score_max=5)
    assert found(user, "/moods", score_max=1) == found(user, "/moods", score_min=1, score_max=1)


@pytest.fixture(scope="module")
def traveller(stack, client):
    """Somebody with moods around the midnights of many zones, written past the API because there are hundreds."""
    user, moments = client.new_user(), set()
    for zone, day in itertools.product(ZONES, DAYS):
        start = datetime.datetime.combine(day, datetime.time(), zoneinfo.ZoneInfo(zone)).astimezone(UTC)
        moments |= {start + datetime.timedelta(minutes=minutes, microseconds=step)
                    for minutes, step in [(0, 0), (0, -1), (30, 0), (60, 0), (60, -1), (90, 0), (1410, 0)]}
    stack.ask("INSERT INTO moods (user_id, id, score, recorded_at) SELECT %s, gen_random_uuid(), 3, unnest(%s::timestamptz[])", user.id, list(moments))
    return user, sorted(moments)


@pytest.mark.parametrize("zone", ZONES)
def test_a_date_is_a_local_day(traveller, zone):
    (user, moments), there = traveller, zoneinfo.ZoneInfo(zone)
    assert user.patch("/users/me", json={"timezone": zone}).status_code == 200
    for day in DAYS:
        assert on_days(user, date_from=day, date_to=day) == [at for at in moments if at.astimezone(there).date() == day], day
    day, later = DAYS[0], DAYS[1]
    assert on_days(user, date_from=later) == [at for at in moments if at.astimezone(there).date() >= later]
    assert on_days(user, date_to=day) == [at for at in moments if at.astimezone(there).date() <= day]
    assert on_days(user, date_from=day, date_to=later) == [at for at in moments if day <= at.astimezone(there).date() <= later]


def on_days(user, **query):
    return [moment(mood) for mood in pages_by_cursor(user, "/moods", {"limit": 200, "sort_order": "asc", **query})]


def test_days_without_an_hour_and_with_one_more(client):
    user = client.new_user(timezone="Europe/Berlin")
    for at in ["2026-03-28T22:59:59.999999Z", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999999Z", "2026-03-29T22:00:00Z",
               "2026-10-24T21:59:59.999999Z", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59.999999Z", "2026-10-25T23:00:00Z"]:
        feel(user, recorded_at=at)
    for day, first, last in [("2026-03-29", "2026-03-28T23:00:00.000000Z", "2026-03-29T21:59:59.999999Z"),
                             ("2026-10-25", "2026-10-24T22:00:00.000000Z", "2026-10-25T22:59:59.999999Z")]:
        assert [mood["recorded_at"] for mood in found(user, "/moods", date_from=day, date_to=day)] == [last, first]


@pytest.mark.parametrize("zone, at, day", [
    ("Asia/Magadan", "2014-10-25T12:30:00Z", "2014-10-26"), ("America/Toronto", "1974-10-27T04:00:30Z", "1974-10-27"),
    ("Antarctica/Casey", "2010-03-04T15:00:00Z", "2010-03-04"), ("CET", "2026-07-01T22:00:00Z", "2026-07-02"),
    ("EET", "2026-07-01T21:00:00Z", "2026-07-02"), ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31")])
def test_the_list_and_the_statistics_know_one_day(client, zone, at, day):
    user = client.new_user(timezone=zone)
    mood = feel(user, recorded_at=at)
    there = moment(mood).astimezone(zoneinfo.ZoneInfo(zone)).date()
    assert str(there) == day
    assert found(user, "/moods", date_from=day, date_to=day) == [mood]
    assert found(user, "/moods", date_to=str(there - datetime.timedelta(1))) == []
    assert found(user, "/moods", date_from=str(there + datetime.timedelta(1))) == []
    days = user.get("/moods/stats", params={"period": "month", "date": day}).json()["days"]
    assert [entry["date"] for entry in days if entry["count"]] == [day]


@pytest.mark.parametrize("query, fields", [
    ("date_from=2026-01-02&date_to=2026-01-01", ["date_to"]), ("date_from=2026-02-30", ["date_from"]), ("date_to=2026-01-01T00:00:00Z", ["date_to"]),
    ("date_from=", ["date_from"]), ("date_to=2026-01-01&date_to=2026-01-01", ["date_to"]), ("score_min=0", ["score_min"]), ("score_max=6", ["score_max"]),
    ("score_min=1.0", ["score_min"]), ("score_min=x", ["score_min"]), ("score_max=", ["score_max"]), ("score_min=1&score_min=1", ["score_min"]),
    ("score=3", ["score"]), ("search=x", ["search"]), ("emotion=calm", ["emotion"]), ("sort_by=score", ["sort_by"]), ("sort_order=DESC", ["sort_order"]),
    ("limit=0", ["limit"]), ("limit=201", ["limit"]), ("offset=10001", ["offset"]), ("score_min=9&date_from=x", ["date_from", "score_min"]),
    ("score_min=3&score_max=2&date_from=2026-01-02&date_to=2026-01-01", ["score_max", "date_to"]),
])
def test_queries_that_are_refused(record_of, query, fields):
    wrong(record_of[0].get(f"/moods?{query}"), *fields)


@pytest.mark.parametrize("query", ["date_from=2026-01-01&date_to=2026-01-01", "date_from=0001-01-01&date_to=9999-12-31",
                                   "limit=1", "limit=200", "offset=10000"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_queries_at_their_edges(client, query, zone):
    assert client.new_user(timezone=zone).get(f"/moods?{query}").status_code == 200


def test_a_cursor_belongs_to_its_list(record_of, stranger):
    user, _ = record_of
    query = {"limit": 1, "score_min": 2, "date_from": "2026-01-01"}
    cursor = user.get("/moods", params=query).json()["next_cursor"]
    assert user.get("/moods", params={**query, "limit": 5, "cursor": cursor}).status_code == 200
    for other in [{"score_min": 1}, {"score_max": 5}, {"date_from": "2026-01-02"}, {"date_to": "2026-12-31"}, {"sort_by": "created_at"},
                  {"sort_order": "asc"}, {"cursor": cursor[:-2] + "xx"}, {"cursor": "x"}]:
        refused(user.get("/moods", params={**query, "cursor": cursor, **other}), 400, "invalid_cursor", "cursor")
    refused(stranger.get("/moods", params={**query, "cursor": cursor}), 400, "invalid_cursor", "cursor")
    refused(user.get("/journals", params={"limit": 1, "cursor": cursor}), 400, "invalid_cursor", "cursor")
    wrong(user.get("/moods", params={**query, "cursor": cursor, "offset": 0}), "offset")


def test_a_list_that_changes_while_it_is_read(new_user):
    user, dice = new_user(), random.Random(2)
    old = [feel(user, recorded_at=f"2026-01-{dice.randint(1, 5):02}T00:00:00Z") for _ in range(30)]

    def come_and_go():
        mood = feel(user, recorded_at=f"2026-01-{dice.randint(1, 5):02}T00:00:00Z")
        if dice.random() < 0.5:
            user.delete(f"/moods/{mood['id']}")

    seen = pages_by_cursor(user, "/moods", {"limit": 4}, come_and_go)
    assert len(set(ids(seen))) == len(seen)
    assert [mood for mood in seen if mood in old] == in_order(old, "recorded_at", "desc")


def test_nobody_sees_anothers_moods(record_of, stranger):
    user, moods = record_of
    mine = json.dumps(ids(moods))
    assert all(mood["id"] not in mine for mood in found(stranger, "/moods"))
    assert found(stranger, "/moods", date_from="2026-01-01", date_to="2026-01-31") == [
        mood for mood in found(stranger, "/moods") if mood["recorded_at"].startswith("2026-01-")]
    assert len(found(user, "/moods")) == 70
