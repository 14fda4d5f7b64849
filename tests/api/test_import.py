"""The import: an export comes back as it was, all of it or nothing, and what is wrong is named."""

import copy
import json
import uuid

import pytest

from contract import faults, refused
from mails import notify
from moving import IMPORT as PATH, LISTS, content, export, take
from resources import change, found, make, make_task, new_id, read, wrong

NONE = dict.fromkeys(LISTS, 0)
THEN = "2020-02-03T04:05:06.000007Z"


def counts(**some):
    return {**NONE, **some}


@pytest.fixture
def somebody(new_user):
    """With some of everything, in an order of their own and with versions."""
    user = new_user(name="Grace")
    live, old = make(user, "projects", description="d"), make(user, "projects", archived=True)
    category, mood = make(user, "categories", color="#123456"), make(user, "moods", emotions=["calm", '"'], note="\\")
    for project in [None, live["id"], old["id"]]:
        for status in ["TODO", "IN_PROGRESS", "DONE"]:
            make_task(user, project_id=project, status=status, category_id=category["id"], description="two\nlines 語",
                      due_date="2026-11-20T09:30:00Z", remind_at="2026-11-20T09:00:00Z", priority="URGENT")
    make_task(user, title="on a day", due_date="2027-04-01")
    first = user.get("/tasks?sort_by=position&sort_order=asc").json()["tasks"][0]
    user.post(f"/tasks/{first['id']}/move", json={"before": None})
    change(user, f"/tasks/{first['id']}", title="changed")
    make(user, "journals", content="\u0001 and \U0010ffff", title=None, tags=["Rain", "ÖL"], mood_id=mood["id"])
    notify(user)
    return user


# The way there and back.


def test_an_export_comes_back_as_it_was(somebody, stranger):
    document = export(somebody)
    answer = take(stranger, document)
    assert answer == {"imported": {name: len(document[name]) for name in LISTS}, "skipped": NONE, "replaced": NONE,
                      "conflict_count": 0, "conflicts": []}
    assert content(stranger) == content(somebody)
    assert read(stranger, "/users/me")["name"] != "Grace", "the profile is not taken"
    board = "/tasks?sort_by=position&sort_order=asc&archived=true"
    assert [row["id"] for row in found(stranger, board)] == [row["id"] for row in found(somebody, board)]


def test_what_is_there_already_is_skipped(somebody):
    before = content(somebody)
    answer = take(somebody, export(somebody))
    assert answer["skipped"] == {name: len(before[name]) for name in LISTS}
    assert (answer["imported"], answer["replaced"], answer["conflicts"]) == (NONE, NONE, [])
    assert content(somebody) == before


def test_the_lists_may_come_in_any_order_and_under_any_spelling(somebody, stranger):
    document = export(somebody)
    names = ["notifications", "journals", "tasks", "moods", "categories", "projects", "format"]
    text = json.dumps({name: document[name] for name in names})
    text = text.replace('"tasks":', '\n"t\\u0061sks"\t: ')
    answer = stranger.post(PATH, data=text, headers={"Content-Type": "application/json; charset=utf-8"})
    assert answer.status_code == 200, answer.text
    assert content(stranger) == content(somebody)


def test_a_document_by_hand(user):
    """What it does not say is what a create does not say."""
    ids = [new_id() for _ in range(3)]
    take(user, {"tasks": [{"id": one, "title": f"n{n}"} for n, one in enumerate(ids)] + [
        {"id": new_id(), "title": "done", "completed": True, "created_at": THEN}]})
    tasks = found(user, "/tasks?sort_by=position&sort_order=asc")
    assert [task["id"] for task in tasks[:3]] == ids, "in the order of the document"
    assert {(task["status"], task["priority"], task["version"]) for task in tasks[:3]} == {("TODO", "MEDIUM", 1)}
    assert (tasks[3]["status"], tasks[3]["created_at"], tasks[3]["updated_at"]) == ("DONE", THEN, THEN)
    assert tasks[3]["completed_at"] is not None
    last = make_task(user, title="after all")
    assert found(user, "/tasks?sort_by=position&sort_order=asc&status=TODO")[-1]["id"] == last["id"]


