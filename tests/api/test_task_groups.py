"""What projects (C1, C2) and categories (C4) have in common, and the tasks that refer to them (B1, B4)."""

import itertools
import json
import random

import pytest

from client import at_once
from contract import refused
from groups import (MEMBERS, NAME_LIMIT, NOBODYS, REFERENCE, change, found, ids, in_order, make, make_task, new_id,
                    pages_by_cursor, read)

WHITE_SPACE = ("\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
               "\u2009\u200a\u2028\u2029\u202f\u205f\u3000")
NAUGHTY = ["  kept as sent\t", "田中さんにあげて", "مُنَاقَشَةُ", "\u202eleft\u202c", "zero\u200bwidth\ufeff", "👩‍👩‍👧‍👦🏳️‍🌈",
           "e\u0301 is not é", "'; DROP TABLE projects; --", "$1 :name {project_row}", "\\", '"', "%s%n", "<script>alert(1)</script>",
           "null", "../../etc/passwd", "a\r\nSet-Cookie: x=1", "\u0001\x07\x7f", "\ufffe\uffff\U0010ffff", "%00", "İıßẞſ", "\ud7ff\ue000"]
NAMES = ["a", "A", "b", "Zebra", "zebra", "äpfel", "Äpfel", "Ärger", "aa", "éa", "ÉB", "ß", "Ω", "ω", "привет", "ПРИВЕТ", "日本", "🗓",
         "_", "10", "9", "~", "100%", "1000", "a_b", "axb", "c:\\d", "c:d", "''"]
STATUSES = ["TODO", "IN_PROGRESS", "DONE"]
ORDERS = list(itertools.product(["name", "created_at", "updated_at"], ["asc", "desc"]))


@pytest.fixture(params=["projects", "categories"])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def user(client):
    return client.new_user()


@pytest.fixture(scope="module")
def stranger(client):
    return client.new_user()


@pytest.fixture
def row(user, kind):
    return make(user, kind)


@pytest.fixture
def one(row, kind):
    return f"/{kind}/{row['id']}"


def wrong(answer, *fields):
    refused(answer, 400, "validation_failed", *fields)


# From first to last.


def test_from_first_to_last(new_user, kind):
    user = new_user()
    created = user.post(f"/{kind}", json={"name": "Garden"})
    row, one = created.json(), created.headers["Location"]
    assert (created.status_code, one) == (201, f"/api/v1/{kind}/{row['id']}")
    assert list(row) == MEMBERS[kind]
    defaults = {"name": "Garden", "description": None, "color": None, "archived": False, "task_count": 0, "version": 1,
                "task_counts": {"todo": 0, "in_progress": 0, "done": 0}, "updated_at": row["created_at"]}
    assert row == {**row, **{name: value for name, value in defaults.items() if name in MEMBERS[kind]}}
    got = user.get(one)
    assert got.json() == row
    assert got.headers["ETag"] == created.headers["ETag"]
    head = user.head(one)
    assert (head.content, head.headers["ETag"], head.headers["Content-Length"]) == (b"", got.headers["ETag"], got.headers["Content-Length"])
    assert user.get(one, headers={"If-None-Match": got.headers["ETag"]}).status_code == 304
    assert found(user, f"/{kind}") == [row]

    for number, method in enumerate(["PUT", "PATCH"]):
        answer = user.request(method, one, json={"color": f"#12345{number}"})
        changed = answer.json()
        assert changed == {**row, "color": f"#12345{number}", "version": 2 + number, "updated_at": changed["updated_at"]}
        assert changed["updated_at"] > row["updated_at"]
        assert answer.headers["ETag"] == user.get(one).headers["ETag"] != got.headers["ETag"]
        assert read(user, one) == changed
    assert user.delete(one).status_code == 204
    for method in ["GET", "PUT", "PATCH", "DELETE"]:
        refused(user.request(method, one, json={"name": "x"}), 404, "not_found")
    assert found(user, f"/{kind}") == []


