"""Versions: ETag, If-None-Match, If-Match, the member `version`, and no lost update."""

import random

import pytest

from client import at_once


@pytest.fixture(scope="module")
def user(client):
    return client.new_user()


@pytest.fixture
def task(user):
    """At version 2."""
    made = user.post("/tasks", json={"title": "a"}).json()
    return user.patch(f"/tasks/{made['id']}", json={"title": "b"}).json()


@pytest.fixture
def one(task):
    return f"/tasks/{task['id']}"


def stale(answer, task):
    """Refused, with the task as it is now."""
    assert (answer.status_code, answer.json()["error"]) == (412, "precondition_failed"), answer.text
    assert answer.json()["current"] == task
    assert answer.headers["ETag"] == f'"{task["version"]}"'


def test_every_answer_with_a_task_has_its_etag(user):
    made = user.post("/tasks", json={"title": "a"})
    assert made.headers["ETag"] == '"1"'
    one = f"/tasks/{made.json()['id']}"
    assert user.get(one).headers["ETag"] == '"1"'
    assert user.head(one).headers["ETag"] == '"1"'
    assert user.patch(one, json={"title": "b"}).headers["ETag"] == '"2"'
    assert user.put(one, json={"title": "c"}).headers["ETag"] == '"3"'
    assert user.patch(f"{one}/complete", json={"completed": True}).headers["ETag"] == '"4"'
    assert user.patch(one, json={}).headers["ETag"] == '"4"'
    assert "ETag" not in user.delete(one).headers
    assert "ETag" not in user.get("/tasks").headers
    assert "ETag" not in user.get(one).headers


# Reading.


@pytest.mark.parametrize("known", ['"2"', 'W/"2"', "*", '"1", "2"', '"1","2","3"', 'W/"1", W/"2"',
                                   '"2" , "1"'])
