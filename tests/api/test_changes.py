"""Changes: a client that applies them has what the lists show, whatever it missed."""

import functools
import random
import struct
import uuid

import pytest

from client import PASSWORD, at_once
from contract import refused
from forger import decode, encode
from mails import notify
from resources import new_id
from sealed import derive_key, seal, unseal

TYPES = ["task", "project", "category", "journal", "mood", "user"]
LISTS = {"task": "tasks", "project": "projects", "category": "categories", "journal": "journals", "mood": "moods"}


@pytest.fixture
def user(client):
    return client.new_user()


def page(user, since=None, limit=200):
    answer = user.get("/changes", params={"limit": limit, **({"since": since} if since else {})})
    assert answer.status_code == 200, answer.text
    return answer.json()


def walk(user, since=None, limit=200):
    """All changes of a walk, and the cursor behind them."""
    changes, more = [], True
    while more:
        answer = page(user, since, limit)
        assert len(answer["changes"]) <= limit
        changes += answer["changes"]
        since, more = answer["next_cursor"], answer["has_more"]
    keys = [(change["type"], change["id"]) for change in changes]
    assert len(keys) == len(set(keys)), "something came twice"
    return changes, since


def settle(user, copy, since):
    """Walks until nothing is new: a transaction of somebody else may hold changes back for a moment."""
    changes = True
    while changes:
        changes, since = walk(user, since, random.randint(1, 50))
        apply(copy, changes)
    return since


def apply(copy, changes):
    for change in changes:
        if change["deleted"]:
            assert "resource" not in change
            copy.pop((change["type"], change["id"]), None)
        else:
            assert change["resource"]["id"] == change["id"]
            copy[change["type"], change["id"]] = change["resource"]


def shown(user):
    """What the lists show, by type and id, without the counts."""
    found = {("user", user.id): user.get("/users/me").json()}
    for kind, name in LISTS.items():
        cursor = {}
        while cursor is not None:
            query = {"limit": 200, **cursor, **({"archived": {"project": "all", "task": "true"}[kind]}
                                                if kind in ("project", "task") else {})}
            answer = user.get(f"/{name}", params=query).json()
            found |= {(kind, row["id"]): row for row in answer[name]}
            cursor = {"cursor": answer["next_cursor"]} if answer["next_cursor"] else None
    return plain(found)


def plain(copy):
    return {key: {name: value for name, value in row.items() if name not in ("task_count", "task_counts")}
            for key, row in copy.items()}


def until(user, since, wanted):
    """The changes since then, as soon as all wanted keys are among them."""
    seen = {}
    while not wanted <= set(seen):
        changes, since = walk(user, since)
        seen |= {(change["type"], change["id"]): change for change in changes}
    return seen, since


def make_some(user):
    mood = user.post("/moods", json={"score": 4}).json()
    project = user.post("/projects", json={"name": "a"}).json()
    category = user.post("/categories", json={"name": new_id()}).json()
    task = user.post("/tasks", json={"title": "t", "project_id": project["id"], "category_id": category["id"]}).json()
    journal = user.post("/journals", json={"content": "c", "mood_id": mood["id"]}).json()
    return {"mood": mood, "project": project, "category": category, "task": task, "journal": journal}


def keys_of(made):
    return {(kind, row["id"]) for kind, row in made.items()}


def test_the_present_state_comes_first_and_then_what_is_new(user):
    made = make_some(user)
    seen, since = until(user, None, keys_of(made) | {("user", user.id)})
    assert plain({key: change["resource"] for key, change in seen.items()}) == shown(user)
    assert not any(change["deleted"] for change in seen.values())
    user.patch(f"/tasks/{made['task']['id']}", json={"title": "other"})
    seen, since = until(user, since, {("task", made["task"]["id"])})
    assert [change["resource"]["title"] for change in seen.values()] == ["other"]
    assert walk(user, since)[0] == []


def test_each_type_names_its_own_resource(user):
    made = make_some(user)
    seen, _ = until(user, None, keys_of(made) | {("user", user.id)})
    assert sorted(kind for kind, _ in seen) == sorted(TYPES)
    for kind, row in made.items():
        assert seen[kind, row["id"]]["resource"].keys() == row.keys()