def test_a_stranger_gets_nothing(stack, user, stranger, kind):
    row = make(user, kind, name="secret")
    one = f"/{kind}/{row['id']}"
    for answer in [stranger.get(one), stranger.put(one, json={"name": "x"}), stranger.patch(one, json={"name": "x"}),
                   stranger.patch(one, json={}), stranger.patch(one, json={"name": "x", "version": 1}),
                   stranger.patch(one, json={"name": "x"}, headers={"If-Match": "*"}), stranger.get(f"/{kind}/{row['id'].upper()}"),
                   stranger.get(one, headers={"If-None-Match": "*"}), stranger.delete(one), stranger.delete(one, headers={"If-Match": '"1"'})]:
        refused(answer, 403, "forbidden")
        assert "secret" not in answer.text
        [line] = stack.log(event="foreign_access", request_id=answer.headers["X-Request-Id"])
        assert (line["resource"], line["id"], line["user"]) == (kind, row["id"], stranger.id)
    assert row["id"] not in ids(found(stranger, f"/{kind}"))
    assert read(user, one) == row
    user.delete(one)
    refused(stranger.get(one), 404, "not_found")


def test_what_is_not_there(user, kind):
    for bad in ["1", "x", "none", "null", "%20", NOBODYS + "0", NOBODYS.replace("-", ""), "{" + NOBODYS + "}", NOBODYS, NOBODYS + "%0a"]:
        for method in ["GET", "PUT", "PATCH", "DELETE"]:
            refused(user.request(method, f"/{kind}/{bad}", json={"name": "x"}), 404, "not_found")


def test_other_methods_and_query_strings(user, kind, row, one):
    for method, path in [("PUT", f"/{kind}"), ("PATCH", f"/{kind}"), ("DELETE", f"/{kind}"), ("POST", one)]:
        refused(user.request(method, path, json={"name": "x"}), 405, "method_not_allowed")
    wrong(user.get(f"{one}?fields=name"), "fields")
    wrong(user.delete(f"{one}?force=true"), "force")
    wrong(user.post(f"/{kind}?limit=5", json={"name": "x"}), "limit")
    assert read(user, one) == row


# Members.


@pytest.mark.parametrize("character", ["x", "ß", "語", "🗓", "\u0301"], ids=ascii)
def test_a_name_at_its_limit_and_one_past(user, kind, character):
    limit, start = NAME_LIMIT[kind], new_id()
    longest = (start + character * 100)[:limit]
    row = make(user, kind, name=longest)
    assert row["name"] == longest
    for name in ["", longest + character]:
        wrong(user.post(f"/{kind}", json={"name": name}), "name")
        wrong(user.patch(f"/{kind}/{row['id']}", json={"name": name}), "name")
        wrong(user.put(f"/{kind}/{row['id']}", json={"name": name}), "name")
    assert change(user, f"/{kind}/{row['id']}", name=longest[::-1])["name"] == longest[::-1]


def test_a_name_must_not_be_blank(user, kind, row, one):
    for blank in [*WHITE_SPACE, WHITE_SPACE]:
        wrong(user.post(f"/{kind}", json={"name": blank}), "name")
        wrong(user.patch(one, json={"name": blank}), "name")
    assert read(user, one) == row


def test_names_come_back_exactly(new_user, kind):
    user = new_user()
    for text in [*NAUGHTY, "\u200b", "\u2800", "\u3164", "."]:
        row = make(user, kind, name=text)
        assert row["name"] == text
        assert row in found(user, f"/{kind}", search=text)
        one = f"/{kind}/{row['id']}"
        change(user, one, name="x")
        assert change(user, one, name=text)["name"] == read(user, one)["name"] == text
        user.delete(one)


def test_colors(user, kind, one):
    for color in ["#000000", "#ffffff", "#FFFFFF", "#aBcDeF", "#1E90FF"]:
        assert make(user, kind, color=color)["color"] == color
        assert change(user, one, color=color)["color"] == color
        assert change(user, one, color=None)["color"] is None
    assert make(user, kind, color=None)["color"] is None


def test_what_is_no_color(user, kind, row, one):
    for color in ["", "#", "#fff", "#12345", "#1234567", "#12345678", "123456", "#12345g", "#12345 ", " #123456", "#123456\n", "red", "RED",
                  "0x123456", "rgb(1,2,3)", "#-12345", "#+12345", "#１２３４５６", "＃123456", "#٣٣٣٣٣٣", "#12345\0", "#123456\0", 123456, True,
                  [], ["#123456"], {}]:
        wrong(user.post(f"/{kind}", json={"name": new_id(), "color": color}), "color")
        wrong(user.patch(one, json={"color": color}), "color")
    assert read(user, one) == row


