"""What a user wants to be told: defaults without a row, and each member changed by itself."""

import pytest

from contract import faults, refused
from resources import stale, tag

PATH = "/users/me/preferences"
DEFAULTS = {"email_notifications": True, "deadline_threshold": "24h",
            "notification_types": {"DEADLINE_APPROACHING": True, "OVERDUE": True, "REMINDER": True}, "version": 1}


@pytest.fixture(params=["PATCH", "PUT"])
def change(request, user):
    """change({…}): PATCH and PUT are the same merge."""
    return lambda body, **options: user.request(request.param, PATH, json=body, **options)


def test_who_changed_nothing_reads_the_defaults(user):
    assert user.get(PATH).json() == DEFAULTS
    assert user.stack.ask("SELECT count(*) FROM preferences WHERE user_id = %s", user.id) == [(0,)]


def test_without_a_token(client):
    for method in ("GET", "PATCH", "PUT"):
        refused(client.request(method, PATH, json={}), 401, "unauthorized")


def test_members_change_by_themselves(user, change):
    after = change({"deadline_threshold": "1w", "notification_types": {"OVERDUE": False}}).json()
    assert after == {**DEFAULTS, "deadline_threshold": "1w", "version": 2,
                     "notification_types": {"DEADLINE_APPROACHING": True, "OVERDUE": False, "REMINDER": True}}
    after = change({"notification_types": {"REMINDER": False}, "email_notifications": False}).json()
    assert after["notification_types"] == {"DEADLINE_APPROACHING": True, "OVERDUE": False, "REMINDER": False}
    assert after["email_notifications"] is False and after["deadline_threshold"] == "1w"
    assert user.get(PATH).json() == after


def test_nothing_changes_nothing(user, change):
    for body in ({}, {"notification_types": {}}):
        answer = change(body)
        assert (answer.status_code, answer.json()) == (200, DEFAULTS)
    change({"notification_types": {"OVERDUE": False}})
    before = user.get(PATH)
    assert change({"notification_types": {}}).json() == before.json()
    assert tag(user, PATH) == before.headers["ETag"]


def test_what_one_got_may_be_sent_back(user, change):
    assert change(user.get(PATH).json()).status_code == 200


@pytest.mark.parametrize("body, field, word", [
    ({"email_notifications": None}, "email_notifications", "null"),
    ({"email_notifications": "yes"}, "email_notifications", "type"),
    ({"deadline_threshold": "72h"}, "deadline_threshold", "one_of"),
    ({"deadline_threshold": "24H"}, "deadline_threshold", "one_of"),
    ({"deadline_threshold": None}, "deadline_threshold", "null"),
    ({"notification_types": None}, "notification_types", "type"),
    ({"notification_types": []}, "notification_types", "type"),
    ({"notification_types": "OVERDUE"}, "notification_types", "type"),
    ({"notification_types": {"OVERDUE": None}}, "notification_types.OVERDUE", "null"),
    ({"notification_types": {"OVERDUE": 1}}, "notification_types.OVERDUE", "type"),
    ({"notification_types": {"overdue": False}}, "notification_types.overdue", "unknown"),
    ({"notification_types": {"GOOGLE_RECONNECT": False}}, "notification_types.GOOGLE_RECONNECT", "unknown"),
    ({"OVERDUE": False}, "OVERDUE", "unknown"),
    ({"version": 0}, "version", "range"),
])
def test_what_is_refused(user, change, body, field, word):
    assert faults(refused(change(body), 400, "validation_failed", field)) == [(field, word)]
    assert user.get(PATH).json() == DEFAULTS


def test_all_that_is_wrong_is_told(change):
    refused(change({"deadline_threshold": "x", "notification_types": {"A": 1, "OVERDUE": 2}, "b": 3}), 400,
            "validation_failed", "deadline_threshold", "notification_types.A", "notification_types.OVERDUE", "b")


def test_conditions_hold_from_the_first_change_on(user, change):
    """The tag and the version of the defaults are those of the row that the first change makes."""
    first = tag(user, PATH)
    stale(change({"deadline_threshold": "48h"}, headers={"If-Match": '"another"'}), user, PATH)
    stale(change({"deadline_threshold": "48h", "version": 7}), user, PATH, 409)
    assert tag(user, PATH) == first
    assert change({"deadline_threshold": "48h"}, headers={"If-Match": first}).status_code == 200
    stale(change({"deadline_threshold": "1w"}, headers={"If-Match": first}), user, PATH)
    stale(change({"deadline_threshold": "1w", "version": 1}), user, PATH, 409)
    assert change({"deadline_threshold": "1w", "version": 2}).json()["version"] == 3


def test_a_tag_is_nobody_elses(user, stranger):
    assert tag(user, PATH) != tag(stranger, PATH)
    assert user.get(PATH, headers={"If-None-Match": tag(user, PATH)}).status_code == 304
    assert user.get(PATH, headers={"If-None-Match": tag(stranger, PATH)}).status_code == 200