def test_deletions_show_with_all_that_they_take_along(user):
    made = make_some(user)
    _, since = until(user, None, keys_of(made))
    second = user.post("/tasks", json={"title": "u", "category_id": made["category"]["id"]}).json()
    for kind in ("project", "category", "mood"):
        assert user.delete(f"/{LISTS[kind]}/{made[kind]['id']}").status_code == 204
    seen, since = until(user, since, keys_of(made) | {("task", second["id"])})
    gone = {(kind, made[kind]["id"]) for kind in ("project", "category", "mood", "task")}
    assert {key for key, change in seen.items() if change["deleted"]} == gone
    assert seen["task", second["id"]]["resource"]["category_id"] is None
    assert seen["journal", made["journal"]["id"]]["resource"]["mood_id"] is None
    assert {key for key in until(user, None, {("user", user.id)})[0]} == {
        ("task", second["id"]), ("journal", made["journal"]["id"]), ("user", user.id)}


def test_notifications_and_preferences(user):
    """One that its user has deleted is gone, and so is one whose task is; preferences have their user's id."""
    told = [notify(user) for _ in range(3)]
    keys = [("notification", one["id"]) for one in told]
    seen, since = until(user, None, set(keys))
    assert seen[keys[0]]["resource"] == told[0]
    assert ("preferences", user.id) not in seen, "nobody has chosen any"
    assert user.patch(f"/notifications/{told[0]['id']}/read").status_code == 200
    assert user.delete(f"/notifications/{told[1]['id']}").status_code == 204
    assert user.delete(f"/tasks/{told[2]['task_id']}").status_code == 204
    chosen = user.patch("/users/me/preferences", json={"deadline_threshold": "1w"}).json()
    seen, since = until(user, since, {*keys, ("preferences", user.id)})
    assert seen[keys[0]]["resource"] == {**told[0], "read": True}
    assert seen[keys[1]] == {"type": "notification", "id": told[1]["id"], "deleted": True}
    assert seen[keys[2]] == {"type": "notification", "id": told[2]["id"], "deleted": True}
    assert seen["preferences", user.id]["resource"] == chosen
    again, _ = until(user, None, {keys[0], ("preferences", user.id)})
    assert [key for key in again if key[0] == "notification"] == [keys[0]]
    assert walk(user, since)[0] == []


def test_what_is_made_again_under_its_id_is_there(user):
    task = user.post("/tasks", json={"id": new_id(), "title": "first"}).json()
    _, since = until(user, None, {("task", task["id"])})
    user.delete(f"/tasks/{task['id']}")
    user.post("/tasks", json={"id": task["id"], "title": "second"})
    seen, since = until(user, since, {("task", task["id"])})
    while seen["task", task["id"]]["deleted"]:  # the first walk may have come between
        seen, since = until(user, since, {("task", task["id"])})
    assert seen["task", task["id"]]["resource"]["title"] == "second"
    assert walk(user, since)[0] == []