@pytest.mark.parametrize("value", [None, 1, 1.5, True, False, [], ["x"], {}, {"a": 1}, "\0", "a\0b"], ids=json.dumps)
def test_what_is_no_name(user, kind, row, one, value):
    for answer in [user.post(f"/{kind}", json={"name": value}), user.patch(one, json={"name": value}), user.put(one, json={"name": value})]:
        wrong(answer, "name")
    assert read(user, one) == row


def test_a_name_is_required_by_a_create_only(user, kind, row, one):
    wrong(user.post(f"/{kind}", json={}), "name")
    wrong(user.post(f"/{kind}", json={"color": "#123456"}), "name")
    assert user.put(one, json={"color": "#123456"}).json()["name"] == row["name"]


def test_unknown_members_are_refused(user, stranger, kind, row, one):
    for name in ["user_id", "nam", "Name", "NAME", "name ", "colour", "__proto__", "name_key", "_etag", "task_ids", "tasks", "%s", "名", "title", ""]:
        wrong(user.post(f"/{kind}", json={"name": new_id(), name: stranger.id}), name)
        wrong(user.patch(one, json={name: stranger.id}), name)
    assert read(user, one) == row


def test_all_wrong_members_at_once(user, kind):
    answer = user.post(f"/{kind}", json={"nam": "x", "color": "red", "id": 7})
    assert {detail["field"] for detail in answer.json()["details"]} == {"nam", "name", "color", "id"}
    assert answer.status_code == 400


@pytest.mark.parametrize("value", [None, "x", 7, -1, [], {"todo": 5}])
def test_what_only_the_server_sets_is_ignored(user, kind, value):
    mine = {name: value for name in ["task_count", "created_at", "updated_at", "task_counts"] if name in MEMBERS[kind]}
    row = make(user, kind, **mine)
    assert (row["task_count"], row["version"]) == (0, 1)
    assert row["created_at"].startswith("20")
    assert change(user, f"/{kind}/{row['id']}", **mine) == row


def test_a_row_can_be_sent_back_as_it_came(user, kind, row, one):
    for method in ["PUT", "PATCH"]:
        answer = user.request(method, one, json=row).json()
        assert answer == {**row, "version": row["version"] + 1, "updated_at": answer["updated_at"]}
        row = answer


@pytest.mark.parametrize("body", [[], "x", 1, None, True, [{"name": "x"}]], ids=json.dumps)
def test_a_body_that_is_no_object(user, kind, one, body):
    headers = {"Content-Type": "application/json"}
    for method, path in [("POST", f"/{kind}"), ("PUT", one), ("PATCH", one)]:
        wrong(user.request(method, path, data=json.dumps(body), headers=headers))
        refused(user.request(method, path, data='{"name": "x",}', headers=headers), 400, "invalid_json")
        refused(user.request(method, path, data=""), 400, "invalid_json")
        refused(user.request(method, path, data='{"name": "x"}', headers={"Content-Type": "text/plain"}), 415, "unsupported_media_type")


# Ids that the client chooses.


def test_own_id_twice_with_the_same_content(user, kind):
    body = {"id": new_id().upper(), "name": f"Own {new_id()}", "color": "#12aBcD"}
    first = user.post(f"/{kind}", json=body)
    assert (first.status_code, first.json()["id"]) == (201, body["id"].lower())
    for again in [body, first.json(), {"id": body["id"].lower(), "name": body["name"]}, {**body, "version": 9}]:
        answer = user.post(f"/{kind}", json=again)
        assert (answer.status_code, answer.json()) == (200, first.json())
        assert answer.headers["ETag"] == first.headers["ETag"]
    changed = change(user, f"/{kind}/{body['id']}", color=None)
    refused(user.post(f"/{kind}", json=body), 409, "id_taken", "id")
    assert user.post(f"/{kind}", json={**body, "color": None}).json() == changed
    make_task(user, **{REFERENCE[kind]: body["id"]})
    assert user.post(f"/{kind}", json={**body, "color": None}).json() == {**read(user, f"/{kind}/{body['id']}"), "version": 2}


