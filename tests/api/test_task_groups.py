"""What projects and categories have in common: members, own ids, versions, strangers."""

import json

import pytest

from client import at_once
from contract import refused
from groups import MEMBERS, NAME_LIMIT, REFERENCE, counted
from people import somebody
from resources import NOBODYS, change, found, ids, make, make_task, new_id, read, stale, tag, wrong

WHITE_SPACE = ("\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
               "\u2009\u200a\u2028\u2029\u202f\u205f\u3000")
NAUGHTY = ["  kept as sent\t", "田中さんにあげて", "مُنَاقَشَةُ", "\u202eleft\u202c", "zero\u200bwidth\ufeff",
           "👩‍👩‍👧‍👦🏳️‍🌈",
           "e\u0301 is not é", "'; DROP TABLE projects; --", "$1 :name {project_row}", "\\", '"', "%s%n",
           "<script>alert(1)</script>",
           "null", "../../etc/passwd", "a\r\nSet-Cookie: x=1", "\u0001\x07\x7f", "\ufffe\uffff\U0010ffff",
           "%00", "İıßẞſ", "\ud7ff\ue000"]


@pytest.fixture(params=["projects", "categories"])
def kind(request):
    return request.param


user, stranger = somebody(), somebody()


@pytest.fixture
def row(user, kind):
    return make(user, kind)


@pytest.fixture
def one(row, kind):
    return f"/{kind}/{row['id']}"


# From first to last.


def test_from_first_to_last(new_user, kind):
    user = new_user()
    created = user.post(f"/{kind}", json={"name": "Garden"})
    row, one = created.json(), created.headers["Location"]
    assert (created.status_code, one) == (201, f"/api/v1/{kind}/{row['id']}")
    assert list(row) == MEMBERS[kind]
    defaults = {"name": "Garden", "description": None, "color": None, "archived": False, "version": 1,
                "updated_at": row["created_at"], **counted(kind, 0)}
    assert row == {**row, **{name: value for name, value in defaults.items() if name in MEMBERS[kind]}}
    got = user.get(one)
    assert got.json() == row
    assert got.headers["ETag"] == created.headers["ETag"]
    head = user.head(one)
    assert head.content == b""
    for name in ["ETag", "Content-Length", "Content-Type"]:
        assert head.headers[name] == got.headers[name]
    assert user.get(one, headers={"If-None-Match": got.headers["ETag"]}).status_code == 304
    assert found(user, f"/{kind}") == [row]

    for number, method in enumerate(["PUT", "PATCH"]):
        answer = user.request(method, one, json={"color": f"#12345{number}"})
        changed = answer.json()
        assert changed == {**row, "color": f"#12345{number}", "version": 2 + number,
                           "updated_at": changed["updated_at"]}
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
    for answer in [stranger.get(one), stranger.put(one, json={"name": "x"}),
                   stranger.patch(one, json={"name": "x"}),
                   stranger.patch(one, json={}), stranger.patch(one, json={"name": "x", "version": 1}),
                   stranger.patch(one, json={"name": "x"}, headers={"If-Match": "*"}),
                   stranger.get(f"/{kind}/{row['id'].upper()}"),
                   stranger.get(one, headers={"If-None-Match": "*"}), stranger.delete(one),
                   stranger.delete(one, headers={"If-Match": '"1"'})]:
        refused(answer, 403, "forbidden")
        assert "secret" not in answer.text
        [line] = stack.log(event="foreign_access", request_id=answer.headers["X-Request-Id"])
        assert (line["resource"], line["id"], line["user"]) == (kind, row["id"], stranger.id)
    assert row["id"] not in ids(found(stranger, f"/{kind}"))
    assert read(user, one) == row
    user.delete(one)
    refused(stranger.get(one), 404, "not_found")


def test_what_is_not_there(user, kind):
    for bad in ["1", "x", "none", "null", "%20", NOBODYS + "0", NOBODYS.replace("-", ""), "{" + NOBODYS + "}",
                NOBODYS, NOBODYS + "%0a"]:
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
    for color in ["", "#", "#fff", "#12345", "#1234567", "#12345678", "123456", "#12345g", "#12345 ",
                  " #123456", "#123456\n", "red", "RED",
                  "0x123456", "rgb(1,2,3)", "#-12345", "#+12345", "#１２３４５６", "＃123456", "#٣٣٣٣٣٣", "#12345\0",
                  "#123456\0", 123456, True,
                  [], ["#123456"], {}]:
        wrong(user.post(f"/{kind}", json={"name": new_id(), "color": color}), "color")
        wrong(user.patch(one, json={"color": color}), "color")
    assert read(user, one) == row


@pytest.mark.parametrize("value", [None, 1, 1.5, True, False, [], ["x"], {}, {"a": 1}, "\0", "a\0b"],
                         ids=json.dumps)
def test_what_is_no_name(user, kind, row, one, value):
    for answer in [user.post(f"/{kind}", json={"name": value}), user.patch(one, json={"name": value}),
                   user.put(one, json={"name": value})]:
        wrong(answer, "name")
    assert read(user, one) == row


