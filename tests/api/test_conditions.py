"""Conditions hold for every change that the document lists, and an entity tag means one state of one row."""

import pytest

from client import PASSWORD
from resources import KINDS, least, make, new_id, stale, tag

# What else is done with a resource, below its address.
ACTIONS = {"complete": {"completed": True}, "move": {}}
# What there is once: a change of it, and another one.
SINGLE = {"me": ({"name": "Bob"}, {"name": "Ada"}), "preferences": ({"deadline_threshold": "1w"}, {"deadline_threshold": "48h"})}


def has_tag(document, template):
    return "ETag" in document["paths"].get(template, {}).get("get", {}).get("responses", {}).get("200", {}).get(
        "headers", {})


def changes(document):
    """(method, template, template of the resource) of every change of what has an entity tag."""
    for template, methods in document["paths"].items():
        action = template.rsplit("/", 1)[-1] in ACTIONS
        resource = template.rsplit("/", 1)[0] if action else template
        if has_tag(document, resource):
            yield from ((method.upper(), template, resource) for method in methods if method != "get")


def place(user, resource):
    """The address of a new resource under this template, and its kind."""
    if "{id}" not in resource:
        return resource, resource.rsplit("/", 1)[1]
    kind = resource.split("/")[-2]
    return resource.replace("{user_id}", user.id).replace("{id}", make(user, kind)["id"]), kind


def changed(kind):
    """A body that changes one of these."""
    return SINGLE[kind][0] if kind in SINGLE else least(kind)


def body(method, template, kind):
    """A body with which the change would be made."""
    if method == "DELETE":
        return {"password": PASSWORD} if kind in SINGLE else None
    return ACTIONS.get(template.rsplit("/", 1)[-1], SINGLE[kind][1] if kind in SINGLE else least(kind))


def test_every_change_heeds_its_conditions(contract, new_user):
    tried = []
    for method, template, resource in changes(contract.document):
        user = new_user()
        one, kind = place(user, resource)
        path, sent = one + template.removeprefix(resource), body(method, template, kind)
        old = tag(user, one)
        assert user.patch(one, json=changed(kind)).status_code == 200
        now, version = tag(user, one), user.get(one).json()["version"]
        for headers in [{"If-Match": old}, {"If-Match": f'W/{old}, "1"'}, {"If-Match": ","}, {"If-None-Match": "*"},
                        {"If-None-Match": now}, {"If-None-Match": f'"1", W/{now}'},
                        {"If-Match": now, "If-None-Match": now}, {"If-Match": old, "If-None-Match": old}]:
            stale(user.request(method, path, json=sent, headers=headers), user, one)
        if method != "DELETE":
            late, early = {**sent, "version": version - 1}, {**sent, "version": version + 1}
            stale(user.request(method, path, json=late), user, one, 409)
            stale(user.request(method, path, json=early), user, one, 409)
            stale(user.request(method, path, json=late, headers={"If-Match": now}), user, one, 409)
            stale(user.request(method, path, json=late, headers={"If-Match": old}), user, one)
        assert (tag(user, one), user.get(one).json()["version"]) == (now, version)
        done = user.request(method, path, json=sent, headers={"If-Match": f"W/{now}", "If-None-Match": old})
        assert done.status_code == (204 if method == "DELETE" else 200), done.text
        tried.append((method, kind))
    assert {kind for _, kind in tried} == {*KINDS, *SINGLE}
    assert {method for method, _ in tried} == {"PUT", "PATCH", "DELETE", "POST"}


def test_a_refused_account_lives(user):
    old = tag(user, "/users/me")
    user.patch("/users/me", json={"name": "Ada"})
    for headers in [{"If-Match": old}, {"If-None-Match": "*"}]:
        stale(user.delete("/users/me", json={"password": PASSWORD}, headers=headers), user, "/users/me")
    assert user.get("/users/me").json()["name"] == "Ada"
    assert user.another_session().get("/users/me").status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_an_id_that_comes_back_is_another_row(user, kind):
    """Both rows have the same id and version 1."""
    made = {"id": new_id(), **least(kind)}
    one = f"/{kind}/{made['id']}"
    tags = []
    for _ in range(3):
        assert user.post(f"/{kind}", json=made).status_code == 201
        tags.append(tag(user, one))
        for old in tags[:-1]:
            assert user.get(one, headers={"If-None-Match": old}).status_code == 200
            for answer in [user.patch(one, json=least(kind), headers={"If-Match": old}),
                           user.patch(one, json={}, headers={"If-Match": old}),
                           user.delete(one, headers={"If-Match": old})]:
                stale(answer, user, one)
        assert user.delete(one, headers={"If-Match": tags[-1]}).status_code == 204
    assert len(set(tags)) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_one_address_has_another_tag_for_each_user(user, stranger, kind):
    made = {"id": new_id(), **least(kind)}
    one = f"/{kind}/{made['id']}"
    for who in [user, stranger]:
        assert who.post(f"/{kind}", json=made).status_code == 201
    for address in [one, "/users/me"]:
        hers = tag(stranger, address)
        assert user.get(address, headers={"If-None-Match": hers}).status_code == 200
        stale(user.patch(address, json={}, headers={"If-Match": hers}), user, address)
