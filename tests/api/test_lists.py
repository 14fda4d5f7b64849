"""Lists: filters, search, orders and pages, compared with the same done in Python."""

import base64
import datetime
import http.client
import itertools
import json
import random
import ssl
import uuid
import zoneinfo

import pytest

from contract import refused
from resources import make_task
from texts import fold, has

STATUSES = ["TODO", "IN_PROGRESS", "DONE"]
PRIORITIES = ["LOW", "MEDIUM", "HIGH", "URGENT"]
KEYS = {
    "created_at": lambda task: task["created_at"],
    "updated_at": lambda task: task["updated_at"],
    "priority": lambda task: PRIORITIES.index(task["priority"]),
    "position": lambda task: (STATUSES.index(task["status"]), task["position"]),
    "title": lambda task: fold(task["title"]),
}
ORDERS = list(itertools.product([*KEYS, "due_date"], ["asc", "desc"]))
TITLES = ["a", "A", "οδος", "ΟΔΟΣ", "İ", "STRASSE", "e\u0301b", "\u0390", "ﬁ", "b", "B", "Zebra", "zebra", "äpfel",
          "Äpfel", "Ärger", "aa", "éa", "ÉB", "ß", "straße",
          "Ω", "ω", "привет",
          "ПРИВЕТ", "日本", "🗓", "_", "10", "9", "~"]
TASKS = 120


def in_order(tasks, sort_by, sort_order):
    down = sort_order == "desc"
    tasks = sorted(tasks, key=lambda task: task["id"], reverse=down)
    if sort_by != "due_date":
        return sorted(tasks, key=KEYS[sort_by], reverse=down)
    due = [task for task in tasks if task["due_date"]]
    return sorted(due, key=lambda task: task["due_date"], reverse=down) + [
        task for task in tasks if not task["due_date"]]


def ids(tasks):
    return [task["id"] for task in tasks]


def found(user, **query):
    """All tasks that match, whole."""
    answer = user.get("/tasks", params={"limit": 200, **query})
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["total"] == page["count"] == len(page["tasks"])
    return page["tasks"]


@pytest.fixture(scope="module")
def user(client):
    """Somebody with 120 tasks, many of them equal in one respect or another."""
    dice, user = random.Random(7), client.new_user()
    days = [None, *(f"2026-0{1 + day // 28}-{1 + day % 28:02}T12:00:00Z" for day in range(20))]
    for _ in range(TASKS):
        answer = user.post("/tasks", json={
            "title": dice.choice(TITLES), "description": dice.choice([None, "Milk", "MILCH", "x y"]),
            "status": dice.choice(STATUSES), "priority": dice.choice(PRIORITIES),
            "due_date": dice.choice(days)})
        assert answer.status_code == 201
    for task in dice.sample(found(user), 30):
        user.patch(f"/tasks/{task['id']}", json={"remind_at": None})
    return user


@pytest.fixture(scope="module")
def tasks(user):
    return found(user)


# Filters.


def test_newest_first_fifty_at_a_time(user, tasks):
    page = user.get("/tasks").json()
    assert list(page) == ["tasks", "count", "total", "limit", "offset", "next_cursor"]
    assert (page["count"], page["total"], page["limit"], page["offset"]) == (50, TASKS, 50, 0)
    assert page["tasks"] == in_order(tasks, "created_at", "desc")[:50]