def test_an_imported_task_goes_on_as_any_other(user):
    task = {"id": new_id(), "title": "t", "version": 7, "created_at": THEN, "updated_at": THEN, "position": "V00000abc"}
    take(user, {"tasks": [task]})
    now = change(user, f"/tasks/{task['id']}", title="u")
    assert (now["version"], now["created_at"], now["position"]) == (8, THEN, "V00000abc")
    assert now["updated_at"] > THEN
    refused(user.patch(f"/tasks/{task['id']}", json={"title": "v", "version": 7}), 409, "version_conflict")


def test_an_imported_row_has_a_tag_of_its_own(somebody, stranger):
    document = export(somebody)
    take(stranger, document)
    path = f"/tasks/{document['tasks'][0]['id']}"
    assert somebody.get(path).headers["ETag"] != stranger.get(path).headers["ETag"]


# What is there with other content.


def changed(document):
    """Another content of each."""
    other = copy.deepcopy({name: document[name] for name in LISTS})
    for name, member, value in [("projects", "archived", True), ("categories", "name", "other"), ("moods", "score", 1),
                                ("journals", "tags", ["snow"])]:
        other[name][0][member] = value
    done, opened = (next(task for task in other["tasks"] if (task["status"] == "DONE") == wanted) for wanted in (True, False))
    done.update(status="TODO", completed=False, completed_at=None, due_date=None, position="V0000000000001")
    opened.update(status="DONE", completed=True, completed_at=THEN, version=40, updated_at=THEN, due_date="2027-05-01",
                  position="V0000000000001")
    return other


def test_other_content_is_told_and_stays(somebody):
    before = content(somebody)
    answer = take(somebody, changed(before))
    assert answer["conflict_count"] == len(answer["conflicts"]) == 6
    assert sorted(found["type"] for found in answer["conflicts"]) == [
        "category", "journal", "mood", "project", "task", "task"]
    assert answer["conflicts"][0] == {"type": "project", "id": before["projects"][0]["id"],
                                      "message": "is there already with other content"}
    assert content(somebody) == before


def test_other_content_replaces_it_if_one_wishes(somebody):
    other = changed(content(somebody))
    answer = take(somebody, other, on_conflict="replace")
    assert answer["replaced"] == counts(projects=1, categories=1, moods=1, journals=1, tasks=2)
    assert (answer["conflicts"], answer["imported"]) == ([], NONE)
    after = content(somebody)
    for rows in (after, other):
        for row in [*rows["projects"], *rows["categories"]]:
            for name in ("task_count", "task_counts"):
                row.pop(name, None)
    assert after == other
    assert take(somebody, other, on_conflict="replace")["skipped"] == {name: len(other[name]) for name in LISTS}


def test_a_dry_run_changes_nothing(somebody, stranger):
    document = export(somebody)
    assert take(stranger, document, dry_run="true")["imported"] == {name: len(document[name]) for name in LISTS}
    assert content(stranger) == {name: [] for name in LISTS}
    before = content(somebody)
    assert take(somebody, changed(before), dry_run="true", on_conflict="replace")["replaced"]["tasks"] == 2
    assert content(somebody) == before


# What is refused: by the name of the row, and nothing is done.


def not_taken(who, document, *expected, error="validation_failed", status=400):
    answer = who.post(PATH, json={"format": 1, **document})
    assert (answer.status_code, answer.json()["error"], faults(answer)) == (status, error, list(expected))
    assert content(who) == {name: [] for name in LISTS}, "nothing half done"


GOOD = {"id": "0190f3c0-0000-7000-8000-000000000001", "title": "good"}


@pytest.mark.parametrize("member, value, code", [
    ("title", "", "length"), ("title", "x" * 201, "length"), ("title", None, "null"), ("title", "\0", "character"),
    ("no_such", 1, "unknown"), ("id", "x", "format"), ("version", 0, "range"), ("version", 2**31, "range"),
    ("version", 1_000_000_001, "range"),
    ("version", "1", "type"), ("created_at", None, "null"), ("created_at", "2020-01-01", "format"),
    ("created_at", "infinity", "format"),
    ("updated_at", 5, "type"), ("completed_at", THEN, "conflict"), ("completed", True, "conflict"),
    ("position", "", "length"), ("position", "V0", "format"), ("position", "zz", "format"), ("position", "0z", "format"),
    ("position", "a-b", "format"), ("position", "V" * 201, "length"), ("position", None, "null"),
    ("project_id", new_id(), "not_yours"), ("category_id", new_id(), "not_yours"), ("description", "x" * 2001, "length")])
