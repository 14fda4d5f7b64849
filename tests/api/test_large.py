"""Answers and bodies as large as they may be: pages end early, and workers stay small."""

import json
import pathlib

import pytest

from client import at_once
from feeds import address
from people import somebody
from stack import POOLS, has_sanitizer

MIB = 1 << 20
MOST = 4 * MIB + 4096  # the members behind the rows come on top
WORKER_KB = 8 * 1024
# What an entry has, and how many of them: long and short ones stand side by side.
MIXED = ["x", "x" * 4000, "x" * 6000, "é" * 10_000, "\u0001" * 100_000, "🗓" * 100_000, "short", "x" * 100_000]
user = somebody()


def write(stack, user, contents):
    """Adds an entry for each content; the ids in the order in which the list has them."""
    stack.ask("DELETE FROM journals WHERE user_id = %s", user.id)
    stack.ask("INSERT INTO journals (user_id, id, content, entry_date)"
              " SELECT %s, gen_random_uuid(), content, date '2026-01-01' + (place / 3)::int"
              " FROM unnest(%s) WITH ORDINALITY AS c (content, place)", user.id, list(contents))
    return [row[0] for row in stack.ask(
        "SELECT id::text FROM journals WHERE user_id = %s ORDER BY entry_date DESC, id DESC", user.id)]


def pages(user, path, **query):
    """The pages from the first to the last."""
    while True:
        answer = user.get(path, params=query)
        assert answer.status_code == 200, answer.text
        assert len(answer.content) <= MOST
        yield answer
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return
        query = {**query, "cursor": cursor}
        query.pop("offset", None)


def entries(answers):
    return [entry for answer in answers for entry in answer.json()["journals"]]


@pytest.mark.parametrize("limit", [1, 2, 3, 50, 199, 200])
def test_every_row_comes_once(stack, user, limit):
    expected = write(stack, user, MIXED * 10)
    answers = list(pages(user, "/journals", limit=limit))
    shown = entries(answers)
    assert [entry["id"] for entry in shown] == expected
    assert sorted(entry["content"] for entry in shown) == sorted(MIXED * 10)
    first = answers[0].json()
    assert (first["total"], first["limit"]) == (len(expected), limit)
    for answer in answers:
        assert answer.json()["count"] == len(answer.json()["journals"]) <= limit


@pytest.mark.parametrize("sort_by", ["entry_date", "created_at", "updated_at"])
@pytest.mark.parametrize("sort_order", ["asc", "desc"])
def test_every_order_goes_on(stack, user, sort_by, sort_order):
    expected = write(stack, user, ["x" * 100_000] * 60)
    order = {"sort_by": sort_by, "sort_order": sort_order}
    answers = list(pages(user, "/journals", limit=200, **order))
    assert len(answers) == 2
    keys = [(entry[sort_by], entry["id"]) for entry in entries(answers)]
    assert keys == sorted(keys, reverse=sort_order == "desc")
    assert {key for _, key in keys} == set(expected)


def test_a_page_that_fits_is_whole(stack, user):
    for length in (5000, 5300, 20_000):
        expected = write(stack, user, ["x" * length] * 201)
        page = user.get("/journals", params={"limit": 200}).json()
        assert page["count"] == 200, length
        assert [entry["id"] for entry in page["journals"]] == expected[:200]


def test_a_page_is_no_smaller_than_it_must_be(stack, user):
    write(stack, user, ["x" * 100_000] * 60)
    answer = user.get("/journals", params={"limit": 200})
    assert len(answer.content) + 101_000 > 4 * MIB
    assert answer.json()["count"] == 41


def test_an_offset_counts_rows(stack, user):
    expected = write(stack, user, ["x" * 100_000] * 60)
    answers = list(pages(user, "/journals", limit=50, offset=7))
    assert answers[0].json()["count"] == 41
    assert [entry["id"] for entry in entries(answers)] == expected[7:]


def test_filters_hold_in_every_portion(stack, user):
    write(stack, user, ["needle" + "x" * 99_000, "x" * 100_000] * 12)
    shown = entries(pages(user, "/journals", search="NEEDLE", limit=200))
    assert [entry["content"][:6] for entry in shown] == ["needle"] * 12


def test_last_row_of_a_full_page(stack, user):
    """Whether there is a next page is known also where rows came in portions."""
    expected = write(stack, user, ["x" * 100_000] * 8)
    for limit, more in ((7, True), (8, False), (9, False)):
        page = user.get("/journals", params={"limit": limit}).json()
        assert [entry["id"] for entry in page["journals"]] == expected[:limit]
        assert (page["next_cursor"] is not None) == more


# The memory of workers

@pytest.fixture(scope="module")
def workers(stack):
    return [worker for pool in POOLS for worker in stack.workers(pool)]


@pytest.fixture
def memory(workers):
    """The most that a worker has taken during the test is bounded. Pages of programs and libraries do not count, since
    all workers share them."""
    for worker in workers:
        pathlib.Path(f"/proc/{worker}/clear_refs").write_text("5")
    yield
    if not has_sanitizer():
        assert max(peak_kb(worker) for worker in workers) <= WORKER_KB


def peak_kb(worker):
    status = pathlib.Path(f"/proc/{worker}/status").read_text()
    most, of_files = (int(status.split(name)[1].split()[0]) for name in ("VmHWM:", "RssFile:"))
    return most - of_files