@pytest.mark.parametrize("query, wanted", [
    ("status=TODO", lambda task: task["status"] == "TODO"),
    ("status=todo", lambda task: task["status"] == "TODO"),
    ("status=TODO,DONE", lambda task: task["status"] != "IN_PROGRESS"),
    ("status=TODO%2CDONE", lambda task: task["status"] != "IN_PROGRESS"),
    ("status=done&status=Todo", lambda task: task["status"] != "IN_PROGRESS"),
    ("status=TODO,IN_PROGRESS&status=DONE", lambda task: True),
    ("status=TODO&status=TODO", lambda task: task["status"] == "TODO"),
    ("priority=urgent", lambda task: task["priority"] == "URGENT"),
    ("priority=LOW,HIGH&priority=URGENT", lambda task: task["priority"] != "MEDIUM"),
    ("completed=true", lambda task: task["completed"]),
    ("completed=false", lambda task: not task["completed"]),
    ("completed=true&status=TODO", lambda task: False),
    ("due_date_from=2026-01-10", lambda task: (task["due_date"] or "") >= "2026-01-10"),
    ("due_date_to=2026-01-10", lambda task: (task["due_date"] or "3") <= "2026-01-10T99"),
    ("due_date_from=2026-01-10&due_date_to=2026-01-10",
     lambda task: (task["due_date"] or "")[:10] == "2026-01-10"),
    ("due_date_from=2026-01-10T12:00:00Z", lambda task: (task["due_date"] or "") >= "2026-01-10T12"),
    ("due_date_from=2026-01-10T12:00:00.000001Z", lambda task: (task["due_date"] or "") >= "2026-01-11"),
    ("due_date_to=2026-01-10T12:00:00Z", lambda task: (task["due_date"] or "3") < "2026-01-11"),
    ("due_date_to=2026-01-10T13:59:59%2B02:00", lambda task: (task["due_date"] or "3") < "2026-01-10"),
    ("due_date_from=0001-01-01&due_date_to=9999-12-31", lambda task: task["due_date"]),
    ("search=milk", lambda task: task["description"] == "Milk"),
    ("search=%C3%84", lambda task: has(task["title"], "a")),
    ("search=x%20y", lambda task: task["description"] == "x y"),
    ("search=x+y", lambda task: task["description"] == "x y"),
    ("sort_by=title", lambda task: True),
    ("&limit=200&&", lambda task: True),
])
def test_one_filter(user, tasks, query, wanted):
    answer = user.get(f"/tasks?limit=200&{query}" if "limit" not in query else f"/tasks?{query}")
    assert answer.status_code == 200, answer.text
    page = answer.json()
    expected = [task["id"] for task in tasks if wanted(task)]
    assert sorted(ids(page["tasks"])) == sorted(expected)
    assert page["total"] == page["count"] == len(expected)


@pytest.mark.parametrize("seed", range(60))
def test_filters_together(user, tasks, seed):
    dice = random.Random(seed)
    query, conditions = {}, []
    if dice.random() < 0.6:
        statuses = dice.sample(STATUSES, dice.randint(1, 3))
        query["status"] = dice.choice([",".join(statuses), statuses])
        conditions.append(lambda task: task["status"] in statuses)
    if dice.random() < 0.6:
        priorities = dice.sample(PRIORITIES, dice.randint(1, 4))
        query["priority"] = ",".join(priorities).lower()
        conditions.append(lambda task: task["priority"] in priorities)
    if dice.random() < 0.4:
        completed = dice.random() < 0.5
        query["completed"] = str(completed).lower()
        conditions.append(lambda task: task["completed"] == completed)
    if dice.random() < 0.4:
        first = f"2026-01-{dice.randint(1, 20):02}"
        query["due_date_from"] = first
        conditions.append(lambda task: (task["due_date"] or "") >= first)
    if dice.random() < 0.4:
        last = f"2026-01-{dice.randint(20, 28):02}"
        query["due_date_to"] = last + dice.choice(["", "T23:59:59Z"])
        conditions.append(lambda task: task["due_date"] and task["due_date"][:10] <= last)
    if dice.random() < 0.5:
        text = dice.choice(["a", "ä", "É", "MIL", "z", "p", "ß", "ss", "οδοσ", "e\u0301", "i"])
        query["search"] = text
        conditions.append(lambda task: has(task["title"], text) or has(task["description"], text))
    sort_by, sort_order = dice.choice(ORDERS)
    page = user.get("/tasks", params={**query, "sort_by": sort_by, "sort_order": sort_order,
                                      "limit": 200}).json()
    expected = [task for task in tasks if all(condition(task) for condition in conditions)]
    assert page["tasks"] == in_order(expected, sort_by, sort_order)
    assert page["total"] == len(expected)


def test_nobody_sees_anothers_list(user, stranger, client):
    assert stranger.get("/tasks", params={"search": "a"}).json()["tasks"] == []
    assert client.get("/tasks").status_code == 401


# Search.


@pytest.fixture(scope="module")
def library(client):
    user = client.new_user()
    for title in ["100%_a\\b", "100x_a\\b", "100%xa\\b", "100%_aab", "%", "_", "\\", "''",
                  "ÄÖÜ éÑ Ω Привет ǅ", "STRASSE", "tab\there",
                  "a" * 200, "percent 50%", "new\nline", "%41", "a&b=c", "日本語"]:
        user.post("/tasks", json={"title": title})
    user.post("/tasks", json={"title": "hidden", "description": "deep IN the Text: ÄRGER 5%"})
    return user


