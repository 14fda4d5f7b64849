"""What an operator changes under live accounts: the cost of hashes, the key of tokens.
The tests restart one stack with new settings, in this order."""


import pytest

from client import PASSWORD, claims
from contract import refused

COST = 9
NEW_SECRET = "b1946ac92492d2347c6235b4d2611184-second-key"


@pytest.fixture(scope="module")
def served(restart_stack):
    return restart_stack()


@pytest.fixture(scope="module")
def caller(served, connect):
    return connect(served)


@pytest.fixture(scope="module")
def early(caller):
    """Somebody who is logged in from the beginning."""
    return caller.new_user()


def stored_hash(stack, user):
    [(found,)] = stack.ask("SELECT password_hash FROM credentials WHERE user_id = %s", user.id)
    return found


def test_a_login_raises_the_cost_of_its_hash(served, restart_stack, caller, early):
    assert stored_hash(served, early).startswith("$2b$04$")
    restart_stack({"BCRYPT_COST": COST, "REFRESH_GRACE_SECONDS": 0})
    wrong = caller.post("/auth/login", json={"email": early.email, "password": "Wrong-Horse-7"})
    refused(wrong, 401, "invalid_credentials")
    assert stored_hash(served, early).startswith("$2b$04$")
    early.another_session()
    assert stored_hash(served, early).startswith(f"$2b$0{COST}$")
    early.another_session()
    assert early.get("/users/me").status_code == 200


def test_a_login_lowers_the_cost_of_its_hash(served, restart_stack, caller, early):
    """Else an unknown address would have to cost what the dearest hash does, for ever."""
    restart_stack({"BCRYPT_COST": 4, "REFRESH_GRACE_SECONDS": 0})
    early.another_session()
    assert stored_hash(served, early).startswith("$2b$04$")


def test_without_grace_two_steps_behind_is_a_thief(caller):
    user = caller.new_user()
    token = user.refresh_token
    for _ in range(2):
        answer = caller.post("/auth/refresh", json={"refresh_token": token})
        token = answer.json()["refresh_token"]
    refused(caller.post("/auth/refresh", json={"refresh_token": user.refresh_token}), 401, "session_revoked")


def test_a_new_key_logs_nobody_out(served, restart_stack, caller, early):
    old = served.setting("JWT_SECRET_KEY")
    restart_stack({"JWT_SECRET_KEY": NEW_SECRET, "JWT_KEY_ID": "second", "JWT_PREVIOUS_KEYS": f"main:{old}"})
    assert early.get("/users/me").status_code == 200
    fresh = caller.post("/auth/refresh", json={"refresh_token": early.refresh_token})
    assert fresh.status_code == 200
    header, _, _ = fresh.json()["access_token"].partition(".")
    assert claims(f".{header}.")["kid"] == "second"
    assert caller.with_token(fresh.json()["access_token"]).get("/users/me").status_code == 200
    early.late_token = fresh.json()["access_token"]


def test_a_forgotten_key_is_no_longer_accepted(restart_stack, caller, early):
    restart_stack({"JWT_SECRET_KEY": NEW_SECRET, "JWT_KEY_ID": "second"})
    refused(early.get("/users/me"), 401, "unauthorized")
    assert caller.with_token(early.late_token).get("/users/me").status_code == 200
    assert caller.log_in(early.email, PASSWORD).id == early.id