def test_what_is_known_is_not_sent_again(user, one, known):
    for method in ["GET", "HEAD"]:
        answer = user.request(method, one, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", '"2"')
        assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("known", ['"1"', '"22"', '"12"', "2", '"02"', "", "W/", '"', "x", '"2', 'w/"3"',
                                   '"W/2"', "**", ","])
def test_what_is_not_known_is_sent(user, task, one, known):
    answer = user.get(one, headers={"If-None-Match": known})
    assert (answer.status_code, answer.json()) == (200, task)


def test_if_none_match_is_for_reading(user, one):
    assert user.patch(one, json={"title": "c"}, headers={"If-None-Match": '"2"'}).status_code == 200
    assert user.get("/tasks", headers={"If-None-Match": "*"}).status_code == 200


def test_what_does_not_exist_is_not_unchanged(user, stranger, one):
    assert stranger.get(one, headers={"If-None-Match": "*"}).status_code == 403
    user.delete(one)
    assert user.get(one, headers={"If-None-Match": "*"}).status_code == 404


# Writing.


@pytest.mark.parametrize("condition", ['"2"', "*", '"1", "2"', '"2","9"', 'W/"1", "2"', '"x" ,\t"2"'])
def test_a_condition_that_holds(user, one, condition):
    headers = {"If-Match": condition}
    assert user.patch(one, json={}, headers=headers).status_code == 200
    assert user.patch(one, json={"title": "c"}, headers=headers).json()["version"] == 3
    again = user.delete(one, headers=headers)
    assert again.status_code == (204 if condition == "*" else 412)


@pytest.mark.parametrize("condition", ['"1"', '"3"', 'W/"2"', '"1", "3"', 'W/"2", "1"', '""', '"02"',
                                       '"2 "', '" 2"', '"W/2"',
                                       '"99999999999999999999"', '"x"', '"2,2"', "\"'; --\"", '"\xe9"'])
def test_a_condition_that_fails(user, task, one, condition):
    headers = {"If-Match": condition.encode("latin-1")}
    stale(user.patch(one, json={"title": "c"}, headers=headers), task)
    stale(user.put(one, json={"title": "c"}, headers=headers), task)
    stale(user.patch(one, json={}, headers=headers), task)
    stale(user.patch(f"{one}/complete", json={"completed": True}, headers=headers), task)
    stale(user.delete(one, headers=headers), task)
    assert user.get(one).json() == task


@pytest.mark.parametrize("condition", ["2", '"2', '2"', '"1" "2"', '"1";"2"', "W/", "W/2", 'w/"2"',
                                       '*, "2"', '"2", *', "**",
                                       '"2"x', "'2'", '"1",2', ";", "x"])
def test_a_condition_that_is_none(user, task, one, condition):
    for answer in [user.patch(one, json={"title": "c"}, headers={"If-Match": condition}),
                   user.patch(one, json={}, headers={"If-Match": condition}),
                   user.patch(f"{one}/complete", json={"completed": True}, headers={"If-Match": condition}),
                   user.delete(one, headers={"If-Match": condition})]:
        assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")
    assert user.get(one).json() == task


def test_many_tags(user, one):
    tags = ", ".join(f'"{number}"' for number in range(10, 24))
    assert user.patch(one, json={"title": "c"}, headers={"If-Match": f'{tags}, "2"'}).status_code == 200
    answer = user.patch(one, json={"title": "d"}, headers={"If-Match": ", ".join(['"9"'] * 1000)})
    assert answer.status_code in (400, 412)


def test_the_member_version(user, task, one):
    for body in [{"title": "c"}, {}, {"completed": True}]:
        for version in [1, 3, 1_000_000]:
            stale(user.patch(one, json={**body, "version": version}), task)
    stale(user.patch(f"{one}/complete", json={"completed": True, "version": 1}), task)
    assert user.patch(one, json={"version": 2}).json() == task
    assert user.put(one, json={"version": 2, "title": "c"}).json()["version"] == 3
    assert user.patch(f"{one}/complete", json={"completed": True, "version": 3}).json()["version"] == 4


@pytest.mark.parametrize("version", [0, -1, 1.5, "2", None, True, [2]])
def test_a_version_that_is_none(user, task, one, version):
    answer = user.patch(one, json={"title": "c", "version": version})
    assert (answer.status_code, [d["field"] for d in answer.json()["details"]]) == (400, ["version"])
    assert user.get(one).json() == task


def test_both_conditions_must_hold(user, task, one):
    stale(user.patch(one, json={"title": "c", "version": 1}, headers={"If-Match": '"2"'}), task)
    stale(user.patch(one, json={"title": "c", "version": 2}, headers={"If-Match": '"1"'}), task)
    stale(user.patch(one, json={"title": "c", "version": 1}, headers={"If-Match": "*"}), task)
    assert user.patch(one, json={"title": "c", "version": 2},
                      headers={"If-Match": '"2"'}).status_code == 200


def test_a_wrong_body_is_told_before_a_stale_version(user, task, one):
    answer = user.patch(one, json={"title": "", "version": 1}, headers={"If-Match": '"1"'})
    assert (answer.status_code, [d["field"] for d in answer.json()["details"]]) == (400, ["title"])


def test_a_version_means_nothing_to_a_create(user):
    answer = user.post("/tasks", json={"title": "a", "version": 7}, headers={"If-Match": '"7"'})
    assert (answer.status_code, answer.json()["version"]) == (201, 1)


def test_conditions_on_what_is_not_there(user, stranger, one):
    user.delete(one)
    for headers in [{"If-Match": "*"}, {"If-Match": '"2"'}]:
        assert user.patch(one, json={"title": "x"}, headers=headers).status_code == 404
        assert user.delete(one, headers=headers).status_code == 404
        assert stranger.patch(one, json={"title": "x"}, headers=headers).status_code == 404


def test_nothing_sent_changes_nothing(user, task, one):
    for body in [{}, {"version": 2}, {"id": "x", "created_at": 1, "updated_at": None, "position": "first"}]:
        for method in ["PATCH", "PUT"]:
            answer = user.request(method, one, json=body)
            assert (answer.status_code, answer.json(), answer.headers["ETag"]) == (200, task, '"2"')


def test_the_same_values_are_a_change(user, task, one):
    answer = user.patch(one, json={"title": task["title"]}).json()
    assert answer == {**task, "version": 3, "updated_at": answer["updated_at"]}
    assert answer["updated_at"] > task["updated_at"]


def test_without_a_condition_the_last_write_wins(user, one):
    at_once(*[lambda n=n: user.patch(one, json={"title": str(n)}) for n in range(10)])
    assert user.get(one).json()["version"] == 12


# At once.


def test_one_of_many_wins(user, task, one):
    answers = at_once(*[lambda n=n: user.patch(one, json={"title": str(n)}, headers={"If-Match": '"2"'})
                        for n in range(12)])
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert {answer.status_code for answer in answers} == {200, 412}
    for answer in answers:
        if answer.status_code == 412:
            assert answer.json()["current"] == won[0]
    assert user.get(one).json() == won[0]


def test_one_of_many_deletes(user, one):
    answers = at_once(*[lambda: user.delete(one, headers={"If-Match": '"2"'}) for _ in range(8)])
    assert sorted(answer.status_code for answer in answers) == [204] + [404] * 7


def test_no_update_is_lost(user):
    """Twenty writers on five tasks; each adds a word to what it has read."""
    tasks = [user.post("/tasks", json={"title": "x", "description": ""}).json()["id"] for _ in range(5)]
    tries = 12

    def write(writer):
        dice, added = random.Random(writer), []
        for number in range(tries):
            task = user.get(f"/tasks/{dice.choice(tasks)}").json()
            word = f"{writer}.{number}"
            condition = {"headers": {"If-Match": f'"{task["version"]}"'}}
            body = {"description": f"{task['description']}{word} "}
            if number % 2:
                condition, body = {}, {**body, "version": task["version"]}
            answer = user.patch(f"/tasks/{task['id']}", json=body, **condition)
            assert answer.status_code in (200, 412), answer.text
            if answer.status_code == 200:
                added.append((task["id"], word))
        return added

    added = [pair for pairs in at_once(*[lambda w=w: write(w) for w in range(20)]) for pair in pairs]
    for task_id in tasks:
        task = user.get(f"/tasks/{task_id}").json()
        words = [word for task_word, word in added if task_word == task_id]
        assert sorted(task["description"].split()) == sorted(words)
        assert task["version"] == len(words) + 1