@pytest.mark.parametrize("text, wanted", [
    ("100%_a\\b", ["100%_a\\b"]), ("100%_A\\B", ["100%_a\\b"]), ("_a\\", ["100%_a\\b", "100x_a\\b"]),
    ("\\", ["100%_a\\b", "100x_a\\b", "100%xa\\b", "\\"]),
    ("%%", []), ("__", []), ("''", ["''"]), ("'", ["''"]), ("50%", ["percent 50%"]), ("5%", ["hidden"]),
    ("äö", ["ÄÖÜ éÑ Ω Привет ǅ"]),
    ("Äö", ["ÄÖÜ éÑ Ω Привет ǅ"]), ("ÉÑ", ["ÄÖÜ éÑ Ω Привет ǅ", "percent 50%", "hidden"]), ("ω", ["ÄÖÜ éÑ Ω Привет ǅ"]),
    ("ПРИВЕТ", ["ÄÖÜ éÑ Ω Привет ǅ"]),
    ("ǆ", ["ÄÖÜ éÑ Ω Привет ǅ"]), ("strasse", ["STRASSE"]), ("tab\t", ["tab\there"]),
    ("w\nl", ["new\nline"]), ("%41", ["%41"]),
    ("b=C", ["a&b=c"]), ("a&b", ["a&b=c"]), ("本", ["日本語"]), ("in the text", ["hidden"]),
    ("ärger", ["hidden"]), ("a" * 100, ["a" * 200]),
    ("🗓" * 100, []), ("no such thing", []), (".*", []), ("a|b", []), ("100%_a\\b ", []), ("$1", []),
    ("' OR 1=1 --", []),
])
def test_search_takes_every_character_literally(library, text, wanted):
    assert {task["title"] for task in found(library, search=text)} == set(wanted)


@pytest.mark.parametrize("text", ["a" * 101, "🗓" * 101, ""])
def test_search_of_other_lengths(library, text):
    refused(library.get("/tasks", params={"search": text}), 400, "validation_failed", "search")


# Orders and pages.


@pytest.mark.parametrize("sort_by, sort_order", ORDERS)
def test_every_order_with_its_ties(user, tasks, sort_by, sort_order):
    page = found(user, sort_by=sort_by, sort_order=sort_order)
    assert page == in_order(tasks, sort_by, sort_order)
    if sort_by == "due_date":
        assert page[0]["due_date"] and not page[-1]["due_date"]


@pytest.mark.parametrize("sort_by, sort_order", ORDERS)
def test_pages_by_offset_are_the_whole(user, tasks, sort_by, sort_order):
    pages = []
    for offset in range(0, TASKS + 35, 35):
        page = user.get("/tasks", params={"sort_by": sort_by, "sort_order": sort_order, "limit": 35,
                                          "offset": offset}).json()
        assert (page["offset"], page["limit"], page["total"], page["count"]) == (offset, 35, TASKS,
                                                                                 len(page["tasks"]))
        assert (page["next_cursor"] is None) == (offset + 35 >= TASKS)
        pages += page["tasks"]
    assert pages == in_order(tasks, sort_by, sort_order)


def pages_by_cursor(user, query, between=lambda: None):
    """All tasks, page by page."""
    page = user.get("/tasks", params=query).json()
    tasks = page["tasks"]
    while page["next_cursor"]:
        between()
        answer = user.get("/tasks", params={**query, "cursor": page["next_cursor"]})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert "total" not in page
        assert page["count"] == len(page["tasks"]) > 0
        tasks += page["tasks"]
    return tasks


@pytest.mark.parametrize("sort_by, sort_order", ORDERS)
def test_pages_by_cursor_are_the_whole(user, tasks, sort_by, sort_order):
    query = {"sort_by": sort_by, "sort_order": sort_order, "limit": 9}
    assert pages_by_cursor(user, query) == in_order(tasks, sort_by, sort_order)
    some = {**query, "status": "TODO,DONE", "search": "a", "limit": 3}
    assert pages_by_cursor(user, some) == in_order(
        [task for task in tasks if task["status"] != "IN_PROGRESS" and has(task["title"], "a")],
        sort_by, sort_order)


@pytest.fixture(scope="module")
def busy(client):
    """Somebody whose list changes while it is read."""
    dice, user = random.Random(3), client.new_user()
    for _ in range(TASKS):
        user.post("/tasks", json=any_task(dice))
    return user, found(user)


