"""What journals and moods have in common: versions and ids."""

import pytest

from client import at_once
from contract import refused
from diary import LEAST, TEXT, make
from resources import NOBODYS, change, new_id, read, stale, tag, wrong


@pytest.fixture(params=["journals", "moods"])
def kind(request):
    return request.param


@pytest.fixture
def row(user, kind):
    return make(user, kind)


@pytest.fixture
def one(row, kind):
    return f"/{kind}/{row['id']}"


@pytest.fixture
def text(kind):
    return TEXT[kind]


@pytest.mark.parametrize("method, inside", [
    ("GET", False), ("POST", False), *[(method, True) for method in ["GET", "PUT", "PATCH", "DELETE"]]])
def test_nobody_without_a_token(client, kind, method, inside):
    path = f"/{kind}/{NOBODYS}" if inside else f"/{kind}"
    refused(client.request(method, path, json=LEAST[kind]), 401, "unauthorized")


def test_a_stale_writer_is_told(user, one, text):
    old = tag(user, one)
    row = change(user, one, **{text: "b"})
    for condition in [{"headers": {"If-Match": old}}, {"headers": {"If-Match": f'"3", W/{old}'}},
                      {"headers": {"If-None-Match": f"W/{tag(user, one)}"}}, {"headers": {"If-None-Match": "*"}}]:
        stale(user.patch(one, json={text: "c"}, **condition), user, one)
        stale(user.put(one, json={}, **condition), user, one)
        stale(user.delete(one, **condition), user, one)
    for version in [1, 3]:
        stale(user.patch(one, json={text: "c", "version": version}), user, one, 409)
        stale(user.put(one, json={"version": version}), user, one, 409)
    stale(user.patch(one, json={text: "c", "version": 2}, headers={"If-Match": old}), user, one)
    for version in [0, -1, 1.5, "2", None, True]:
        wrong(user.patch(one, json={text: "c", "version": version}), "version")
    refused(user.patch(one, json={text: "c"}, headers={"If-Match": "2"}), 400, "bad_request")
    assert user.get(one, headers={"If-None-Match": old}).json() == row
    assert change(user, one, **{text: "c"}, version=2)["version"] == 3
    changed = user.patch(one, json={text: "d"}, headers={"If-Match": f"W/{tag(user, one)}"})
    assert changed.json()["version"] == 4
    assert user.delete(one, headers={"If-Match": changed.headers["ETag"]}).status_code == 204


def test_one_of_many_writers_wins(user, one, text):
    now = tag(user, one)
    answers = at_once(*[lambda n=n: user.patch(one, json={text: f"by {n}"}, headers={"If-Match": now})
                        for n in range(8)])
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7


def test_what_the_server_made_may_be_sent_back(user, kind, row, one):
    assert user.put(one, json=row).json() == {**row, "version": 2, "updated_at": read(user, one)["updated_at"]}
    ignored = {"id": "x", "created_at": 1, "updated_at": None}
    assert user.patch(one, json=ignored).json() == read(user, one)
    assert make(user, kind, version="x", created_at=0)["version"] == 1


def test_what_is_no_id(user, kind):
    for bad in ["", "x", 1, None, NOBODYS + "0", []]:
        wrong(user.post(f"/{kind}", json={**LEAST[kind], "id": bad}), "id")


def test_many_send_one_id(user, kind):
    body = {**LEAST[kind], "id": new_id()}
    answers = at_once(*[lambda: user.post(f"/{kind}", json=body) for _ in range(8)])
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.text for answer in answers}) == 1