@pytest.mark.parametrize("other", [{"name": "another"}, {"color": "#12abcd"}, {"color": None}])
def test_own_id_twice_with_other_content(user, kind, other):
    body = {"id": new_id(), "name": f"Own {new_id()}", "color": "#12aBcD"}
    row = user.post(f"/{kind}", json=body).json()
    refused(user.post(f"/{kind}", json={**body, **other}), 409, "id_taken", "id")
    refused(user.post(f"/{kind}", json={**body, "name": body["name"].lower()}), 409, "id_taken", "id")
    assert read(user, f"/{kind}/{body['id']}") == row


@pytest.mark.parametrize("bad", ["", "x", 1, True, [], {}, None, NOBODYS + "0", NOBODYS.replace("-", ""), "{" + NOBODYS + "}", " " + NOBODYS,
                                 "none", NOBODYS + "\0"])
def test_an_own_id_that_is_none(user, kind, row, one, bad):
    wrong(user.post(f"/{kind}", json={"id": bad, "name": new_id()}), "id")
    assert change(user, one, id=bad) == row


def test_one_id_many_times_at_once(user, kind):
    for _ in range(4):
        body = {"id": new_id(), "name": f"At once {new_id()}"}
        answers = at_once(*[lambda: user.post(f"/{kind}", json=body) for _ in range(10)])
        assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
        assert len({answer.text for answer in answers}) == 1


def test_a_strangers_id_may_be_mine(new_user, kind):
    """Two rows with one id: nothing of the one shows in, or happens to, the other."""
    (user, stranger), reference = (new_user(), new_user()), REFERENCE[kind]
    hers = make(user, kind, name="hers")
    one = f"/{kind}/{hers['id']}"
    task = make_task(user, **{reference: hers["id"]})
    mine = make(stranger, kind, id=hers["id"], name="mine", color="#000000")
    assert mine["task_count"] == 0
    make_task(stranger, id=task["id"], **{reference: mine["id"]})
    make_task(stranger, **{reference: mine["id"]})
    assert [read(who, one)["task_count"] for who in (user, stranger)] == [1, 2]
    assert [read(who, one)["name"] for who in (user, stranger)] == ["hers", "mine"]
    assert found(user, "/tasks", **{reference: hers["id"]}) == [task]
    change(stranger, one, name="still mine")
    assert stranger.delete(one).status_code == 204
    refused(stranger.get(one), 403, "forbidden")
    assert read(user, one)["version"] == 1
    assert found(user, "/tasks") == [task]


# Versions and entity tags (B6).


def stale(answer, who, one):
    """Refused, with the row as it is now."""
    now = who.get(one)
    refused(answer, 412, "precondition_failed")
    assert answer.json()["current"] == now.json()
    assert answer.headers["ETag"] == now.headers["ETag"]


def tag(who, one):
    return who.get(one).headers["ETag"]


def test_the_member_version(user, one):
    changed = change(user, one, name=new_id())
    for body in [{"name": "x"}, {}, {"color": "#000000"}]:
        for version in [1, 3, 1_000_000]:
            stale(user.patch(one, json={**body, "version": version}), user, one)
    for version in [0, -1, 1.5, "2", None, True]:
        wrong(user.patch(one, json={"color": "#000000", "version": version}), "version")
    assert change(user, one, version=2) == changed
    assert user.put(one, json={"version": 2, "color": "#000000"}).json()["version"] == 3


def test_nothing_sent_changes_nothing(user, row, one):
    first = tag(user, one)
    for method in ["PATCH", "PUT"]:
        answer = user.request(method, one, json={})
        assert (answer.status_code, answer.json(), answer.headers["ETag"]) == (200, row, first)


def test_the_tag_changes_with_the_count_and_the_version_does_not(user, kind, row, one):
    tags = [tag(user, one)]
    task = make_task(user, **{REFERENCE[kind]: row["id"]})
    tags.append(tag(user, one))
    make_task(user, **{REFERENCE[kind]: row["id"]})
    tags.append(tag(user, one))
    assert len(set(tags)) == 3
    assert user.get(one, headers={"If-None-Match": ", ".join(tags[:2])}).status_code == 200
    assert user.get(one, headers={"If-None-Match": tags[2]}).status_code == 304
    user.delete(f"/tasks/{task['id']}")
    assert tag(user, one) == tags[1]
    assert read(user, one) == {**row, "task_count": 1, **({"task_counts": {"todo": 1, "in_progress": 0, "done": 0}} if kind == "projects" else {})}