def any_task(dice):
    return {"title": dice.choice(TITLES), "status": dice.choice(STATUSES),
            "priority": dice.choice(PRIORITIES),
            "due_date": dice.choice([None,
                                     f"2026-01-0{dice.randint(1, 9)}T00:00:00.{dice.randint(0, 3):06}Z"])}


@pytest.mark.parametrize("sort_by, sort_order", ORDERS)
def test_pages_by_cursor_while_tasks_come_and_go(busy, sort_by, sort_order):
    (user, tasks), dice, new = busy, random.Random(sort_by + sort_order), []

    def change():
        if len(new) < 8:
            new.append(user.post("/tasks", json=any_task(dice)).json()["id"])
        else:
            user.delete(f"/tasks/{new.pop(0)}")

    seen = pages_by_cursor(user, {"sort_by": sort_by, "sort_order": sort_order, "limit": 11}, change)
    assert len(set(ids(seen))) == len(seen)
    old = set(ids(tasks))
    assert [task for task in seen if task["id"] in old] == in_order(tasks, sort_by, sort_order)
    for task in new:
        user.delete(f"/tasks/{task}")


def test_a_cursor_goes_on_after_its_task_is_gone(client):
    user = client.new_user()
    made = [user.post("/tasks", json={"title": str(number)}).json()["id"] for number in range(6)]
    page = user.get("/tasks", params={"limit": 2, "sort_order": "asc"}).json()
    user.delete(f"/tasks/{made[1]}")
    rest = user.get("/tasks", params={"limit": 10, "sort_order": "asc",
                                      "cursor": page["next_cursor"]}).json()
    assert ids(rest["tasks"]) == made[2:]


def test_the_last_full_page_is_the_last(client):
    user = client.new_user()
    assert user.get("/tasks").json() == {"tasks": [], "count": 0, "total": 0, "limit": 50, "offset": 0,
                                         "next_cursor": None}
    for number in range(4):
        user.post("/tasks", json={"title": str(number)})
    assert user.get("/tasks?limit=4").json()["next_cursor"] is None
    page = user.get("/tasks?limit=2").json()
    assert user.get("/tasks",
                    params={"limit": 2, "cursor": page["next_cursor"]}).json()["next_cursor"] is None


@pytest.mark.parametrize("query, count", [("limit=1", 1), ("limit=200", TASKS), ("limit=200&offset=119", 1),
                                          ("offset=120", 0),
                                          ("offset=10000", 0), ("limit=1&offset=0", 1)])
def test_limit_and_offset_at_their_edges(user, query, count):
    page = user.get(f"/tasks?{query}").json()
    assert (page["count"], page["total"]) == (count, TASKS)


@pytest.mark.parametrize("name, values", [
    ("limit", ["0", "-1", "201", "1000000000", "9223372036854775808", "1e1", "1.0", "1%20", "%201", "+1",
               "%2B1", "01", "0x1", "ten", "1,2", "٣",
               "null", "-0", "1%00", "1;1"]),
    ("offset", ["-1", "10001", "1000000000", "9223372036854775808", "1.0", "00", "x", "1%20"]),
])
def test_numbers_that_are_none(user, name, values):
    for value in values:
        answer = user.get(f"/tasks?{name}={value}")
        assert answer.status_code == 400, value
        if "%00" not in value:
            refused(answer, 400, "validation_failed", name)