def test_nothing_new_is_told_at_the_price_of_a_304(user):
    _, since = until(user, None, {("user", user.id)})
    first = user.get("/changes", params={"since": since})
    assert first.json() == {"changes": [], "next_cursor": since, "has_more": False}
    again = user.get("/changes", params={"since": since}, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and again.content == b""
    task = user.post("/tasks", json={"title": "new"}).json()
    until(user, since, {("task", task["id"])})
    assert user.get("/changes", params={"since": since},
                    headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
def test_pages_of_any_size_make_the_same_walk(user, limit):
    made = [user.patch("/tasks/bulk", json={"updates": [{"id": task, "title": "b"} for task in ids]}).json()
            for ids in [[user.post("/tasks", json={"title": "a"}).json()["id"] for _ in range(9)]]]
    assert made[0]["count"] == 9  # all of one transaction
    others = make_some(user)
    until(user, None, keys_of(others))
    changes, _ = walk(user, None, limit)
    assert len(changes) == 9 + 5 + 1
    assert plain({(c["type"], c["id"]): c["resource"] for c in changes}) == shown(user)


def test_a_large_page_ends_early(user):
    ids = [user.post("/journals", json={"content": "ö" * 100_000}).json()["id"] for n in range(25)]
    until(user, None, {("journal", entry) for entry in ids})
    first = user.get("/changes", params={"limit": 200})
    assert len(first.content) <= 4 * 1024 * 1024 and first.json()["has_more"]
    assert {c["id"] for c in walk(user)[0]} == {user.id, *ids}


def test_a_client_that_was_away_has_what_the_lists_show(user):
    chance = random.Random(8)
    copy, since = {}, None
    for _ in range(12):
        for _ in range(chance.randint(0, 12)):
            assert change_something(user, chance) in (200, 201, 204)
        since = settle(user, copy, since)
    wanted = shown(user)
    while plain(copy) != wanted:  # the last transaction may not be below everybody's yet
        since = settle(user, copy, since)


def change_something(user, chance):
    """Its status: 404 only if somebody else was quicker."""
    kind = chance.choice(sorted(LISTS))
    name = LISTS[kind]
    rows = user.get(f"/{name}", params={"limit": 200}).json()[name]
    body = {"task": {"title": "t"}, "project": {"name": "p"}, "category": {"name": new_id()}, "journal": {"content": "j"},
            "mood": {"score": 3}}[kind]
    deed = chance.choice(["make", "make", "change", "delete"]) if rows else "make"
    if deed == "make":
        return user.post(f"/{name}", json=body).status_code
    row = f"/{name}/{chance.choice(rows)['id']}"
    return (user.patch(row, json=body) if deed == "change" else user.delete(row)).status_code


def test_a_client_beside_busy_devices_has_what_the_lists_show(user):
    """Pages that end within one transaction, at another type, or where the next one has changed meanwhile."""
    copy, since, statuses, ended = {}, None, set(), []

    def write(seed):
        chance = random.Random(seed)
        try:
            statuses.update(change_something(user, chance) for _ in range(25))
        finally:
            ended.append(seed)

    def follow():
        nonlocal since
        while len(ended) < 6:
            changes, since = walk(user, since, random.randint(1, 12))
            apply(copy, changes)

    at_once(follow, *(functools.partial(write, seed) for seed in range(6)))
    assert {200, 201, 204} <= statuses <= {200, 201, 204, 404}
    wanted = shown(user)
    while plain(copy) != wanted:
        since = settle(user, copy, since)


def test_an_imported_row_is_a_change(user, client):
    made = make_some(user)
    document = user.get("/users/me/export").json()
    other = client.new_user()
    _, since = until(other, None, {("user", other.id)})
    assert other.post("/users/me/import", json=document).status_code == 200
    seen, _ = until(other, since, keys_of(made))
    assert seen["task", made["task"]["id"]]["resource"]["version"] == made["task"]["version"]


def test_both_tasks_of_a_repetition_come(user):
    task = user.post("/tasks", json={"title": "r", "due_date": "2027-04-01", "recurrence": "FREQ=DAILY"}).json()
    _, since = until(user, None, {("task", task["id"])})
    done = user.patch(f"/tasks/{task['id']}/complete", json={"completed": True}).json()
    following = ("task", done["next_task_id"])
    seen, since = until(user, since, {("task", task["id"]), following})
    assert seen["task", task["id"]]["resource"] == done
    assert seen[following]["resource"]["recurrence"] == "FREQ=DAILY" and len(seen) == 2
    skipped = user.post(f"/tasks/{following[1]}/skip").json()
    seen, _ = until(user, since, {following})
    assert {key: change["resource"] for key, change in seen.items()} == {following: skipped}


def test_a_move_changes_no_other_task(user):
    ids = [user.post("/tasks", json={"title": "m"}).json()["id"] for _ in range(3)]
    _, since = until(user, None, {("task", task) for task in ids})
    moved = user.post(f"/tasks/{ids[2]}/move", json={"after": ids[0]}).json()
    seen, _ = until(user, since, {("task", ids[2])})
    assert {key: change["resource"] for key, change in seen.items()} == {("task", ids[2]): moved}


def test_another_zone_is_a_change_of_the_user_alone(user):
    """The days on which tasks are due end at other moments then; what is shown of the tasks is the same."""
    task = user.post("/tasks", json={"title": "d", "due_date": "2027-04-01"}).json()
    _, since = until(user, None, {("task", task["id"]), ("user", user.id)})
    user.patch("/users/me", json={"timezone": "Pacific/Apia"})
    seen, _ = until(user, since, {("user", user.id)})
    assert list(seen) == [("user", user.id)] and seen["user", user.id]["resource"]["timezone"] == "Pacific/Apia"


def test_what_is_no_resource_is_no_change(user, client):
    _, since = until(user, None, {("user", user.id)})
    assert user.post("/users/me/calendar-feed").status_code == 201
    assert user.post("/users/me/calendar-feed").status_code == 201
    user.another_session()
    assert client.new_user().post("/tasks", json={"title": "of somebody else"}).status_code == 201
    assert user.get("/tasks/" + new_id()).status_code == 404
    assert settle(user, {}, since) and walk(user, since)[0] == []


def test_an_import_between_two_pages_comes_in_the_next_walk(user, client):
    other = client.new_user()
    imported = make_some(other)
    document = other.get("/users/me/export").json()
    made = make_some(user)
    until(user, None, keys_of(made) | {("user", user.id)})
    first = page(user, None, 2)
    assert first["has_more"] and user.post("/users/me/import", json=document).json()["conflicts"] == []
    rest, since = walk(user, first["next_cursor"], 2)
    assert {(c["type"], c["id"]) for c in first["changes"] + rest} == keys_of(made) | {("user", user.id)}
    seen, _ = until(user, since, keys_of(imported))
    assert seen.keys() == keys_of(imported)


def test_a_walk_ends_with_its_user(user):
    until(user, None, keys_of(make_some(user)))
    since = page(user, None, 2)["next_cursor"]
    assert user.delete("/users/me", json={"password": PASSWORD}).status_code == 204
    assert user.get("/changes", params={"since": since}).status_code == 401


def test_each_page_has_a_tag_of_its_own(user):
    """A page says where the next one begins, which is never the same twice; so only "nothing new" is a 304."""
    until(user, None, keys_of(make_some(user)))
    first = user.get("/changes", params={"limit": 2})
    same = user.get("/changes", params={"limit": 2}, headers={"If-None-Match": first.headers["ETag"]})
    assert same.status_code == 200 and same.json()["changes"] == first.json()["changes"]
    assert same.headers["ETag"] != first.headers["ETag"]
    assert user.get("/changes", params={"limit": 2}, headers={"If-None-Match": "*"}).status_code == 304
    head = user.head("/changes", params={"limit": 2})
    assert head.status_code == 200 and head.content == b"" and head.headers["ETag"]


# Cursors that are none.


def test_a_forged_cursor_is_refused(user):
    _, since = walk(user)
    raw = bytearray(decode(since))
    for at in range(0, len(raw), 7):
        forged = raw[:]
        forged[at] ^= 1
        refused(user.get("/changes", params={"since": encode(bytes(forged))}),
                400, "invalid_cursor", "since")
    for other in (since[:-2], since + "AA", "A" * len(since), "A"):
        refused(user.get("/changes", params={"since": other}), 400, "invalid_cursor", "since")


def test_another_users_cursor_is_refused(user, client):
    _, since = walk(user)
    refused(client.new_user().get("/changes", params={"since": since}), 400, "invalid_cursor", "since")


def test_a_lists_cursor_is_refused(user):
    for _ in range(2):
        user.post("/moods", json={"score": 1})
    cursor = user.get("/moods", params={"limit": 1}).json()["next_cursor"]
    refused(user.get("/changes", params={"since": cursor}), 400, "invalid_cursor", "since")


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"since": ""}, {"since": "!"}, {"offset": 1}, {"limit": "x"},
                                   {"limit": [1, 2]}, {"since": ["A", "A"]}, {"limit": "1e1"}, {"limit": -1}])