def test_if_match_sees_that_a_task_was_added(user, kind, row, one):
    old = tag(user, one)
    task = make_task(user, **{REFERENCE[kind]: row["id"]})
    headers = {"If-Match": old}
    for answer in [user.patch(one, json={"name": "x"}, headers=headers), user.put(one, json={"name": "x"}, headers=headers),
                   user.patch(one, json={}, headers=headers), user.delete(one, headers=headers),
                   user.patch(one, json={"name": "x"}, headers={"If-Match": '"1"'}),
                   user.patch(one, json={"name": "x"}, headers={"If-Match": "W/" + tag(user, one)}),
                   user.patch(one, json={"name": "x", "version": 2}, headers={"If-Match": tag(user, one)})]:
        stale(answer, user, one)
    assert change(user, one, version=1) == read(user, one)
    answer = user.patch(one, json={"color": "#000000"}, headers={"If-Match": f'{old}, {tag(user, one)}'})
    assert (answer.status_code, answer.json()["version"], answer.json()["task_count"]) == (200, 2, 1)
    assert user.patch(one, json={"color": None}, headers={"If-Match": answer.headers["ETag"]}).status_code == 200
    assert user.patch(one, json={"color": None}, headers={"If-Match": "*"}).json()["version"] == 4
    for malformed in ["1", '"1', "*, \"1\""]:
        refused(user.delete(one, headers={"If-Match": malformed}), 400, "bad_request")
    now = tag(user, one)
    user.delete(f"/tasks/{task['id']}")
    stale(user.delete(one, headers={"If-Match": now}), user, one)
    assert user.delete(one, headers={"If-Match": tag(user, one)}).status_code == 204
    refused(user.delete(one, headers={"If-Match": "*"}), 404, "not_found")


def test_one_of_many_wins(user, one):
    now = tag(user, one)
    answers = at_once(*[lambda n=n: user.patch(one, json={"color": f"#{n:06}"}, headers={"If-Match": now}) for n in range(10)])
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9
    assert read(user, one)["version"] == 2


# Lists.


@pytest.fixture(scope="module")
def reader(client):
    return client.new_user()


@pytest.fixture(scope="module")
def library(stack, reader):
    """The rows of each kind: names of every sort, and times that several of them share."""
    dice = random.Random(5)
    one_per_name = {name.lower(): name for name in NAMES}.values()
    write(stack, reader, "projects", NAMES * 2, dice)
    write(stack, reader, "categories", [*one_per_name, *(f"number {number}" for number in range(30))], dice)
    return {kind: found(reader, f"/{kind}") for kind in MEMBERS}


def write(stack, user, kind, names, dice):
    """Straight into the database, which alone can give several rows one time."""
    ages = [[dice.randint(0, 9) for _ in names] for _ in range(2)]
    stack.ask(f"INSERT INTO {kind} (user_id, id, name, created_at, updated_at)"
              " SELECT %s, gen_random_uuid(), name, timestamptz '2026-01-01' - created * interval '1 microsecond',"
              " timestamptz '2026-01-02' - updated * interval '1 microsecond'"
              " FROM unnest(%s::text[], %s::int[], %s::int[]) AS v (name, created, updated)", user.id, list(names), *ages)


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
    some = [row for row in wanted if "a" in row["name"].lower()]
    assert pages_by_cursor(reader, path, {**order, "search": "A", "limit": 2}) == some
    turn = reader.get(path, params={**order, "limit": 10, "offset": 5}).json()["next_cursor"]
    assert reader.get(path, params={**order, "cursor": turn, "limit": 200}).json()[kind] == wanted[15:]


@pytest.mark.parametrize("text", ["a", "A", "äp", "ÄP", "Ω", "ПРИ", "é", "É", "%", "_", "\\", "c:\\d", "0%", "a_b", "'", "''", "🗓", "日", "zebra",
                                  ".*", "^a", "[a]", "a|b", "' OR 1=1 --", "ß", "ss", "nothing of that kind", "x" * 100, "🗓" * 100])
