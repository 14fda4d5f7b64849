"""The lists of projects and categories: search, orders and pages."""

import itertools
import random

import pytest

from contract import refused
from groups import MEMBERS, in_order
from people import somebody
from resources import found, ids, make, new_id, pages_by_cursor, wrong
from texts import fold, has

NAMES = ["a", "A", "ΟΔΟΣ", "οδοσ", "İ", "STRASSE", "straße", "e\u0301b", "\u0390", "ﬁ", "Ꭰ", "b", "Zebra", "zebra",
         "äpfel", "Äpfel", "Ärger", "aa", "éa", "ÉB", "ß", "Ω", "ω",
         "привет", "ПРИВЕТ", "日本", "🗓",
         "_", "10", "9", "~", "100%", "1000", "a_b", "axb", "c:\\d", "c:d", "''"]
ORDERS = list(itertools.product(["name", "created_at", "updated_at"], ["asc", "desc"]))


@pytest.fixture(params=["projects", "categories"])
def kind(request):
    return request.param


user, stranger = somebody(), somebody()


@pytest.fixture(scope="module")
def reader(client):
    return client.new_user()


@pytest.fixture(scope="module")
def library(stack, reader):
    """The rows of each kind: names of every sort, and times that several of them share."""
    dice = random.Random(5)
    one_per_name = {fold(name): name for name in NAMES}.values()
    write(stack, reader, "projects", NAMES * 2, dice)
    write(stack, reader, "categories", [*one_per_name, *(f"number {number}" for number in range(30))], dice)
    return {kind: found(reader, f"/{kind}") for kind in MEMBERS}


def write(stack, user, kind, names, dice):
    """Straight into the database, which alone can give several rows one time."""
    ages = [[dice.randint(0, 9) for _ in names] for _ in range(2)]
    stack.ask(f"INSERT INTO {kind} (user_id, id, name, created_at, updated_at)"
              " SELECT %s, gen_random_uuid(), name,"
              " timestamptz '2026-01-01' - created * interval '1 microsecond',"
              " timestamptz '2026-01-02' - updated * interval '1 microsecond'"
              " FROM unnest(%s::text[], %s::int[], %s::int[]) AS v (name, created, updated)", user.id,
              list(names), *ages)


def test_by_name_fifty_at_a_time(reader, library, kind):
    page = reader.get(f"/{kind}").json()
    rows = library[kind]
    assert list(page) == [kind, "count", "total", "limit", "offset", "next_cursor"]
    assert (page["count"], page["total"], page["limit"], page["offset"]) == (50, len(rows), 50, 0)
    assert page["next_cursor"]
    assert page[kind] == in_order(rows, "name", "asc")[:50]


@pytest.mark.parametrize("sort_by, sort_order", ORDERS)
def test_every_order_and_every_way_through_it(reader, library, kind, sort_by, sort_order):
    order, path = {"sort_by": sort_by, "sort_order": sort_order}, f"/{kind}"
    wanted = in_order(library[kind], sort_by, sort_order)
    assert found(reader, path, **order) == wanted
    assert pages_by_cursor(reader, path, {**order, "limit": 7}) == wanted
    pages = []
    for offset in range(0, len(wanted) + 20, 20):
        page = reader.get(path, params={**order, "limit": 20, "offset": offset}).json()
        assert (page["offset"], page["total"], page["count"]) == (offset, len(wanted), len(page[kind]))
        assert (page["next_cursor"] is None) == (offset + 20 >= len(wanted))
        pages += page[kind]
    assert pages == wanted
    some = [row for row in wanted if has(row["name"], "a")]
    assert pages_by_cursor(reader, path, {**order, "search": "A", "limit": 2}) == some
    turn = reader.get(path, params={**order, "limit": 10, "offset": 5}).json()["next_cursor"]
    assert reader.get(path, params={**order, "cursor": turn, "limit": 200}).json()[kind] == wanted[15:]


@pytest.mark.parametrize("text", ["a", "A", "äp", "ÄP", "Ω", "ПРИ", "é", "É", "%", "_", "\\", "c:\\d", "0%",
                                  "a_b", "'", "''", "🗓", "οδος", "ΟΔΟΣ", "i", "i\u0307", "e\u0301", "Strasse", "ﬀ", "ΐ", "ꭰ", "日", "zebra",
                                  ".*", "^a", "[a]", "a|b", "' OR 1=1 --", "ß", "ss", "nothing of that kind",
                                  "x" * 100, "🗓" * 100])
def test_search_takes_every_character_literally(reader, library, kind, text):
    wanted = [row for row in library[kind] if has(row["name"], text)]
    assert found(reader, f"/{kind}", search=text) == in_order(wanted, "name", "asc")