@pytest.mark.parametrize("query, fields", [
    ("page=1", "page"), ("Status=TODO", "Status"), ("stauts=TODO", "stauts"),
    ("access_token=x", "access_token"), ("=x", ""), ("x", "x"),
    ("status=", "status"), ("status", "status"), ("search=", "search"), ("limit=", "limit"),
    ("cursor=", "cursor"), ("completed=", "completed"),
    ("due_date_from=", "due_date_from"), ("status=,", "status"), ("status=TODO,", "status"),
    ("status=TODO,,DONE", "status"),
    ("status=TODO&status=", "status"), ("status=DOING", "status"), ("status=TODO%20", "status"),
    ("status=TODO;DONE", "status"),
    ("status[]=TODO", "status[]"), ("priority=NONE", "priority"), ("priority=1", "priority"),
    ("completed=TRUE", "completed"),
    ("completed=1", "completed"), ("completed=yes", "completed"), ("completed=true,false", "completed"),
    ("sort_by=TITLE", "sort_by"),
    ("sort_by=id", "sort_by"), ("sort_by=title,due_date", "sort_by"),
    ("sort_by=title;DROP%20TABLE%20tasks", "sort_by"),
    ("sort_by=user_id", "sort_by"), ("sort_by=title%20desc", "sort_by"), ("sort_order=DESC", "sort_order"),
    ("sort_order=down", "sort_order"),
    ("sort_order=desc,%20(SELECT%201)", "sort_order"), ("due_date_from=now", "due_date_from"),
    ("due_date_to=infinity", "due_date_to"),
    ("due_date_from=2026-02-29", "due_date_from"), ("due_date_from=2026-01-01T00:00:00", "due_date_from"),
    ("due_date_to=2026-1-1", "due_date_to"),
    ("due_date_to=2026-01-01T00:00:00+0100", "due_date_to"), ("due_date_from=1", "due_date_from"),
    ("due_date_to=10000-01-01", "due_date_to"),
    ("limit=1&limit=1", "limit"), ("offset=0&offset=1", "offset"), ("search=a&search=b", "search"),
    ("completed=true&completed=true", "completed"),
    ("sort_by=title&sort_by=title", "sort_by"), ("sort_order=asc&sort_order=desc", "sort_order"),
    ("due_date_to=2026-01-01&due_date_to=2026-01-01", "due_date_to"),
    ("due_date_from=2026-01-02&due_date_to=2026-01-01", "due_date_to"),
    ("due_date_from=2026-01-01T00:00:00.000001Z&due_date_to=2026-01-01T00:00:00Z", "due_date_to"),
    ("due_date_from=2026-01-01T01:00:00Z&due_date_to=2026-01-01T01:30:00%2B01:00", "due_date_to"),
    ("due_date_from=2026-03-01&due_date_to=2026-02-01T00:00:00Z", "due_date_to"),
    ("due_date_from=2026-03-01T00:00:00Z&due_date_to=2026-02-01", "due_date_to"),
])
def test_queries_that_are_refused(user, query, fields):
    answer = user.send("GET", f"/api/v1/tasks?{query}") if query == "=x" else user.get(f"/tasks?{query}")
    refused(answer, 400, "validation_failed", fields)


def test_all_wrong_parameters_at_once(user):
    refused(user.get("/tasks?limit=0&status=x&page=2&sort_by=&due_date_to=1"),
            400, "validation_failed", "page", "status", "due_date_to", "sort_by", "limit")


@pytest.mark.parametrize("query", ["%ff=1", "%c0%af=1", "a%00b=1", "limit=1&%ed%a0%80",
                                   "&".join("a=1" for _ in range(200))])
def test_query_strings_that_cannot_be_read(user, query):
    answer = user.get(f"/tasks?{query}")
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


# Cursors.


@pytest.fixture(scope="module")
def cursor(user):
    return user.get("/tasks?limit=5").json()["next_cursor"]


def test_a_cursor_works_with_another_limit(user, tasks, cursor):
    page = user.get("/tasks", params={"limit": 7, "cursor": cursor, "sort_by": "created_at",
                                      "sort_order": "desc"}).json()
    assert page["tasks"] == in_order(tasks, "created_at", "desc")[5:12]


@pytest.mark.parametrize("query", [{"sort_by": "title"}, {"sort_order": "asc"}, {"sort_by": "updated_at"},
                                   {"status": "TODO"},
                                   {"priority": "LOW"}, {"completed": "false"}, {"search": "a"},
                                   {"due_date_from": "2026-01-01"},
                                   {"due_date_to": "2026-01-20T00:00:00Z"}])
def test_a_cursor_of_another_list(user, cursor, query):
    refused(user.get("/tasks", params={"cursor": cursor, **query}), 400, "invalid_cursor", "cursor")
    other = user.get("/tasks", params={"limit": 1, **query}).json()["next_cursor"]
    refused(user.get("/tasks", params={"cursor": other}), 400, "invalid_cursor", "cursor")


def test_a_cursor_of_another_user(stranger, cursor):
    stranger.post("/tasks", json={"title": "x"})
    refused(stranger.get("/tasks", params={"cursor": cursor}), 400, "invalid_cursor", "cursor")