def test_search_takes_every_character_literally(reader, library, kind, text):
    wanted = [row for row in library[kind] if text.lower() in row["name"].lower()]
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

    seen = pages_by_cursor(user, path, {"sort_by": sort_by, "sort_order": sort_order, "limit": 4}, come_and_go)
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
    for params in [{"cursor": cursor, **query}, {"cursor": other}, {"cursor": cursor[:-2]}, {"cursor": cursor.swapcase()}, {"cursor": "x"}]:
        refused(reader.get(f"/{kind}", params=params), 400, "invalid_cursor", "cursor")
    assert reader.get(f"/{kind}", params={"cursor": cursor, "sort_by": "name", "sort_order": "asc", "limit": 9}).status_code == 200
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
    ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("limit=", "limit"), ("limit=5&limit=5", "limit"), ("offset=-1", "offset"),
    ("offset=10001", "offset"), ("search=", "search"), ("search=%20", "search"), ("search=" + "a" * 101, "search"), ("search=a&search=a", "search"), ("sort_by=", "sort_by"),
    ("sort_by=position", "sort_by"), ("sort_by=NAME", "sort_by"), ("sort_by=task_count", "sort_by"), ("sort_by=name,id", "sort_by"),
    ("sort_by=name&sort_by=name", "sort_by"), ("sort_order=ASC", "sort_order"), ("sort_order=asc;--", "sort_order"), ("status=TODO", "status"),
    ("name=a", "name"), ("color=red", "color"), ("page=1", "page"), ("cursor=", "cursor"), ("project_id=none", "project_id"),
])
def test_queries_that_are_refused(user, kind, query, field):
    wrong(user.get(f"/{kind}?{query}"), field)


@pytest.mark.parametrize("query, count", [("limit=1", 1), ("limit=200", None), ("offset=10000", 0), ("limit=1&offset=0", 1)])
def test_limit_and_offset_at_their_edges(reader, library, kind, query, count):
    page = reader.get(f"/{kind}?{query}").json()
    assert (page["count"], page["total"]) == (len(library[kind]) if count is None else count, len(library[kind]))


def test_nothing_at_all(new_user, kind):
    assert new_user().get(f"/{kind}").json() == {kind: [], "count": 0, "total": 0, "limit": 50, "offset": 0, "next_cursor": None}


# Tasks that refer to them.


@pytest.fixture
def reference(kind):
    return REFERENCE[kind]


@pytest.fixture
def task(user):
    return make_task(user)


def test_a_task_comes_and_goes(user, kind, row, one, reference):
    task = make_task(user, **{reference: row["id"].upper()})
    path = f"/tasks/{task['id']}"
    other = make(user, kind)
    assert task[reference] == read(user, path)[reference] == row["id"]
    moved = user.put(path, json={reference: other["id"]}).json()
    assert moved == {**task, reference: other["id"], "version": 2, "updated_at": moved["updated_at"], "position": moved["position"]}
    assert [read(user, f"/{kind}/{r['id']}")["task_count"] for r in (row, other)] == [0, 1]
    assert change(user, path, title="b")[reference] == other["id"]
    assert change(user, path, **{reference: None})[reference] is None
    assert read(user, one)["task_count"] == read(user, f"/{kind}/{other['id']}")["task_count"] == 0
    assert make_task(user, **{reference: None})[reference] is None


def test_what_is_not_mine_is_no_reference(user, stranger, kind, task, reference):
    """The answers to a stranger's and to nobody's id are the same, so they tell nothing."""
    hers, gone = make(stranger, kind), make(user, kind)
    user.delete(f"/{kind}/{gone['id']}")
    messages = set()
    for foreign in [hers["id"], hers["id"].upper(), NOBODYS, gone["id"], user.id, task["id"]]:
        for tasks in ["/tasks", f"/users/{user.id}/tasks"]:
            one = f"{tasks}/{task['id']}"
            bulk = user.patch(f"{tasks}/bulk", json={"updates": [{"id": task["id"], "title": "x", reference: foreign}]})
            wrong(bulk, f"updates[0].{reference}")
            if kind == "projects":
                wrong(user.post(f"{one}/move", json={"project_id": foreign}), "project_id")
            for answer in [user.post(tasks, json={"title": "x", reference: foreign}), user.patch(one, json={"title": "x", reference: foreign}),
                           user.put(one, json={reference: foreign}), user.patch(one, json={reference: foreign}, headers={"If-Match": "*"})]:
                wrong(answer, reference)
                messages.add(answer.json()["message"])
        assert found(user, "/tasks", **{reference: foreign}) == []
    assert len(messages) == 1
    assert read(user, f"/tasks/{task['id']}") == task
    assert read(stranger, f"/{kind}/{hers['id']}") == hers