def test_a_wrong_member_is_named(user, member, value, code):
    tasks = [GOOD, {"id": new_id(), "title": "t", "status": "TODO", member: value}]
    not_taken(user, {"projects": [{"id": new_id(), "name": "p"}], "tasks": tasks}, (f"tasks[1].{member}", code))


def test_all_that_is_wrong_is_told_at_once_but_not_without_end(user):
    bad = {"id": new_id(), "title": ""}
    not_taken(user, {"moods": [{"id": new_id(), "score": 6}], "tasks": [bad, {"title": "t"}],
                     "journals": [{"id": new_id(), "content": "c", "tags": ["a", "b,c"]}]},
              ("moods[0].score", "range"), ("tasks[0].title", "length"), ("tasks[1].id", "required"),
              ("journals[0].tags[1]", "character"))
    answer = user.post(PATH, json={"format": 1, "tasks": [{"id": new_id(), "title": ""} for _ in range(5000)]})
    assert answer.json()["error"] == "validation_failed"
    assert len(answer.json()["details"]) == 100


def test_an_id_comes_once(user):
    other = {**GOOD, "id": GOOD["id"].upper(), "title": "other"}
    not_taken(user, {"tasks": [GOOD, other]}, ("tasks[1].id", "repeated"))
    many = [{"id": str(uuid.UUID(int=n)), "title": "t"} for n in range(1200)]
    not_taken(user, {"tasks": [*many, many[0]]}, ("tasks[1200].id", "repeated"))
    take(user, {"tasks": [GOOD], "moods": [{"id": GOOD["id"], "score": 1}]})


def test_references_lead_into_the_document_or_the_account(user, stranger):
    mine = make(user, "projects")
    hers, mood = make(stranger, "projects"), make(stranger, "moods")
    project, category = ({"id": new_id(), "name": "n"} for _ in range(2))
    take(user, {"tasks": [{"id": new_id(), "title": "t", "project_id": mine["id"]},
                          {"id": new_id(), "title": "t", "project_id": project["id"], "category_id": category["id"]}],
                "projects": [project], "categories": [category]})
    answer = user.post(PATH, json={"format": 1, "tasks": [{**GOOD, "project_id": hers["id"]}],
                                   "journals": [{"id": new_id(), "content": "c", "mood_id": mood["id"]}]})
    assert (answer.status_code, faults(answer)) == (400, [("tasks[0].project_id", "not_yours")])
    answer = user.post(PATH, json={"format": 1, "journals": [{"id": new_id(), "content": "c", "mood_id": mood["id"]}]})
    assert faults(answer) == [("journals[0].mood_id", "not_yours")]


def test_ids_of_others_may_be_used(user, stranger):
    hers = make_task(stranger, title="hers")
    take(user, {"tasks": [{"id": hers["id"], "title": "mine"}]}, on_conflict="replace")
    assert read(stranger, f"/tasks/{hers['id']}") == hers
    assert read(user, f"/tasks/{hers['id']}")["title"] == "mine"


def test_a_name_that_another_has(user):
    named = [{"id": new_id(), "name": "Straße"}, {"id": new_id(), "name": "STRASSE"}]
    not_taken(user, {"categories": named}, ("categories[1].name", "taken"), error="name_taken", status=409)
    not_taken(user, {"categories": named, "tasks": [{"id": new_id(), "title": ""}]}, ("categories[1].name", "taken"),
              ("tasks[0].title", "length"))
    there = make(user, "categories", name="there")
    answer = user.post(PATH, json={"format": 1, "categories": [{"id": new_id(), "name": "THERE"}]})
    refused(answer, 409, "name_taken", "categories[0].name")
    assert take(user, {"categories": [{"id": there["id"], "name": "there"}]})["skipped"] == counts(categories=1)


def test_a_place_that_another_has(user):
    placed = [{"id": new_id(), "title": "t", "position": "V00000abc"} for _ in range(2)]
    not_taken(user, {"tasks": placed}, ("tasks[1].position", "conflict"))
    placed[1]["status"] = "DONE"
    take(user, {"tasks": placed})
    answer = user.post(PATH, json={"format": 1, "tasks": [{"id": new_id(), "title": "t", "position": "V00000abc"}]})
    refused(answer, 400, "validation_failed", "tasks[0].position")