def test_forged_cursors(user, cursor):
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    forged = [cursor[:-1], cursor[1:], cursor + "A", cursor + "=", cursor * 2, " " + cursor, cursor + "\n",
              cursor.swapcase(), "x", "AAAA",
              "0", "null", "../..", str(uuid.uuid4()), base64.b64encode(b"a" * 60).decode(), "é" * 20,
              "'; --", "A" * 2000]
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1 << place % 8
        forged.append(base64.urlsafe_b64encode(changed).decode().rstrip("="))
    for place in [len(raw), 16, 32, 31, 0]:
        forged.append(base64.urlsafe_b64encode(raw[:place][:-1] + b"x").decode().rstrip("="))
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    if len(raw) % 3:  # the same bytes in another spelling
        forged.append(cursor[:-1] + last[last.index(cursor[-1]) + 1])
    for text in forged:
        refused(user.get("/tasks", params={"cursor": text}), 400, "invalid_cursor", "cursor")
    refused(user.get("/tasks", params={"cursor": "A" * 2001}), 400, "validation_failed", "cursor")


def test_a_cursor_has_no_offset(user, cursor):
    for offset in [0, 5]:
        refused(user.get("/tasks", params={"cursor": cursor, "offset": offset}), 400, "validation_failed", "offset")
    refused(user.get("/tasks", params={"cursor": [cursor, cursor]}), 400, "validation_failed", "cursor")


@pytest.mark.parametrize("zone, first, last, fits", [
    ("UTC", "2026-05-02T00:00:00Z", "2026-05-01", False), ("UTC", "2026-05-01T23:59:59.999999Z", "2026-05-01", True),
    ("UTC", "2026-05-02", "2026-05-01T23:59:59Z", False), ("UTC", "2026-05-02", "2026-05-02T00:00:00Z", True),
    ("Pacific/Kiritimati", "2026-05-01T10:00:00Z", "2026-05-01", False),
    ("Pacific/Kiritimati", "2026-05-01T09:59:59Z", "2026-05-01", True),
    ("Etc/GMT+12", "2026-05-02T11:59:59Z", "2026-05-01", True), ("Etc/GMT+12", "2026-05-02T12:00:00Z", "2026-05-01", False),
    ("Pacific/Kiritimati", "2026-05-02", "2026-05-01T10:00:00Z", True),
    ("Pacific/Kiritimati", "2026-05-02", "2026-05-01T09:59:59Z", False),
    ("CET", "2026-05-01T22:00:00Z", "2026-05-01", False), ("CET", "2026-05-01T21:59:59Z", "2026-05-01", True),
])
def test_a_range_of_a_day_and_an_instant_is_compared_where_the_user_is(client, zone, first, last, fits):
    user = client.new_user(timezone=zone)
    answer = user.get("/tasks", params={"due_date_from": first, "due_date_to": last})
    if fits:
        assert (answer.status_code, answer.json()["total"]) == (200, 0)
    else:
        refused(answer, 400, "validation_failed", "due_date_to")


# Days of the user.


ZONES = ["Europe/Berlin", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
         "America/Havana", "Pacific/Apia",
         "America/Sao_Paulo", "Africa/Cairo", "Pacific/Kiritimati"]
DAYS = [datetime.date(2026, 3, 28), datetime.date(2026, 3, 29), datetime.date(2026, 3, 30),
        datetime.date(2026, 10, 24),
        datetime.date(2026, 10, 25), datetime.date(2026, 10, 26), datetime.date(2026, 3, 8),
        datetime.date(2026, 11, 1),
        datetime.date(2026, 4, 5), datetime.date(2026, 10, 4), datetime.date(2011, 12, 29),
        datetime.date(2011, 12, 31),
        datetime.date(2018, 11, 4), datetime.date(2018, 2, 18), datetime.date(2026, 4, 24),
        datetime.date(2026, 10, 30), datetime.date(2024, 2, 29)]


@pytest.fixture(scope="module")
def traveller(client):
    """Somebody with tasks every 15 minutes or so around midnights, anywhere on Earth."""
    user, due = client.new_user(), set()
    for day in DAYS[:6]:
        for offset in [-1, 0, 1, 2]:
            midnight = datetime.datetime.combine(day, datetime.time(offset % 3), datetime.timezone.utc)
            due |= {midnight, midnight - datetime.timedelta(hours=1, microseconds=1),
                    midnight - datetime.timedelta(microseconds=1)}
    for zone in ZONES:
        for day in DAYS:
            start = datetime.datetime.combine(day, datetime.time(),
                                              zoneinfo.ZoneInfo(zone)).astimezone(datetime.timezone.utc)
            due |= {start, start - datetime.timedelta(microseconds=1),
                    start + datetime.timedelta(minutes=30),
                    start + datetime.timedelta(hours=23, minutes=30)}
    return user, sorted(due)