def test_the_other_kind_is_no_reference(user, kind, task, reference):
    [another] = set(MEMBERS) - {kind}
    other = make(user, another)
    wrong(user.patch(f"/tasks/{task['id']}", json={reference: other["id"]}), reference)
    refused(user.get(f"/{kind}/{other['id']}"), 404, "not_found")


def test_both_references_wrong(user, task):
    """The database names one of them at a time."""
    answer = user.patch(f"/tasks/{task['id']}", json={"project_id": NOBODYS, "category_id": NOBODYS})
    assert (answer.status_code, answer.json()["error"]) == (400, "validation_failed")
    assert answer.json()["details"][0]["field"] in REFERENCE.values()
    answer = user.post("/tasks", json={"title": "", "project_id": "x", "category_id": 7})
    assert {detail["field"] for detail in answer.json()["details"]} == {"title", "project_id", "category_id"}


@pytest.mark.parametrize("value", ["", "x", "none", "null", 1, 1.5, True, [], [NOBODYS], {}, {"id": NOBODYS}, NOBODYS[:-1], NOBODYS + " ",
                                   "\0", NOBODYS + "\0"], ids=json.dumps)
def test_what_is_no_reference(user, task, reference, value):
    wrong(user.post("/tasks", json={"title": "x", reference: value}), reference)
    wrong(user.patch(f"/tasks/{task['id']}", json={reference: value}), reference)
    assert read(user, f"/tasks/{task['id']}") == task


@pytest.mark.parametrize("value", ["", "x", "NONE", "None", "null", "none,none", NOBODYS + "," + NOBODYS, NOBODYS[:-1], "{" + NOBODYS + "}", " none"])
def test_a_filter_by_what_is_no_id(user, reference, value):
    wrong(user.get("/tasks", params={reference: value}), reference)
    wrong(user.get("/tasks", params={reference: ["none", "none"]}), reference)


def test_filters_by_reference(new_user):
    """Every pair of filters on tasks with every pair of references."""
    user = new_user()
    groups = {kind: [None, *ids([make(user, kind), make(user, kind)])] for kind in MEMBERS}
    tasks = [make_task(user, project_id=project, category_id=category, status=status)
             for project, category in itertools.product(*groups.values()) for status in ["TODO", "DONE"]]
    answers = itertools.product(*[[*groups[kind], "any"] for kind in groups], [None, "DONE"])
    for project, category, status in answers:
        query = {"project_id": project or "none", "category_id": category or "none", "status": status}
        wanted = [task for task in tasks if project in ("any", task["project_id"]) and category in ("any", task["category_id"])
                  and status in (None, task["status"])]
        query = {name: value for name, value in query.items() if value not in ("any", None)}
        path = random.choice(["/tasks", f"/users/{user.id}/tasks"])
        assert ids(found(user, path, sort_order="asc", **query)) == ids(wanted), query
        assert pages_by_cursor(user, path, {**query, "limit": 2}) == wanted[::-1], query
    cursor = user.get("/tasks?limit=1&project_id=none").json()["next_cursor"]
    for query in [{}, {"project_id": groups["projects"][1]}, {"category_id": "none"}, {"project_id": "none", "archived": "true"}]:
        refused(user.get("/tasks", params={"cursor": cursor, **query}), 400, "invalid_cursor", "cursor")


def test_a_group_goes_while_tasks_come(user, kind, reference):
    """Each answer is one of those that the contract knows, and in the end nothing points nowhere."""
    for _ in range(3):
        row = make(user, kind)
        one = f"/{kind}/{row['id']}"
        answers = at_once(*[lambda: user.post("/tasks", json={"title": "x", reference: row["id"]}) for _ in range(6)],
                          lambda: user.delete(one), *[lambda: user.post("/tasks", json={"title": "y", reference: row["id"]}) for _ in range(6)])
        assert answers.pop(6).status_code == 204
        for answer in answers:
            assert answer.status_code in (201, 400), answer.text
            if answer.status_code == 400:
                wrong(answer, reference)
        refused(user.get(one), 404, "not_found")
        assert found(user, "/tasks", **{reference: row["id"]}) == []
        for answer in answers:
            if answer.status_code == 201:
                left = user.get(f"/tasks/{answer.json()['id']}")
                assert left.status_code == (404 if kind == "projects" else 200)
                assert kind == "projects" or left.json()["category_id"] is None


