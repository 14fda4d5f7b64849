"""Journal entries and moods, as the tests of both make and compare them."""

from contract import faults
from resources import read

LEAST = {"journals": {"content": "Dear diary"}, "moods": {"score": 3}}
# A text that either may have, and may change.
TEXT = {"journals": "title", "moods": "note"}


def make(who, kind, **members):
    answer = who.post(f"/{kind}", json={**LEAST[kind], **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def write(who, **members):
    """A new entry."""
    return make(who, "journals", **members)


def feel(who, **members):
    """A new mood."""
    return make(who, "moods", **members)


def wrong_everywhere(user, kind, row, **members):
    """No create and no change takes these members; those that are lists may be wrong in an element."""
    one = f"/{kind}/{row['id']}"
    for answer in [user.post(f"/{kind}", json={**LEAST[kind], **members}), user.put(one, json=members),
                   user.patch(one, json=members)]:
        assert (answer.status_code, answer.json()["error"]) == (400, "validation_failed"), answer.text
        assert {field.split("[")[0] for field, _ in faults(answer)} == set(members)
    assert read(user, one) == row
