"""Versions: ETag, If-None-Match, If-Match, the member `version`, and no lost update."""

import random

import pytest

from client import at_once
from contract import refused
from people import somebody
from resources import stale, tag

user = somebody()


@pytest.fixture
def task(user):
    """At version 2."""
    made = user.post("/tasks", json={"title": "a"}).json()
    return user.patch(f"/tasks/{made['id']}", json={"title": "b"}).json()


@pytest.fixture
def one(task):
    return f"/tasks/{task['id']}"


@pytest.fixture
def spell(user, one):
    """spell(text): a condition in which NOW stands for the task's entity tag."""
    now = tag(user, one)
    return lambda text: {"If-Match": text.replace("NOW", now).encode("latin-1")}


def every_change(user, one, **options):
    """One answer of each kind of change."""
    return [user.patch(one, json={"title": "c"}, **options), user.put(one, json={"title": "c"}, **options),
            user.patch(one, json={}, **options),
            user.patch(f"{one}/complete", json={"completed": True}, **options),
            user.post(f"{one}/move", json={"status": "DONE"}, **options), user.delete(one, **options)]


def test_every_answer_with_a_task_has_its_etag(user):
    made = user.post("/tasks", json={"title": "a"})
    one = f"/tasks/{made.json()['id']}"
    tags = [made.headers["ETag"]]
    assert user.get(one).headers["ETag"] == user.head(one).headers["ETag"] == tags[0]
    for change in [lambda: user.patch(one, json={"title": "b"}), lambda: user.put(one, json={"title": "c"}),
                   lambda: user.patch(f"{one}/complete", json={"completed": True}),
                   lambda: user.post(f"{one}/move", json={})]:
        tags.append(change().headers["ETag"])
        assert tag(user, one) == tags[-1]
    assert len(set(tags)) == len(tags)
    assert user.patch(one, json={}).headers["ETag"] == tags[-1]
    assert "ETag" not in user.delete(one).headers
    assert "ETag" not in user.get("/tasks").headers
    assert "ETag" not in user.get(one).headers


# Reading.


@pytest.mark.parametrize("known", ["NOW", "W/NOW", "*", '"1", NOW', '"1",NOW,"3"', 'W/"1", W/NOW', 'NOW , "1"',
                                   ",, NOW", 'NOW,,"1",'])
def test_what_is_known_is_not_sent_again(user, one, known):
    now = tag(user, one)
    for method in ["GET", "HEAD"]:
        answer = user.request(method, one, headers={"If-None-Match": known.replace("NOW", now)})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", now)
        assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("known", ['"1"', '"2"', "2", "", "W/", '"', "x", "w/NOW", '"W/2"', "**", ",", "NOWx",
                                   '"2', "*, NOW"])
def test_what_is_not_known_is_sent(user, task, one, known):
    answer = user.get(one, headers={"If-None-Match": known.replace("NOW", tag(user, one))})
    assert (answer.status_code, answer.json()) == (200, task)


def test_a_list_is_never_known(user):
    assert user.get("/tasks", headers={"If-None-Match": "*"}).status_code == 200


def test_what_does_not_exist_is_not_unchanged(user, stranger, one):
    assert stranger.get(one, headers={"If-None-Match": "*"}).status_code == 403
    user.delete(one)
    assert user.get(one, headers={"If-None-Match": "*"}).status_code == 404


# Writing.


@pytest.mark.parametrize("condition", ["NOW", "*", '"1", NOW', 'NOW,"9"', "W/NOW", 'W/"1", W/NOW', '"x" ,\tNOW',
                                       "NOW ,", ",,NOW", '"a",,NOW'])
def test_a_condition_that_holds(user, one, spell, condition):
    headers = spell(condition)
    assert user.patch(one, json={}, headers=headers).status_code == 200
    assert user.patch(one, json={"title": "c"}, headers=headers).json()["version"] == 3
    again = user.delete(one, headers=headers)
    assert again.status_code == (204 if condition == "*" else 412)


