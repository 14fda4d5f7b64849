"""Categories: names unique regardless of case, and what becomes of their tasks."""

import pytest

from client import at_once
from contract import refused
from resources import change, found, ids, make, make_task, new_id, read, stale, tag

SAME = [("Errands", "ERRANDS"), ("Büro", "BÜRO"), ("ПРИВЕТ", "привет"), ("Ωμέγα", "ΩΜΈΓΑ"),
        ("STRAẞE", "straße"), ("Ǆ", "ǆ"), ("ǅ", "Ǆ"),
        ("Ⅷ", "ⅷ"), ("Ⓐ", "ⓐ"), ("Ａｂ", "ａＢ"), ("𐐀", "𐐨"), ("\u212a", "k"), ("\u212b", "å"),
        ("ΣΟΦΌΣ", "σοφός"), ("Ა", "ა"), ("Ꭰ", "ꭰ"),
        ("e\u0301", "E\u0301"), (" x ", " X "), ("Ա", "ա"), ("I", "i"), ("İ", "i\u0307"),
        ("straße", "STRASSE"), ("é", "e\u0301"), ("ﬁ", "FI"), ("ΟΔΟΣ", "οδος"), ("οδος", "οδοσ"), ("oſo", "OSO"),
        ("\u0390", "\u03aa\u0301"), ("가", "\u1100\u1161"), ("ᾼ", "αι")]
DIFFERENT = [("a", "á"), ("I", "ı"), ("i", "İ"), ("x", "x "), ("x", " x"), ("x", "x\u200b"),
             ("ａ", "a"), ("½", "1/2"),
             ("1", "１"), ("a_", "ab"), ("a%", "abc"), ("a", "а")]


def taken(answer):
    refused(answer, 409, "name_taken", "name")


@pytest.mark.parametrize("name, other", SAME, ids=ascii)
def test_a_name_is_mine_once_in_whatever_case(user, name, other):
    row, bystander = make(user, "categories", name=name), make(user, "categories", name="00")
    path = f"/categories/{bystander['id']}"
    for again in [name, other]:
        taken(user.post("/categories", json={"name": again}))
        taken(user.post("/categories", json={"name": again, "id": new_id(), "color": "#123456"}))
        taken(user.patch(path, json={"name": again}))
        taken(user.put(path, json={"name": again, "color": "#123456", "version": 1}))
    assert read(user, path) == bystander
    assert found(user, "/categories", search=other) == [row]
    assert change(user, f"/categories/{row['id']}", name=other)["name"] == other
    taken(user.post("/categories", json={"name": name}))
    assert change(user, f"/categories/{row['id']}", name=other)["version"] == 3


@pytest.mark.parametrize("name, other", DIFFERENT, ids=ascii)
def test_names_that_only_look_alike(user, name, other):
    make(user, "categories", name=name)
    row = make(user, "categories", name=other)
    assert row["name"] == other
    taken(user.patch(f"/categories/{row['id']}", json={"name": name}))


def test_a_count_is_what_the_list_behind_it_shows(user):
    row, project = make(user, "categories"), make(user, "projects")
    one = f"/categories/{row['id']}"
    for members in [{}, {"project_id": project["id"]}, {"project_id": project["id"], "status": "DONE"}]:
        make_task(user, category_id=row["id"], **members)

    def check(count):
        shown = user.get(one)
        assert (shown.json()["task_count"], len(found(user, "/tasks", category_id=row["id"]))) == (count, count)
        assert found(user, "/categories", search=row["name"]) == [shown.json()]
        assert user.patch(one, json={}).json() == shown.json()
        return shown.headers["ETag"]

    live = check(3)
    change(user, f"/projects/{project['id']}", archived=True)
    fewer = check(1)
    assert fewer != live
    assert user.get(one, headers={"If-None-Match": live}).status_code == 200
    assert user.get(one, headers={"If-None-Match": fewer}).status_code == 304
    refused(user.patch(one, json={"color": "#123456"}, headers={"If-Match": live}), 412, "precondition_failed")
    change(user, f"/projects/{project['id']}", archived=False)
    assert check(3) == live


def test_a_name_becomes_free(user, stranger):
    row = make(user, "categories", name="Home")
    make(stranger, "categories", name="HOME")
    change(user, f"/categories/{row['id']}", name="House")
    again = make(user, "categories", name="home")
    taken(user.patch(f"/categories/{row['id']}", json={"name": "Home"}))
    user.delete(f"/categories/{again['id']}")
    assert change(user, f"/categories/{row['id']}", name="Home")["name"] == "Home"


