"""Projects: what only they have, and the tasks inside them."""

import itertools
import json

import pytest

from client import at_once
from contract import refused
from resources import NOBODYS, change, found, ids, make, make_task, new_id, pages_by_cursor, read, tag, wrong


@pytest.fixture
def project(user):
    return make(user, "projects")


@pytest.fixture
def one(project):
    return f"/projects/{project['id']}"


# Description, archived, and names that need not be unique.


@pytest.mark.parametrize("character", ["x", "語", "🗓"], ids=ascii)
def test_a_description_at_its_limit_and_one_past(user, one, character):
    text = character * 2000
    assert make(user, "projects", description=text)["description"] == text
    assert change(user, one, description=text)["description"] == text
    for answer in [user.post("/projects", json={"name": "x", "description": text + character}),
                   user.patch(one, json={"description": text + character}),
                   user.put(one, json={"description": text + character})]:
        wrong(answer, "description")


@pytest.mark.parametrize("text", ["", " \u3000", "two\nlines", "'; DROP TABLE projects; --", "\u0001"],
                         ids=ascii)
def test_a_description_may_be_anything(user, one, text):
    assert make(user, "projects", description=text)["description"] == text
    assert change(user, one, description=text)["description"] == text
    assert change(user, one, description=None)["description"] is None


@pytest.mark.parametrize("value", [1, True, [], {}, "\0", "a\0"], ids=json.dumps)
def test_what_is_no_description(user, project, one, value):
    wrong(user.post("/projects", json={"name": "x", "description": value}), "description")
    wrong(user.patch(one, json={"description": value}), "description")
    assert read(user, one) == project


@pytest.mark.parametrize("value", [None, "true", "", 0, 1, [], {}], ids=json.dumps)
def test_archived_is_true_or_false(user, project, one, value):
    wrong(user.post("/projects", json={"name": "x", "archived": value}), "archived")
    wrong(user.patch(one, json={"archived": value}), "archived")
    assert read(user, one) == project
    assert change(user, one, archived=True)["archived"] is True
    assert change(user, one, archived=False) == {**project, "version": 3,
                                                 "updated_at": read(user, one)["updated_at"]}


def test_all_members_at_once(user):
    body = {"id": new_id(), "name": "N", "description": "D", "color": "#abcdef", "archived": True}
    row = make(user, "projects", **body)
    assert row == {**row, **body}
    for other in [{"description": None}, {"description": "d"}, {"archived": False}]:
        refused(user.post("/projects", json={**body, **other}), 409, "id_taken", "id")
    assert user.post("/projects", json=body).json() == row


def test_projects_may_have_one_name(user):
    rows = [make(user, "projects", name=name) for name in ["Home", "home", "Home"]]
    assert sorted(ids(found(user, "/projects"))) == sorted(ids(rows))
    assert change(user, f"/projects/{rows[1]['id']}", name="Home")["name"] == "Home"


def test_one_key_makes_one_project(user):
    headers, body = {"Idempotency-Key": "k" * 128}, {"name": "Home"}
    answers = at_once(*[lambda: user.post("/projects", json=body, headers=headers) for _ in range(6)])
    assert {answer.status_code for answer in answers} <= {201, 409}
    for answer in answers:
        if answer.status_code == 409:
            refused(answer, 409, "idempotency_in_flight")
    again = user.post("/projects", json=body, headers=headers)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert again.headers["Location"] == f"/api/v1/projects/{again.json()['id']}"
    assert found(user, "/projects") == [again.json()]
    for bad in ["", "k" * 129, "a b", "ä"]:
        answer = user.post("/projects", json=body, headers={"Idempotency-Key": bad.encode("latin-1")})
        refused(answer, 400, "bad_request")


# Lists.


def test_archived_ones_apart(user):
    live, archived = [[make(user, "projects", name=f"{number} {word}", archived=word == "old")
                       for number in range(3)] for word in ["new", "old"]]
    everything = [row for pair in zip(live, archived) for row in pair]
    assert found(user, "/projects") == found(user, "/projects", archived="false") == live
    assert found(user, "/projects", archived="true") == archived
    assert found(user, "/projects", archived="all") == everything
    assert found(user, "/projects", archived="all", search="OLD") == archived
    assert found(user, "/projects", archived="true", search="l") == archived
    assert found(user, "/projects", search="old") == []
    for word, rows in {"true": archived, "false": live, "all": everything}.items():
        assert pages_by_cursor(user, "/projects",
                               {"archived": word, "limit": 1, "sort_order": "desc"}) == rows[::-1]
    cursor = user.get("/projects?limit=1&archived=all").json()["next_cursor"]
    for query in ["", "&archived=true", "&archived=false"]:
        refused(user.get(f"/projects?cursor={cursor}{query}"), 400, "invalid_cursor", "cursor")
    default = user.get("/projects?limit=1").json()["next_cursor"]
    assert user.get(f"/projects?cursor={default}&archived=false").json()["projects"] == live[1:]