@pytest.mark.parametrize("space", [" ", "\t", " \t "])
def test_white_space_behind_a_header(user, one, space):
    now = tag(user, one)
    assert user.get(one, headers={"If-None-Match": now + space}).status_code == 304
    assert user.get(one, headers={"If-None-Match": "*" + space}).status_code == 304
    assert user.patch(one, json={"title": "c"}, headers={"If-Match": "*" + space}).status_code == 200
    made = user.post("/tasks", data='{"title": "x"}', headers={"Content-Type": "application/json" + space,
                                                               "Idempotency-Key": "a-key-with-space" + space})
    assert made.status_code == 201


@pytest.mark.parametrize("condition", ['"1"', '"2"', 'W/"2"', '"1", "3"', '""', '"02"', '"2 "', '" 2"', '"W/2"',
                                       '"99999999999999999999"', '"x"', '"2,2"', "\"'; --\"", '"\xe9"', ",",
                                       ", , ,", '"*"'])
def test_a_condition_that_fails(user, one, spell, condition):
    for answer in every_change(user, one, headers=spell(condition)):
        stale(answer, user, one)
    assert user.get(one).json()["version"] == 2


@pytest.mark.parametrize("condition", ["2", '"2', '2"', '"1" "2"', '"1";"2"', "W/", "W/2", "w/NOW", "*, NOW",
                                       "NOW, *", "**", "NOWx", "'2'", '"1",2', ";", "x", "W/ NOW", "* NOW"])
def test_a_condition_that_is_none(user, task, one, spell, condition):
    for answer in every_change(user, one, headers=spell(condition)):
        refused(answer, 400, "bad_request")
    for answer in every_change(user, one, headers={"If-None-Match": spell(condition)["If-Match"]}):
        refused(answer, 400, "bad_request")
    assert user.get(one).json() == task