def test_what_is_told_first(user):
    """A wrong member, then the id, then a stale version, then the name."""
    row, other = make(user, "categories", name="a"), make(user, "categories", name="b")
    one = f"/categories/{row['id']}"
    refused(user.post("/categories", json={"name": "B", "color": "red"}), 400, "validation_failed", "color")
    refused(user.post("/categories", json={"name": "B", "id": row["id"]}), 409, "id_taken", "id")
    stale(user.patch(one, json={"name": "B", "version": 2}), user, one, 409)
    stale(user.patch(one, json={"name": "B"}, headers={"If-Match": '"9"'}), user, one)
    refused(user.patch(f"/categories/{new_id()}", json={"name": "B"}), 404, "not_found")
    taken(user.patch(one, json={"name": "B", "version": 1}))
    assert found(user, "/categories") == [row, other]


def test_many_want_one_name(user):
    for number in range(4):
        names = [f"Name {number}", f"NAME {number}"] * 5
        answers = at_once(*[lambda n=n: user.post("/categories", json={"name": n}) for n in names])
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
        for answer in answers:
            if answer.status_code == 409:
                taken(answer)
    rows = [make(user, "categories") for _ in range(8)]
    answers = at_once(*[lambda r=r: user.patch(f"/categories/{r['id']}", json={"name": "wanted"})
                        for r in rows])
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7


def test_names_cannot_be_swapped_by_two_at_once(user):
    """Each waits for the other's name; nobody sees a deadlock, and both names stay in use."""
    first, second = make(user, "categories", name="first"), make(user, "categories", name="second")
    for _ in range(5):
        answers = at_once(lambda: user.patch(f"/categories/{first['id']}", json={"name": "second"}),
                          lambda: user.patch(f"/categories/{second['id']}", json={"name": "first"}))
        for answer in answers:
            taken(answer)


def test_a_deleted_category_leaves_its_tasks(user, stranger):
    row, other = make(user, "categories"), make(user, "categories")
    project = make(user, "projects")
    inside = [make_task(user, category_id=row["id"], project_id=project["id"], completed=number == 1,
                        description="d") for number in range(3)]
    outside = make_task(user, category_id=other["id"])
    tags = [tag(user, f"/tasks/{task['id']}") for task in inside]
    refused(stranger.delete(f"/categories/{row['id']}"), 403, "forbidden")
    assert user.delete(f"/categories/{row['id']}").status_code == 204
    for task, old in zip(inside, tags):
        left = user.get(f"/tasks/{task['id']}")
        assert left.json() == {**task, "category_id": None, "version": 2,
                               "updated_at": left.json()["updated_at"]}
        assert left.json()["updated_at"] > task["updated_at"]
        stale(user.patch(f"/tasks/{task['id']}", json={"title": "x"}, headers={"If-Match": old}), user,
              f"/tasks/{task['id']}")
    assert read(user, f"/tasks/{outside['id']}") == outside
    assert ids(found(user, "/tasks", category_id="none", sort_order="asc")) == ids(inside)
    assert read(user, f"/categories/{other['id']}") == {**other, "task_count": 1}
    assert read(user, f"/projects/{project['id']}")["task_count"] == 3


def test_a_category_has_no_members_of_a_project(user):
    row = make(user, "categories")
    for name, value in {"description": "d", "archived": True}.items():
        refused(user.post("/categories", json={"name": "x", name: value}), 400, "validation_failed", name)
        refused(user.patch(f"/categories/{row['id']}", json={name: value}), 400, "validation_failed", name)
    refused(user.get("/categories?archived=all"), 400, "validation_failed", "archived")
    refused(user.get(f"/categories/{row['id']}/tasks"), 404, "not_found")


def test_one_key_makes_one_category(user):
    headers, body = {"Idempotency-Key": "one"}, {"name": "Errands"}
    first = user.post("/categories", json=body, headers=headers)
    again = user.post("/categories", json=body, headers=headers)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert [answer.headers.get("Idempotency-Replayed") for answer in (first, again)] == [None, "true"]
    refused(user.post("/categories", json={"name": "x"}, headers=headers), 422, "idempotency_mismatch")
    taken(user.post("/categories", json={"name": "ERRANDS"}, headers={"Idempotency-Key": "two"}))
    assert found(user, "/categories") == [first.json()]