@pytest.mark.parametrize("query", ["archived=", "archived", "archived=TRUE", "archived=ALL", "archived=1",
                                   "archived=none", "archived=true,false",
                                   "archived=true&archived=false", "archived=all&archived=all"])
def test_what_archived_may_be(user, query):
    wrong(user.get(f"/projects?{query}"), "archived")


@pytest.mark.parametrize("text, found_in", [("milk", "ab"), ("MILK", "ab"), ("äÖ", "c"), ("%", "d"),
                                            ("_", ""), ("\\", "d"), ("lk br", ""), ("a", "abce"),
                                            ("bread", "b"), ("null", ""), ("'", "")])
def test_search_in_name_and_description(client, shelf, text, found_in):
    assert client
    assert "".join(row["name"][0] for row in found(shelf, "/projects", search=text)) == found_in


@pytest.fixture(scope="module")
def shelf(client):
    user = client.new_user()
    for name, description in [("a milk", None), ("b milk", "bread"), ("c ÄÖ", "Äa"), ("d", "100%\\"),
                              ("e", "apple")]:
        make(user, "projects", name=name, description=description)
    return user


def test_a_change_is_the_last_by_updated_at(user):
    rows = [make(user, "projects") for _ in range(3)]
    change(user, f"/projects/{rows[0]['id']}", color="#000000")
    make_task(user, project_id=rows[1]["id"])
    wanted = [rows[1]["id"], rows[2]["id"], rows[0]["id"]]
    assert ids(found(user, "/projects", sort_by="updated_at")) == wanted
    assert ids(found(user, "/projects", sort_by="updated_at", sort_order="desc")) == wanted[::-1]
    assert ids(found(user, "/projects", sort_by="created_at")) == ids(rows)


# Deleting and archiving.


def test_a_deleted_project_takes_its_tasks_along(user, stranger, project, one):
    category, other = make(user, "categories"), make(user, "projects")
    inside = [make_task(user, project_id=project["id"], category_id=category["id"], status=status)
              for status in ["TODO", "DONE", "DONE"]]
    outside = [make_task(user, category_id=category["id"]), make_task(user, project_id=other["id"])]
    hers = make_task(stranger)
    assert read(user, one)["task_counts"] == {"todo": 1, "in_progress": 0, "done": 2}
    refused(stranger.delete(one), 403, "forbidden")
    assert read(user, one)["task_count"] == 3
    assert user.delete(one).status_code == 204
    for task in inside:
        refused(user.get(f"/tasks/{task['id']}"), 404, "not_found")
    assert found(user, "/tasks", sort_order="asc", archived="true") == outside
    assert found(stranger, "/tasks") == [hers]
    assert read(user, f"/categories/{category['id']}")["task_count"] == 1
    refused(user.get(f"{one}/tasks"), 404, "not_found")
    refused(user.post(f"{one}/tasks", json={"title": "x"}), 404, "not_found")
    wrong(user.post("/tasks", json={"title": "x", "project_id": project["id"]}), "project_id")
    assert make(user, "projects", id=project["id"])["task_count"] == 0