def test_a_name_is_required_by_a_create_only(user, kind, row, one):
    wrong(user.post(f"/{kind}", json={}), "name")
    wrong(user.post(f"/{kind}", json={"color": "#123456"}), "name")
    assert user.put(one, json={"color": "#123456"}).json()["name"] == row["name"]


def test_unknown_members_are_refused(user, stranger, kind, row, one):
    for name in ["user_id", "nam", "Name", "NAME", "name ", "colour", "__proto__", "name_key", "_etag",
                 "task_ids", "tasks", "%s", "名", "title", ""]:
        wrong(user.post(f"/{kind}", json={"name": new_id(), name: stranger.id}), name)
        wrong(user.patch(one, json={name: stranger.id}), name)
    assert read(user, one) == row


def test_all_wrong_members_at_once(user, kind):
    answer = user.post(f"/{kind}", json={"nam": "x", "color": "red", "id": 7})
    assert {detail["field"] for detail in answer.json()["details"]} == {"nam", "name", "color", "id"}
    assert answer.status_code == 400


@pytest.mark.parametrize("value", [None, "x", 7, -1, [], {"todo": 5}])
def test_what_only_the_server_sets_is_ignored(user, kind, value):
    names = {"task_count", "created_at", "updated_at", "task_counts"} & set(MEMBERS[kind])
    mine = dict.fromkeys(names, value)
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
        refused(user.request(method, path, data='{"name": "x"}', headers={"Content-Type": "text/plain"}), 415,
                "unsupported_media_type")


# Ids that the client chooses.


def test_own_id_twice_with_the_same_content(user, kind):
    body = {"id": new_id().upper(), "name": f"Own {new_id()}", "color": "#12aBcD"}
    first = user.post(f"/{kind}", json=body)
    assert (first.status_code, first.json()["id"]) == (201, body["id"].lower())
    for again in [body, first.json(), {"id": body["id"].lower(), "name": body["name"]},
                  {**body, "version": 9}]:
        answer = user.post(f"/{kind}", json=again)
        assert (answer.status_code, answer.json()) == (200, first.json())
        assert answer.headers["ETag"] == first.headers["ETag"]
    changed = change(user, f"/{kind}/{body['id']}", color=None)
    refused(user.post(f"/{kind}", json=body), 409, "id_taken", "id")
    assert user.post(f"/{kind}", json={**body, "color": None}).json() == changed
    make_task(user, **{REFERENCE[kind]: body["id"]})
    again = user.post(f"/{kind}", json={**body, "color": None}).json()
    assert again == {**changed, **counted(kind, 1)} == read(user, f"/{kind}/{body['id']}")


@pytest.mark.parametrize("other", [{"name": "another"}, {"color": "#12abcd"}, {"color": None}])
def test_own_id_twice_with_other_content(user, kind, other):
    body = {"id": new_id(), "name": f"Own {new_id()}", "color": "#12aBcD"}
    row = user.post(f"/{kind}", json=body).json()
    refused(user.post(f"/{kind}", json={**body, **other}), 409, "id_taken", "id")
    refused(user.post(f"/{kind}", json={**body, "name": body["name"].lower()}), 409, "id_taken", "id")
    assert read(user, f"/{kind}/{body['id']}") == row


@pytest.mark.parametrize("bad", ["", "x", 1, True, [], {}, None, NOBODYS + "0", NOBODYS.replace("-", ""),
                                 "{" + NOBODYS + "}", " " + NOBODYS,
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


# Versions and entity tags.


def test_the_member_version(user, one):
    changed = change(user, one, name=new_id())
    for body in [{"name": "x"}, {}, {"color": "#000000"}]:
        for version in [1, 3, 1_000_000]:
            stale(user.patch(one, json={**body, "version": version}), user, one, 409)
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
    assert read(user, one) == {**row, **counted(kind, 1)}


def test_if_match_sees_that_a_task_was_added(user, kind, row, one):
    old = tag(user, one)
    task = make_task(user, **{REFERENCE[kind]: row["id"]})
    headers = {"If-Match": old}
    for answer in [user.patch(one, json={"name": "x"}, headers=headers),
                   user.put(one, json={"name": "x"}, headers=headers),
                   user.patch(one, json={}, headers=headers), user.delete(one, headers=headers),
                   user.patch(one, json={"name": "x"}, headers={"If-Match": '"1"'}),
                   user.patch(one, json={"name": "x"}, headers={"If-None-Match": f"W/{tag(user, one)}"}),
                   user.delete(one, headers={"If-None-Match": "*"})]:
        stale(answer, user, one)
    stale(user.patch(one, json={"name": "x", "version": 2}, headers={"If-Match": tag(user, one)}), user, one, 409)
    assert change(user, one, version=1) == read(user, one)
    answer = user.patch(one, json={"color": "#000000"}, headers={"If-Match": f'{old}, {tag(user, one)}'})
    assert (answer.status_code, answer.json()["version"], answer.json()["task_count"]) == (200, 2, 1)
    assert user.patch(one, json={"color": None},
                      headers={"If-Match": f"W/{answer.headers['ETag']}"}).status_code == 200
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
    answers = at_once(*[lambda n=n: user.patch(one, json={"color": f"#{n:06}"}, headers={"If-Match": now})
                        for n in range(10)])
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9
    assert read(user, one)["version"] == 2