@pytest.fixture(scope="module")
def deadlines(stack, traveller):
    """Written straight into the database, because there are hundreds."""
    user, due = traveller
    stack.ask("INSERT INTO tasks (user_id, id, title, due_date)"
              " SELECT %s, gen_random_uuid(), 'due', unnest(%s::timestamptz[])", user.id, due)
    return due


def all_due(user, **query):
    tasks = pages_by_cursor(user, {"limit": 200, "sort_by": "due_date", "sort_order": "asc", **query})
    return [datetime.datetime.fromisoformat(task["due_date"]) for task in tasks]


@pytest.mark.parametrize("zone", ZONES)
def test_a_date_is_a_local_day(traveller, deadlines, zone):
    user, info = traveller[0], zoneinfo.ZoneInfo(zone)
    assert user.patch("/users/me", json={"timezone": zone}).status_code == 200
    for day in [*DAYS, datetime.date(2011, 12, 30)]:
        wanted = [due for due in deadlines if due.astimezone(info).date() == day]
        assert all_due(user, due_date_from=day, due_date_to=day) == wanted, day
    day = datetime.date(2026, 3, 29)
    assert all_due(user,
                   due_date_from=day) == [due for due in deadlines if due.astimezone(info).date() >= day]
    assert all_due(user,
                   due_date_to=day) == [due for due in deadlines if due.astimezone(info).date() <= day]


def test_a_day_in_berlin_has_23_hours_in_spring_and_25_in_autumn(client):
    user = client.new_user(timezone="Europe/Berlin")
    hours = {"2026-03-29": ("2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999999Z"),
             "2026-10-25": ("2026-10-24T22:00:00Z", "2026-10-25T22:59:59.999999Z")}
    for first, last in hours.values():
        for due in [first, last]:
            user.post("/tasks", json={"title": "in", "due_date": due})
    outside = ["2026-03-28T22:59:59.999999Z", "2026-03-29T22:00:00Z", "2026-10-24T21:59:59.999999Z",
               "2026-10-25T23:00:00Z"]
    for due in outside:
        user.post("/tasks", json={"title": "out", "due_date": due})
    for day, (first, last) in hours.items():
        tasks = found(user, due_date_from=day, due_date_to=day, sort_by="due_date", sort_order="asc")
        assert [task["title"] for task in tasks] == ["in", "in"], day
        assert [task["due_date"][:13] for task in tasks] == [first[:13], last[:13]]


def get_as_it_is(who, path):
    """The status and body of a target that a careful library would mend."""
    context = ssl.create_default_context(cafile=who.stack.certificate)
    connection = http.client.HTTPSConnection("localhost", who.stack.port, context=context)
    connection.request("GET", f"/api/v1{path}", headers={"Authorization": f"Bearer {who.access_token}"})
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body


@pytest.mark.parametrize("value", ["50%", "%", "%2", "%GG", "a%00b", "%ff", "%c0%80", "%ed%a0%80", "ab%e2%82"])
@pytest.mark.parametrize("name", ["search", "sort_by", "due_date_from", "status"])
def test_a_value_that_is_badly_escaped(user, name, value):
    status, body = get_as_it_is(user, f"/tasks?limit=1&{name}={value}")
    assert (status, body["error"]) == (400, "validation_failed")
    assert [(detail["field"], detail["code"]) for detail in body["details"]] == [(name, "encoding")]


def test_a_plus_that_nobody_escaped(client):
    user = client.new_user()
    make_task(user, due_date="2026-01-01T00:00:00+02:00")
    for sign, count in [("+", 1), ("%2B", 1), ("%20", 1), ("-", 0)]:
        found = user.get(f"/tasks?due_date_to=2026-01-01T00:00:00{sign}02:00")
        assert (found.status_code, found.json()["total"]) == (200, 1), found.text
        found = user.get(f"/tasks?due_date_from=2026-01-01T00:00:00{sign}02:00")
        assert (found.status_code, found.json()["total"]) == (200, count), found.text
    refused(user.get("/tasks?due_date_from=2026-01-01T00:00:00++02:00"), 400, "validation_failed", "due_date_from")