def test_an_archived_project_keeps_its_tasks_and_hides_them(user, project, one):
    inside = [make_task(user, project_id=project["id"], title=f"in {number}") for number in range(3)]
    live = make_task(user, project_id=make(user, "projects")["id"], title="live")
    free = make_task(user, title="free")
    everything = [free, live, *inside[::-1]]
    before = read(user, one)
    archived = change(user, one, archived=True)
    assert archived == {**before, "archived": True, "version": 2, "updated_at": archived["updated_at"]}
    for path in ["/tasks", f"/users/{user.id}/tasks"]:
        assert found(user, path) == found(user, path, archived="false") == [free, live]
        assert found(user, path, archived="true") == everything
        for query in [{"project_id": project["id"]}, {"search": "in"}]:
            assert found(user, path, **query) == []
            assert found(user, path, archived="true", **query) == inside[::-1]
        assert pages_by_cursor(user, path, {"limit": 1}) == [free, live]
        assert pages_by_cursor(user, path, {"limit": 1, "archived": "true"}) == everything
    assert found(user, f"{one}/tasks") == inside[::-1]
    late = make_task(user, f"{one}/tasks", title="late")
    for task in [inside[0], late]:
        assert read(user, f"/tasks/{task['id']}") == task
    assert change(user, f"/tasks/{inside[0]['id']}/complete", completed=True)["completed"]
    assert read(user, one)["task_counts"] == {"todo": 3, "in_progress": 0, "done": 1}
    out = change(user, f"/tasks/{late['id']}", project_id=None)
    assert out in found(user, "/tasks")
    change(user, one, archived=False)
    assert sorted(ids(found(user, "/tasks"))) == sorted(ids([*everything, late]))
    for bad in ["all", "", "1", "TRUE"]:
        wrong(user.get(f"/tasks?archived={bad}"), "archived")


# Tasks inside a project.


def test_tasks_are_made_and_listed_inside(user, project, one):
    made = user.post(f"{one}/tasks", json={"title": "a", "priority": "high", "description": "d"})
    task = made.json()
    assert (made.status_code, made.headers["ETag"]) == (201, tag(user, f"/tasks/{task['id']}"))
    assert made.headers["Location"] == f"/api/v1/tasks/{task['id']}"
    assert (task["project_id"], task["priority"], task["status"]) == (project["id"], "HIGH", "TODO")
    assert read(user, made.headers["Location"]) == task
    outside = make_task(user)
    assert found(user, f"{one}/tasks") == [task]
    assert found(user, "/tasks") == [outside, task]
    named = make_task(user, f"{one}/tasks", project_id=project["id"].upper(), completed=True)
    assert named["project_id"] == project["id"]
    assert read(user, one)["task_counts"] == {"todo": 1, "in_progress": 0, "done": 1}
    assert user.head(f"{one}/tasks").status_code == 200
    assert found(user, f"/projects/{project['id'].upper()}/tasks", sort_order="asc") == [task, named]
    for method in ["PUT", "PATCH", "DELETE"]:
        refused(user.request(method, f"{one}/tasks", json={}), 405, "method_not_allowed")
    refused(user.get(f"{one}/tasks/{task['id']}"), 404, "not_found")


def test_another_project_in_the_body(user, stranger, project, one):
    other = make(user, "projects")
    for foreign in [other["id"], make(stranger, "projects")["id"], NOBODYS, None]:
        wrong(user.post(f"{one}/tasks", json={"title": "x", "project_id": foreign}), "project_id")
    for value in ["", "x", "none", 7, [], {}]:
        wrong(user.post(f"{one}/tasks", json={"title": "x", "project_id": value}), "project_id")
    wrong(user.post(f"{one}/tasks", json={"title": "x", "category_id": NOBODYS}), "category_id")
    wrong(user.post(f"{one}/tasks", json={}), "title")
    wrong(user.post(f"{one}/tasks", json={"title": "x", "name": "y"}), "name")
    assert found(user, f"{one}/tasks") == []
    assert read(user, one) == project


def test_own_ids_inside_a_project(user, project, one):
    body = {"id": new_id(), "title": "x"}
    task = make_task(user, f"{one}/tasks", **body)
    again = user.post(f"{one}/tasks", json=body)
    assert (again.status_code, again.json()) == (200, task)
    assert user.post("/tasks", json=body).json() == task
    refused(user.post(f"{one}/tasks", json={**body, "title": "y"}), 409, "id_taken", "id")
    other = f"/projects/{make(user, 'projects')['id']}/tasks"
    refused(user.post(other, json=body), 409, "id_taken", "id")
    outside = make_task(user, id=new_id())
    refused(user.post(f"{one}/tasks", json={"id": outside["id"], "title": outside["title"]}), 409, "id_taken",
            "id")
    assert found(user, f"{one}/tasks") == [task]
    assert found(user, other) == []