@pytest.mark.parametrize("document, field, code", [
    ({}, "format", "required"), ({"format": 2}, "format", "range"), ({"format": "1"}, "format", "type"),
    ({"format": None}, "format", "null"),
    ({"format": 1, "tasks": {}}, "tasks", "type"), ({"format": 1, "tasks": None}, "tasks", "null"),
    ({"format": 1, "tasks": [5]}, "tasks[0]", "type"), ({"format": 1, "tasks": [None]}, "tasks[0]", "type"),
    ({"format": 1, "no_such": []}, "no_such", "unknown"), ({"format": 1, "TASKS": [GOOD]}, "TASKS", "unknown"),
    ({"format": [1]}, "format", "type")])
def test_what_is_no_export(user, document, field, code):
    answer = user.post(PATH, json=document)
    assert (answer.status_code, faults(answer)) == (400, [(field, code)])


def test_members_that_come_twice(user):
    answer = user.post(PATH, data=f'{{"format": 1, "tasks": [{json.dumps(GOOD)}], "tasks": []}}',
                       headers={"Content-Type": "application/json"})
    assert (answer.status_code, faults(answer)) == (400, [("tasks", "repeated")])
    assert content(user)["tasks"] == []


@pytest.mark.parametrize("text", [
    "", "{", "[", '{"format": 1', '{"format": 1,}', '{"format": 1, "tasks": [}', '{"format": 1, "tasks": [{"id": 1},]}',
    '{"format": 1, "tasks": [{} {}]}', '{"format": 1 "tasks": []}', '{"format" 1}', "{'format': 1}", '{"format": 1} x',
    '{"format": 1}}', '{"format": 1}\0', '{"format": 1\0}', '{"format": NaN}', '{"format": 01}', '\ufeff{"format": 1}',
    '{"format": 1, "tasks": [{"id": "\\ud800"}]}',
    '{"format": 1, "sessions": [{"a": tru}]}', '{"format": 1, "tasks": [' + "[" * 31 + "]" * 31 + "]}",
    '{"format": 1, "tasks": [{"id": 1}], }', '{"format": 1, "user": {"a": [1, {"b": }]}}', '{"a": "\x01"}', '{,"a": 1}'])
def test_what_is_no_json(user, text):
    answer = user.post(PATH, data=text.encode(), headers={"Content-Type": "application/json"})
    refused(answer, 400, "invalid_json")
    assert content(user)["tasks"] == []


def test_bytes_that_are_no_text(user):
    body = b'{"format": 1, "tasks": [' + json.dumps(GOOD).encode() + b', {"title": "\xff"}]}'
    refused(user.post(PATH, data=body, headers={"Content-Type": "application/json"}), 400, "invalid_json")
    assert content(user)["tasks"] == []


def test_a_name_with_a_character_that_no_text_has(user):
    answer = user.post(PATH, data=b'{"format": 1, "tasks": [{"id\\u0000": 1}]}', headers={"Content-Type": "application/json"})
    refused(answer, 400, "validation_failed", "tasks[0]")


@pytest.mark.parametrize("text", ["[]", "5", '"x"', "null", "true", " [{}] "])
def test_json_that_is_no_object(user, text):
    refused(user.post(PATH, data=text, headers={"Content-Type": "application/json"}), 400, "validation_failed")


def test_of_another_type(user):
    refused(user.post(PATH, data="{}", headers={"Content-Type": "text/plain"}), 415, "unsupported_media_type")
    refused(user.with_token(None).post(PATH, json={"format": 1}), 401, "unauthorized")
    wrong(user.post(f"{PATH}?dry_run=yes", json={"format": 1}), "dry_run")
    wrong(user.post(f"{PATH}?on_conflict=merge", json={"format": 1}), "on_conflict")


def test_another_spelling_of_the_path(user):
    answer = user.send("POST", "/api/v1/users/%6de/import", json={"format": 1, "tasks": [GOOD]})
    assert answer.status_code == 200, answer.text
    assert [task["id"] for task in content(user)["tasks"]] == [GOOD["id"]]


def test_texts_at_their_limits(user):
    journal = {"id": new_id(), "content": "\U0001F600" * 100_000, "tags": [f"{n}" + "é" * 48 for n in range(20)]}
    take(user, {"journals": [journal]})
    assert content(user)["journals"][0]["content"] == journal["content"]
    answer = user.post(PATH, json={"format": 1, "journals": [{**journal, "id": new_id(), "content": "x" * 100_001}]})
    refused(answer, 400, "validation_failed", "journals[0].content")
    answer = user.post(PATH, json={"format": 1, "journals": [{**journal, "content": "x" * (2 << 20)}]})
    refused(answer, 400, "invalid_json")