@pytest.mark.parametrize("sort_by, sort_order", ORDERS)
def test_pages_by_cursor_while_rows_come_and_go(stack, new_user, kind, sort_by, sort_order):
    user, dice, path, new = new_user(), random.Random(sort_by + sort_order), f"/{kind}", []
    names = [f"{dice.choice('abcäöü')} {number}" for number in range(40)]
    write(stack, user, kind, names, dice)
    rows = found(user, path)

    def come_and_go():
        if len(new) < 6:
            new.append(make(user, kind, name=f"{dice.choice('abcäöü~')} {new_id()}")["id"])
        else:
            user.delete(f"{path}/{new.pop(0)}")

    seen = pages_by_cursor(user, path, {"sort_by": sort_by, "sort_order": sort_order, "limit": 4},
                           come_and_go)
    assert len(set(ids(seen))) == len(seen)
    assert [row for row in seen if row in rows] == in_order(rows, sort_by, sort_order)


def test_a_cursor_goes_on_after_its_row_is_gone(new_user, kind):
    user = new_user()
    made = [make(user, kind, name=f"n{number}")["id"] for number in range(6)]
    page = user.get(f"/{kind}?limit=2").json()
    user.delete(f"/{kind}/{made[1]}")
    assert ids(user.get(f"/{kind}", params={"cursor": page["next_cursor"]}).json()[kind]) == made[2:]
    last = user.get(f"/{kind}?limit=5").json()
    assert (last["count"], last["total"], last["next_cursor"]) == (5, 5, None)


@pytest.mark.parametrize("query", [{"sort_by": "created_at"}, {"sort_order": "desc"}, {"search": "a"}])
def test_a_cursor_of_another_list(reader, library, kind, query):
    assert library
    cursor = reader.get(f"/{kind}?limit=3").json()["next_cursor"]
    other = reader.get(f"/{kind}", params={"limit": 3, **query}).json()["next_cursor"]
    for params in [{"cursor": cursor, **query}, {"cursor": other}, {"cursor": cursor[:-2]},
                   {"cursor": cursor.swapcase()}, {"cursor": "x"}]:
        refused(reader.get(f"/{kind}", params=params), 400, "invalid_cursor", "cursor")
    assert reader.get(f"/{kind}", params={"cursor": cursor, "sort_by": "name", "sort_order": "asc",
                                          "limit": 9}).status_code == 200
    [another] = set(MEMBERS) - {kind}
    for path in [f"/{another}", "/tasks"]:
        refused(reader.get(path, params={"cursor": cursor}), 400, "invalid_cursor", "cursor")
    wrong(reader.get(f"/{kind}", params={"cursor": cursor, "offset": 0}), "offset")


def test_a_cursor_of_another_user(reader, library, stranger, kind):
    assert library
    make(stranger, kind)
    cursor = reader.get(f"/{kind}?limit=3").json()["next_cursor"]
    refused(stranger.get(f"/{kind}", params={"cursor": cursor}), 400, "invalid_cursor", "cursor")


@pytest.mark.parametrize("query, field", [
    ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("limit=", "limit"),
    ("limit=5&limit=5", "limit"), ("offset=-1", "offset"),
    ("offset=10001", "offset"), ("search=", "search"), ("search=%20", "search"),
    ("search=" + "a" * 101, "search"), ("search=a&search=a", "search"), ("sort_by=", "sort_by"),
    ("sort_by=position", "sort_by"), ("sort_by=NAME", "sort_by"), ("sort_by=task_count", "sort_by"),
    ("sort_by=name,id", "sort_by"),
    ("sort_by=name&sort_by=name", "sort_by"), ("sort_order=ASC", "sort_order"),
    ("sort_order=asc;--", "sort_order"), ("status=TODO", "status"),
    ("name=a", "name"), ("color=red", "color"), ("page=1", "page"), ("cursor=", "cursor"),
    ("project_id=none", "project_id"),
])
def test_queries_that_are_refused(user, kind, query, field):
    wrong(user.get(f"/{kind}?{query}"), field)


@pytest.mark.parametrize("query, count", [("limit=1", 1), ("limit=200", None), ("offset=10000", 0),
                                          ("limit=1&offset=0", 1)])
def test_limit_and_offset_at_their_edges(reader, library, kind, query, count):
    page = reader.get(f"/{kind}?{query}").json()
    assert (page["count"], page["total"]) == (len(library[kind]) if count is None else count,
                                              len(library[kind]))


def test_nothing_at_all(new_user, kind):
    assert new_user().get(f"/{kind}").json() == {kind: [], "count": 0, "total": 0, "limit": 50, "offset": 0,
                                                 "next_cursor": None}