@pytest.mark.parametrize("content", ["x", "🗓", "\u0001", "é\"\\"])
def test_long_entries(memory, stack, user, content):
    write(stack, user, [(content * 100_000)[:100_000]] * 25)
    *full, _ = pages(user, "/journals", limit=200)
    assert all(answer.json()["count"] >= 6 for answer in full)


def test_many_at_once(memory, stack, user):
    expected = write(stack, user, ["x" * 100_000] * 60)
    answers = at_once(*[lambda: user.get("/journals", params={"limit": 200})] * 16)
    for answer in answers:
        assert [entry["id"] for entry in answer.json()["journals"]] == expected[:41]


@pytest.mark.parametrize("path, table, columns", [
    ("/tasks", "tasks", {"title": 200, "description": 2000}),
    ("/projects", "projects", {"name": 100, "description": 2000}),
    ("/categories", "categories", {"name": 50}),
    ("/moods", "moods", {"note": 1000}),
])
def test_other_lists_are_whole(memory, stack, user, path, table, columns):
    """Their rows are shorter: 200 of the largest are one page."""
    names = ", ".join(columns)
    texts = ", ".join(f"left(n || repeat('🗓', {length}), {length})" for length in columns.values())
    score = (", score", ", 3") if table == "moods" else ("", "")
    stack.ask(f"INSERT INTO {table} (user_id, id, {names}{score[0]})"
              f" SELECT %s, gen_random_uuid(), {texts}{score[1]} FROM generate_series(1, 201) AS n", user.id)
    [first, last] = pages(user, path, limit=200)
    assert (first.json()["count"], last.json()["count"]) == (200, 1)


@pytest.mark.parametrize("char", ["🗓", ";", "\\x01"])
def test_a_calendar_is_written_in_portions(memory, stack, client, char):
    """Also where each character is escaped or becomes another one, and where each task repeats."""
    user = client.new_user()
    path = address(user)
    stack.ask("INSERT INTO tasks (user_id, id, title, description, due_date, recurrence)"
              f" SELECT %s, gen_random_uuid(), repeat(E'{char}', 200), repeat(E'{char}', 2000), '2027-04-30T10:00Z',"
              " 'FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20991231T120000Z' FROM generate_series(1, 5001) AS n", user.id)
    answers = at_once(*[lambda: client.get(path)] * 2)
    for answer in answers:
        assert answer.status_code == 200 and answer.content.count(b"BEGIN:VEVENT") == 5000
        assert answer.content.count(b"\r\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20991231T235959Z\r\n") == 5000


def test_more_tags_than_one_answer_has(stack, user):
    """The most used are there."""
    stack.ask("DELETE FROM journals WHERE user_id = %s", user.id)
    stack.ask("INSERT INTO journals (user_id, id, content, entry_date, tags)"
              " SELECT %s, gen_random_uuid(), 'x', '2026-01-01', array_agg('tag ' || n) || ARRAY['always']"
              " FROM generate_series(1, 5016) AS n GROUP BY n / 19", user.id)
    tags = user.get("/journals/tags").json()["tags"]
    assert len(tags) == 5000
    assert tags[0] == {"tag": "always", "count": 265}


BODIES = {
    "text": {"content": "x" * (MIB + MIB // 4)},
    "names": {f"{'n' * 180}{number}": 0 for number in range(9900)},
    "name": {"n" * MIB: 0},
    "tags": {"content": "x", "tags": [f"{'n' * 180}{number}" for number in range(9900)]},
}


@pytest.mark.parametrize("name", BODIES)
def test_wrong_bodies(user, name):
    """However much is wrong, the answer that tells it is short."""
    answer = user.post("/journals", data=json.dumps(BODIES[name]), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "validation_failed")
    assert answer.json()["details"] and len(answer.content) < MIB


# Bodies of which a parser would make much, as large as the routes take them.
HOSTILE = {
    "objects": b'{"title":[' + b"{}," * 9990 + b"{}]}",
    "objects that are ignored": b'{"created_at":[' + b"{}," * 2400 + b"{}]}",
    "elements": b'{"updates":[' + b"{}," * 2400 + b"{}]}",
    "lists": b'{"title":[' + b"[]," * 4900 + b"[]]}",
    "short names": b"{" + b",".join(b'"%s%05d":1' % (b"n" * 57, number) for number in range(9900)) + b"}",
    "a name": b'{"' + b"x" * (2 * MIB - 20) + b'":1}',
    "texts": b'{"tags":[' + b'"%s",' % (b"x" * 200) * 9990 + b'""]}',
    "a text": b'{"content":"' + b"x" * (2 * MIB - 20) + b'"}',
    "escapes": b'{"content":"' + b"\\u8a9e" * (2 * MIB // 6 - 10) + b'"}',
    "a number": b'{"version":' + b"9" * (2 * MIB - 20) + b"}",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bodies(memory, user, body):
    """Twice: what one leaves behind must not add up with the next."""
    for method, path in [("POST", "/journals"), ("POST", "/tasks"), ("PATCH", "/tasks/bulk"), ("POST", "/auth/login")] * 2:
        answer = user.request(method, path, data=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in ((201, 400) if len(body) < MIB else (400, 413)), answer.text
