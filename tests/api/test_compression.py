"""Compression by nginx: what is long is sent in a tenth of its bytes, what holds tokens as it is. A tag that
compression has made weak is as good as the one that the worker gave."""

import gzip
import json

import pytest

from contract import refused

GZIP = {"Accept-Encoding": "gzip"}


def raw(client, path, **headers):
    """The answer, with its body as it came over the wire."""
    answer = client.send("GET", "/api/v1" + path, headers=headers, stream=True)
    answer.wire = answer.raw.read(decode_content=False)
    return answer


@pytest.fixture
def busy(user):
    """Somebody with a screenful of tasks."""
    for number in range(50):
        assert user.post("/tasks", json={"title": f"Task {number}"}).status_code == 201
    return user


@pytest.mark.parametrize("headers", [GZIP, {**GZIP, "Via": "1.1 proxy"}], ids=["direct", "through a proxy"])
def test_a_list_shrinks_to_a_fifth(busy, headers):
    plain, packed = raw(busy, "/tasks", **{"Accept-Encoding": "identity"}), raw(busy, "/tasks", **headers)
    assert "Content-Encoding" not in plain.headers and packed.headers["Content-Encoding"] == "gzip"
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding, Origin"
    assert len(packed.wire) < len(plain.wire) / 5
    assert json.loads(gzip.decompress(packed.wire)) == json.loads(plain.wire)


@pytest.mark.parametrize("path", ["/openapi.json", "/users/me/export", "/moods/stats/monthly"])
def test_whatever_is_long_is_compressed(busy, path):
    answer = raw(busy, path, **GZIP)
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")
    json.loads(gzip.decompress(answer.wire))


def test_what_is_short_is_not_compressed(user):
    answer = raw(user, "/users/me", **GZIP)
    assert "Content-Encoding" not in answer.headers and answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("path", ["/auth/sessions", "/%61uth/sessions"])
def test_nothing_of_logins_is_compressed(user, path):
    for _ in range(8):
        user.another_session()
    answer = raw(user, path, **GZIP)
    assert answer.status_code == 200 and len(answer.wire) > 1024
    assert "Content-Encoding" not in answer.headers and answer.headers["Vary"] == "Origin"


def test_a_weak_tag_is_as_good(user):
    """As a browser has it, which asks for compression by itself."""
    made = user.post("/tasks", json={"title": "long", "description": "text " * 300}).json()
    path = f"/tasks/{made['id']}"
    tag = user.get(path, headers=GZIP).headers["ETag"]
    assert tag.startswith('W/"')
    assert tag == "W/" + user.get(path, headers={"Accept-Encoding": "identity"}).headers["ETag"]
    assert user.get(path, headers={**GZIP, "If-None-Match": tag}).status_code == 304
    assert user.patch(path, headers={"If-Match": tag}, json={"title": "changed"}).status_code == 200
    refused(user.patch(path, headers={"If-Match": tag}, json={"title": "late"}), 412, "precondition_failed")
