"""A user who has stored as much as QUOTA_BYTES allows: what adds to it is 413 quota_exceeded; the rest goes on."""

import pytest

from client import at_once
from contract import refused
from moving import IMPORT, export
from resources import KINDS, change, found, least, make, make_task, new_id, read

# A text of each kind that may become longer.
TEXTS = {"tasks": "description", "projects": "description", "categories": "name", "moods": "note", "journals": "title"}
LIMIT = 1 << 20
LONG = "x" * 100000  # an entry of 101 000 bytes counts as it is; what is below 32 768 is sampled
FULL = LIMIT // 101000


@pytest.fixture(scope="module")
def small(restart_stack):
    """The last of its stack: the next module has another one."""
    yield restart_stack(settings={"QUOTA_BYTES": str(LIMIT)})
    restart_stack()


@pytest.fixture
def user(small, connect):
    return connect(small).new_user()


def one(user, kind):
    return found(user, f"/{kind}", **({"archived": "true"} if kind == "tasks" else {}))[0]


def test_entries_up_to_the_limit(user):
    """To the byte: 1000 and its text for each."""
    for _ in range(FULL):
        make(user, "journals", content=LONG)
    rest = LIMIT - FULL * 101000 - 1000
    assert rest > 32768
    refused(user.post("/journals", json={"content": "x" * (rest + 1)}), 413, "quota_exceeded")
    make(user, "journals", content="x" * rest)
    assert len(found(user, "/journals")) == FULL + 1


def test_two_at_once_go_beyond_it_by_what_they_bring_at_most(user):
    """Each may miss the others of its moment, but what comes after them is refused."""
    for _ in range(FULL - 1):
        make(user, "journals", content=LONG)
    at_once(*[lambda: user.post("/journals", json={"content": LONG})] * 4)
    assert FULL <= len(found(user, "/journals")) <= FULL + 3
    refused(user.post("/journals", json={"content": LONG}), 413, "quota_exceeded")


@pytest.fixture
def full(user, small):
    """Who has one of everything, and then far too much: the operator may have lowered the limit."""
    project = make(user, "projects", description="some words")
    make_task(user, project_id=project["id"], description="some words")
    make(user, "categories")
    make(user, "moods", note="some words")
    make(user, "journals", title="some words")
    for status in ("TODO", "DONE"):
        make_task(user, status=status, description="some words")
    change_sum(small, user, 100 * LIMIT)
    return user


def change_sum(stack, user, more):
    stack.ask("INSERT INTO daybook.stored_bytes VALUES (%s, gen_random_uuid(), %s)", user.id, more)


@pytest.mark.parametrize("kind", KINDS)
def test_who_has_too_much_adds_nothing(full, kind):
    refused(full.post(f"/{kind}", json=least(kind)), 413, "quota_exceeded")
    refused(full.post(f"/{kind}", json=least(kind), headers={"Idempotency-Key": new_id()}), 413, "quota_exceeded")
    row, text = one(full, kind), TEXTS[kind]
    for write in (full.patch, full.put):
        refused(write(f"/{kind}/{row['id']}", json={text: "many more words than there were"}), 413, "quota_exceeded")
    assert one(full, kind) == row


@pytest.mark.parametrize("kind", KINDS)
def test_who_has_too_much_reads_shrinks_and_deletes(full, kind):
    row, text = one(full, kind), TEXTS[kind]
    for value in ("other words"[:len(row[text] or "")], "x"):
        assert change(full, f"/{kind}/{row['id']}", **{text: value})[text] == value
    assert read(full, f"/{kind}/{row['id']}")["version"] == 3
    assert export(full)[kind]
    assert full.delete(f"/{kind}/{row['id']}").status_code == 204


def test_a_board_of_who_has_too_much(full):
    done, todo = (found(full, "/tasks", status=status)[0] for status in ("DONE", "TODO"))
    for path, body in [(f"/tasks/{todo['id']}/move", {"after": None}), (f"/tasks/{todo['id']}/move", {"status": "DONE"}),
                       (f"/tasks/{done['id']}/move", {"after": todo["id"]})]:
        assert full.post(path, json=body).status_code == 200
    assert full.patch(f"/tasks/{todo['id']}/complete", json={"completed": False}).status_code == 200
    bulk = [{"id": todo["id"], "title": "x"}, {"id": done["id"], "title": "more than there was"}]
    assert full.patch("/tasks/bulk", json={"updates": bulk[:1]}).status_code == 200
    refused(full.patch("/tasks/bulk", json={"updates": bulk}), 413, "quota_exceeded")
    assert read(full, f"/tasks/{done['id']}")["title"] == done["title"]
    key = {"Idempotency-Key": new_id()}
    refused(full.patch("/tasks/bulk", json={"updates": bulk[:1]}, headers=key), 413, "quota_exceeded")
    for _ in range(2):
        assert full.delete("/tasks/bulk", json={"ids": [todo["id"]]}, headers=key).status_code == 204


def test_a_series_ends_no_account(user, small):
    """The next task of a series is one more; skipping makes none."""
    task = make_task(user, due_date="2027-04-01", recurrence="FREQ=DAILY")
    change_sum(small, user, 100 * LIMIT)
    assert user.post(f"/tasks/{task['id']}/skip").status_code == 200
    refused(user.patch(f"/tasks/{task['id']}/complete", json={"completed": True}), 413, "quota_exceeded")
    assert read(user, f"/tasks/{task['id']}")["status"] == "TODO"
    change(user, f"/tasks/{task['id']}", recurrence=None)
    assert user.patch(f"/tasks/{task['id']}/complete", json={"completed": True}).status_code == 200


def test_an_import_is_taken_whole_or_not_at_all(user):
    entry = {"content": LONG, "entry_date": "2026-01-01"}
    document = {"format": 1, "projects": [{"id": new_id(), "name": "a project"}],
                "journals": [{**entry, "id": new_id()} for _ in range(FULL + 1)]}
    for path in (IMPORT + "?dry_run=true", IMPORT):
        refused(user.post(path, json=document), 413, "quota_exceeded")
    assert found(user, "/projects") == found(user, "/journals") == []
    document["journals"].pop()
    del document["projects"]
    assert user.post(IMPORT, json=document).status_code == 200
    assert user.post(IMPORT, json=document).json()["skipped"]["journals"] == FULL, "the same again adds nothing"


def test_what_is_refused_is_done_once_there_is_room(full, small):
    """The refusal is not kept under the key."""
    key, body = {"Idempotency-Key": new_id()}, least("moods")
    refused(full.post("/moods", json=body, headers=key), 413, "quota_exceeded")
    change_sum(small, full, -100 * LIMIT)
    assert full.post("/moods", json=body, headers=key).status_code == 201
    answer = full.post("/moods", json=body, headers=key)
    assert answer.headers["Idempotency-Replayed"] == "true"


def test_who_deletes_has_room_again(user):
    rows = [make(user, "journals", content=LONG) for _ in range(FULL)]
    refused(user.post("/journals", json={"content": LONG}), 413, "quota_exceeded")
    for row in rows[:2]:
        assert user.delete(f"/journals/{row['id']}").status_code == 204
    make(user, "journals", content=LONG)


def test_a_full_account_can_go(full, small):
    assert full.delete("/users/me", json={"password": full.password}).status_code == 204
    assert small.ask("SELECT count(*) FROM daybook.stored_bytes WHERE user_id = %s", full.id) == [(0,)]


def test_others_are_not_full(full, small, connect):
    make(connect(small).new_user(), "journals", content=LONG)