def test_any_number_of_tags(user, one):
    """As many as the web server takes in one header."""
    tags = ", ".join(f'"{number}"' for number in range(1000))
    assert len(tags) > 6000
    stale(user.patch(one, json={"title": "c"}, headers={"If-Match": tags}), user, one)
    answer = user.patch(one, json={"title": "c"}, headers={"If-Match": f"{tags}, {tag(user, one)}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("condition", ["*", "NOW", "W/NOW", '"1", NOW', ",,NOW,"])
def test_what_must_not_match_does(user, one, condition):
    for answer in every_change(user, one, headers={"If-None-Match": condition.replace("NOW", tag(user, one))}):
        stale(answer, user, one)
    assert user.get(one).json()["version"] == 2


@pytest.mark.parametrize("condition", ['"1"', 'W/"2"', '""', ","])
def test_what_must_not_match_does_not(user, one, condition):
    headers = {"If-None-Match": condition}
    assert user.patch(one, json={"title": "c"}, headers=headers).json()["version"] == 3
    assert user.post(f"{one}/move", json={}, headers=headers).json()["version"] == 4
    assert user.delete(one, headers=headers).status_code == 204


def test_the_member_version(user, task, one):
    for body in [{"title": "c"}, {}, {"completed": True}]:
        for version in [1, 3, 1_000_000]:
            stale(user.patch(one, json={**body, "version": version}), user, one, 409)
    stale(user.patch(f"{one}/complete", json={"completed": True, "version": 1}), user, one, 409)
    stale(user.post(f"{one}/move", json={"version": 1}), user, one, 409)
    assert user.patch(one, json={"version": 2}).json() == task
    assert user.put(one, json={"version": 2, "title": "c"}).json()["version"] == 3
    assert user.patch(f"{one}/complete", json={"completed": True, "version": 3}).json()["version"] == 4
    assert user.post(f"{one}/move", json={"version": 4}).json()["version"] == 5


@pytest.mark.parametrize("version", [0, -1, 1.5, "2", None, True, [2]])
def test_a_version_that_is_none(user, task, one, version):
    answer = user.patch(one, json={"title": "c", "version": version})
    refused(answer, 400, "validation_failed", "version")
    assert user.get(one).json() == task


def test_both_conditions_must_hold(user, one):
    now = tag(user, one)
    for status, version, match in [(409, 1, now), (412, 2, '"1"'), (412, 1, '"1"'), (409, 1, "*"), (409, 3, f"W/{now}")]:
        for body in [{"title": "c"}, {}]:
            answer = user.patch(one, json={**body, "version": version}, headers={"If-Match": match})
            stale(answer, user, one, status)
    answer = user.patch(one, json={"title": "c", "version": 2}, headers={"If-Match": now, "If-None-Match": '"1"'})
    assert answer.status_code == 200


def test_a_wrong_body_is_told_before_a_stale_version(user, one):
    answer = user.patch(one, json={"title": "", "version": 1}, headers={"If-Match": '"1"'})
    refused(answer, 400, "validation_failed", "title")


def test_a_version_means_nothing_to_a_create(user):
    answer = user.post("/tasks", json={"title": "a", "version": 7}, headers={"If-Match": '"7"'})
    assert (answer.status_code, answer.json()["version"]) == (201, 1)


def test_conditions_on_what_is_not_there(user, stranger, one):
    now = tag(user, one)
    user.delete(one)
    for headers in [{"If-Match": "*"}, {"If-Match": now}, {"If-None-Match": "*"}, {"If-None-Match": now}]:
        assert user.patch(one, json={"title": "x"}, headers=headers).status_code == 404
        assert user.patch(one, json={}, headers=headers).status_code == 404
        assert user.post(f"{one}/move", json={}, headers=headers).status_code == 404
        assert user.delete(one, headers=headers).status_code == 404
        assert stranger.patch(one, json={"title": "x"}, headers=headers).status_code == 404


def test_nothing_sent_changes_nothing(user, task, one):
    now = tag(user, one)
    for body in [{}, {"version": 2}, {"id": "x", "created_at": 1, "updated_at": None, "position": "first"}]:
        for method in ["PATCH", "PUT"]:
            answer = user.request(method, one, json=body)
            assert (answer.status_code, answer.json(), answer.headers["ETag"]) == (200, task, now)


def test_the_same_values_are_a_change(user, task, one):
    answer = user.patch(one, json={"title": task["title"]}).json()
    assert answer == {**task, "version": 3, "updated_at": answer["updated_at"]}
    assert answer["updated_at"] > task["updated_at"]


def test_without_a_condition_the_last_write_wins(user, one):
    at_once(*[lambda n=n: user.patch(one, json={"title": str(n)}) for n in range(10)])
    assert user.get(one).json()["version"] == 12


# At once.


def test_one_of_many_wins(user, one):
    now = tag(user, one)
    answers = at_once(*[lambda n=n: user.patch(one, json={"title": str(n)}, headers={"If-Match": now})
                        for n in range(12)])
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert {answer.status_code for answer in answers} == {200, 412}
    for answer in answers:
        if answer.status_code == 412:
            assert answer.json()["current"] == won[0]
    assert user.get(one).json() == won[0]


def test_one_of_many_deletes(user, one):
    now = tag(user, one)
    answers = at_once(*[lambda: user.delete(one, headers={"If-Match": now}) for _ in range(8)])
    assert sorted(answer.status_code for answer in answers) == [204] + [404] * 7


def test_no_update_is_lost(user):
    """Twenty writers on five tasks; each adds a word to what it has read."""
    tasks = [user.post("/tasks", json={"title": "x", "description": ""}).json()["id"] for _ in range(5)]
    tries = 12

    def write(writer):
        dice, added = random.Random(writer), []
        for number in range(tries):
            read = user.get(f"/tasks/{dice.choice(tasks)}")
            task, word = read.json(), f"{writer}.{number}"
            condition, refusal = {"headers": {"If-Match": read.headers["ETag"]}}, 412
            body = {"description": f"{task['description']}{word} "}
            if number % 2:
                condition, refusal = {}, 409
                body["version"] = task["version"]
            answer = user.patch(f"/tasks/{task['id']}", json=body, **condition)
            assert answer.status_code in (200, refusal), answer.text
            if answer.status_code == 200:
                added.append((task["id"], word))
        return added

    added = [pair for pairs in at_once(*[lambda w=w: write(w) for w in range(20)]) for pair in pairs]
    for task_id in tasks:
        task = user.get(f"/tasks/{task_id}").json()
        words = [word for task_word, word in added if task_word == task_id]
        assert sorted(task["description"].split()) == sorted(words)
        assert task["version"] == len(words) + 1