def test_wrong_parameters_are_named(user, query):
    answer = user.get("/changes", params=query)
    assert answer.status_code == 400 and answer.json()["details"][0]["field"] in query


def test_nobody_has_changes(client):
    refused(client.get("/changes"), 401, "unauthorized")


class Cursors:
    """Opens a user's cursors and makes others, with the database's secret."""

    NUMBERS = ["epoch", "xid", "bound", "from_s", "bound_s"]

    def __init__(self, stack, user):
        [(secret,)] = stack.ask("SELECT secret FROM change_clock()")
        self.key, self.about = derive_key(secret.encode(), b"daybook cursors of changes"), uuid.UUID(user.id).bytes

    def read(self, cursor):
        plain = unseal(self.key, self.about, decode(cursor))
        return dict(zip(self.NUMBERS, struct.unpack(">5Q", plain[:40]))), plain[40:]

    def change(self, cursor, **numbers):
        known, rest = self.read(cursor)
        assert numbers.keys() <= known.keys()
        known |= numbers
        return encode(seal(self.key, self.about, struct.pack(">5Q", *(known[name] for name in self.NUMBERS)) + rest))


@pytest.fixture
def cursors(stack, user):
    return Cursors(stack, user)


def expired(user, since):
    refused(user.get("/changes", params={"since": since}), 410, "cursor_expired")