def test_counting_every_kind_of_change(new_user):
    """A walk through all that can change a count; after each step the counts are those of the tasks."""
    user, dice = new_user(), random.Random(11)
    groups = {kind: ids([make(user, kind) for _ in range(3)]) for kind in MEMBERS}
    tasks = {}

    def create():
        task = make_task(user, status=dice.choice(STATUSES), project_id=dice.choice([None, *groups["projects"]]),
                         category_id=dice.choice([None, *groups["categories"]]))
        tasks[task["id"]] = task

    def create_inside():
        task = make_task(user, f"/projects/{dice.choice(groups['projects'])}/tasks", completed=dice.random() < 0.5)
        tasks[task["id"]] = task

    def update(**members):
        task = dice.choice(list(tasks))
        tasks[task] = change(user, f"/tasks/{task}", **members)

    def complete():
        task = dice.choice(list(tasks))
        tasks[task] = change(user, f"/tasks/{task}/complete", completed=dice.random() < 0.5)

    def move():
        task = dice.choice(list(tasks))
        answer = user.post(f"/tasks/{task}/move", json={"status": dice.choice(STATUSES), "project_id": dice.choice([None, *groups["projects"]])})
        tasks[task] = answer.json()

    def bulk():
        chosen = dice.sample(list(tasks), 3)
        answer = user.patch("/tasks/bulk", json={"updates": [
            {"id": task, dice.choice(list(REFERENCE.values())): None, "status": dice.choice(STATUSES)} for task in chosen]})
        tasks.update({task["id"]: task for task in answer.json()["tasks"]})

    def bulk_delete():
        chosen = dice.sample(list(tasks), 2)
        assert user.delete("/tasks/bulk", json={"ids": chosen}).status_code == 204
        for task in chosen:
            del tasks[task]

    def delete():
        assert user.delete(f"/tasks/{tasks.pop(dice.choice(list(tasks)))['id']}").status_code == 204

    def replace(kind):
        gone = groups[kind].pop(0)
        assert user.delete(f"/{kind}/{gone}").status_code == 204
        groups[kind].append(make(user, kind)["id"])
        for task in list(tasks.values()):
            if task[REFERENCE[kind]] == gone:
                left = user.get(f"/tasks/{task['id']}")
                if kind == "projects":
                    del tasks[task["id"]]
                    assert left.status_code == 404
                else:
                    tasks[task["id"]] = left.json()
                    assert left.json() == {**task, "category_id": None, "version": task["version"] + 1, "updated_at": left.json()["updated_at"]}

    steps = [create] * 5 + [create_inside] * 2 + [complete] * 2 + [move] * 2 + [bulk, bulk_delete, delete] + [
        lambda: update(status=dice.choice(STATUSES)), lambda: update(title="x"),
        lambda: update(project_id=dice.choice([None, *groups["projects"]])), lambda: update(category_id=dice.choice([None, *groups["categories"]])),
        lambda: change(user, f"/projects/{dice.choice(groups['projects'])}", archived=dice.random() < 0.5),
        lambda: replace("projects"), lambda: replace("categories")]
    for _ in range(8):
        create()
    for _ in range(100):
        dice.choice(steps)()
        while len(tasks) < 4:
            create()
        check_counts(user, tasks.values())
    for row in found(user, "/projects", archived="all"):
        assert read(user, f"/projects/{row['id']}") == row


def check_counts(user, tasks):
    for row in found(user, "/projects", archived="all"):
        counts = {status.lower(): sum(task["project_id"] == row["id"] and task["status"] == status for task in tasks) for status in STATUSES}
        assert (row["task_counts"], row["task_count"]) == (counts, sum(counts.values()))
    for row in found(user, "/categories"):
        assert row["task_count"] == sum(task["category_id"] == row["id"] for task in tasks)


def test_counts_of_many_at_once(user, kind, row, one, reference):
    made = at_once(*[lambda: make_task(user, **{reference: row["id"]}) for _ in range(20)])
    assert read(user, one)["task_count"] == 20
    at_once(*[lambda task=task: user.delete(f"/tasks/{task['id']}") for task in made[:12]])
    assert read(user, one)["task_count"] == 8
    assert read(user, one)["version"] == 1