def test_the_tasks_of_a_strangers_project(stack, user, stranger, project, one):
    task = make_task(user, f"{one}/tasks", title="secret")
    for answer in [stranger.get(f"{one}/tasks"), stranger.get(f"{one}/tasks?limit=1&search=s"),
                   stranger.post(f"{one}/tasks", json={"title": "x"}),
                   stranger.post(f"{one}/tasks", json={"title": "x", "project_id": project["id"]}),
                   stranger.post(f"{one}/tasks", json={"title": "x"}, headers={"Idempotency-Key": "k"})]:
        refused(answer, 403, "forbidden")
        [line] = stack.log(event="foreign_access", request_id=answer.headers["X-Request-Id"])
        assert (line["resource"], line["id"], line["user"]) == ("projects", project["id"], stranger.id)
    assert found(user, f"{one}/tasks") == [task]
    assert found(stranger, "/tasks") == []
    for bad in ["x", "none", NOBODYS]:
        refused(stranger.get(f"/projects/{bad}/tasks"), 404, "not_found")
        refused(stranger.post(f"/projects/{bad}/tasks", json={"title": "x"}), 404, "not_found")


def test_a_strangers_project_with_my_id(user, stranger, project, one):
    """The path means mine, if both exist."""
    mine = make_task(user, f"{one}/tasks")
    make(stranger, "projects", id=project["id"])
    hers = make_task(stranger, f"{one}/tasks")
    assert found(user, f"{one}/tasks") == [mine]
    assert found(stranger, f"{one}/tasks") == [hers]
    stranger.delete(one)
    assert found(user, f"{one}/tasks") == [mine]
    refused(stranger.get(f"{one}/tasks"), 403, "forbidden")


def test_a_projects_list_has_the_filters_and_orders_of_all(user, project, one):
    make_task(user, title="outside")
    category, tasks = make(user, "categories"), []
    columns = itertools.product(["TODO", "IN_PROGRESS", "DONE"], ["LOW", "URGENT"])
    for number, (status, priority) in enumerate(columns):
        tasks.append(make_task(user, f"{one}/tasks", title=f"t{number % 3}", status=status, priority=priority,
                               category_id=category["id"] if number % 2 else None,
                               due_date=f"2026-01-0{6 - number}T00:00:00Z"))
    path = f"{one}/tasks"
    for query, wanted in [
        ({"status": "todo,done"}, [5, 4, 1, 0]), ({"priority": "URGENT"}, [5, 3, 1]),
        ({"completed": "true"}, [5, 4]),
        ({"category_id": "none"}, [4, 2, 0]), ({"category_id": category["id"]}, [5, 3, 1]),
        ({"category_id": NOBODYS}, []),
        ({"search": "T1"}, [4, 1]), ({"due_date_from": "2026-01-03", "due_date_to": "2026-01-05"}, [3, 2, 1]),
        ({"sort_by": "due_date", "sort_order": "asc"}, [5, 4, 3, 2, 1, 0]),
        ({"sort_by": "position", "sort_order": "asc"}, [0, 1, 2, 3, 4, 5]),
        ({"sort_by": "title", "sort_order": "asc"}, [0, 3, 1, 4, 2, 5]),
        ({"sort_by": "priority", "sort_order": "asc"}, [0, 2, 4, 1, 3, 5]),
        ({"sort_by": "updated_at"}, [5, 4, 3, 2, 1, 0]),
    ]:
        wanted = [tasks[number] for number in wanted]
        assert found(user, path, **query) == wanted, query
        assert pages_by_cursor(user, path, {**query, "limit": 2}) == wanted, query
    page = user.get(path, params={"limit": 2, "offset": 4}).json()
    assert (page["total"], page["count"], page["offset"], page["next_cursor"]) == (6, 2, 4, None)


@pytest.mark.parametrize("query, field", [("project_id=none", "project_id"), ("archived=maybe", "archived"),
                                          ("limit=0", "limit"), ("limit=201", "limit"),
                                          ("offset=10001", "offset"), ("status=DOING", "status"),
                                          ("sort_by=name", "sort_by"), ("search=", "search"),
                                          ("category_id=x", "category_id"),
                                          ("due_date_from=2026-01-02&due_date_to=2026-01-01", "due_date_to")])
def test_queries_of_a_projects_list(user, one, query, field):
    wrong(user.get(f"{one}/tasks?{query}"), field)


def test_a_cursor_belongs_to_its_project(user, one):
    for _ in range(3):
        make_task(user, f"{one}/tasks")
    other = f"/projects/{make(user, 'projects')['id']}/tasks"
    cursor = user.get(f"{one}/tasks?limit=1").json()["next_cursor"]
    for path in [other, "/tasks", "/projects"]:
        refused(user.get(path, params={"cursor": cursor}), 400, "invalid_cursor", "cursor")
    assert user.get(f"{one}/tasks", params={"cursor": cursor}).json()["count"] == 2