def test_a_cursor_is_good_for_ninety_days(user, cursors):
    made = make_some(user)
    _, since = until(user, None, keys_of(made))
    then = cursors.read(since)[0]["from_s"]
    kept = 90 * 86400
    assert walk(user, cursors.change(since, from_s=then - kept + 600))[0] == []
    expired(user, cursors.change(since, from_s=then - kept - 1))
    # On the way, too: the tombstones at its beginning may be gone.
    middle = page(user, None, 1)["next_cursor"]
    expired(user, cursors.change(middle, from_s=then - kept - 1))


def test_a_cursor_is_renewed_after_a_day(user, cursors):
    _, since = until(user, None, {("user", user.id)})
    then = cursors.read(since)[0]["from_s"]
    same = cursors.change(since, from_s=then - 86400 + 600)
    assert page(user, same) == {"changes": [], "next_cursor": same, "has_more": False}
    renewed = page(user, cursors.change(since, from_s=then - 86400))["next_cursor"]
    assert cursors.read(renewed)[0]["from_s"] >= then
    assert cursors.read(renewed)[0]["xid"] >= cursors.read(since)[0]["xid"]


def test_what_changes_on_the_way_needs_its_tombstones_from_the_beginning(user, cursors):
    _, since = until(user, None, keys_of(make_some(user)))
    made = make_some(user)
    until(user, since, keys_of(made))
    old = cursors.change(since, from_s=cursors.read(since)[0]["from_s"] - 50 * 86400)
    middle = page(user, old, 2)
    assert middle["has_more"]
    assert cursors.read(middle["next_cursor"])[0]["from_s"] == cursors.read(old)[0]["from_s"]
    changes, after = walk(user, middle["next_cursor"])
    assert len(changes) == 3
    assert cursors.read(after)[0]["from_s"] == cursors.read(middle["next_cursor"])[0]["bound_s"]


@pytest.mark.parametrize("member", ["xid", "bound"])
def test_a_cursor_from_the_future_has_expired(user, cursors, member):
    """As after files were put back: the counter of transactions is where it was."""
    _, since = until(user, None, {("user", user.id)})
    if member == "bound":
        until(user, None, keys_of(make_some(user)))
        since = page(user, None, 1)["next_cursor"]
    expired(user, cursors.change(since, **{member: 1 << 62}))


def test_another_place_expires_every_cursor(stack, user, cursors):
    made = make_some(user)
    _, since = until(user, None, keys_of(made))
    middle = page(user, None, 1)["next_cursor"]
    stack.ask("UPDATE change_epochs SET identity = 'elsewhere' WHERE epoch = (SELECT max(epoch) FROM change_epochs)")
    expired(user, since)
    expired(user, middle)
    refused(user.get("/changes", params={"since": "A" * len(since)}), 400, "invalid_cursor", "since")
    seen, after = until(user, None, keys_of(made))
    assert plain({key: change["resource"] for key, change in seen.items()}) == shown(user)
    assert cursors.read(after)[0]["epoch"] == cursors.read(since)[0]["epoch"] + 1
    task = user.post("/tasks", json={"title": "there"}).json()
    until(user, after, {("task", task["id"])})
