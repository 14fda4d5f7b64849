"""What the web server says of a client's address: a plain one counts and is shown, anything else is as
good as nothing and harms nobody."""

import json
import uuid

import pytest

from chaos_client import PASSWORD
from fastcgi import Pool, ask
from stack import parse

# Windows that no machine is too slow for.
LIMITS = {"LIMIT_LOGIN_ACCOUNT": "5/86400", "LIMIT_LOGIN_ADDRESS": "20/86400",
          "LIMIT_REGISTER_ADDRESS": "10/86400"}
NO_ADDRESSES = [None, "", "unix:", "unknown", "fe80::1%eth0", "192.0.2.1:443", "[::1]:80", "[::1]",
                "192.0.2.1, 192.0.2.2", "192.0.2.0/24", "192.0.2.256", "localhost", "\u00e4" * 300]


@pytest.fixture(scope="module")
def pool(stack):
    """A worker with the limits that Daybook has by default, and no web server before it."""
    with Pool(stack, "addresses", 1, **LIMITS) as pool:
        yield pool


def post(pool, path, body, address):
    return ask(pool.path, "POST", f"/api/v1/auth/{path}", json.dumps(body).encode(), address=address)


def account():
    return {"email": f"{uuid.uuid4()}@example.org", "password": PASSWORD}


def register(pool, address, **members):
    given = {**account(), **members}
    return given, post(pool, "register", {**given, "username": f"a{uuid.uuid4().hex[:20]}"}, address)


def statuses(answers):
    return [answer.status for answer in answers]


def stored(stack, session):
    return stack.ask("SELECT host(ip) FROM sessions WHERE id = %s", session)


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_address_is_nobodys(stack, pool, address):
    given, made = register(pool, address)
    assert made.status == 201
    login = post(pool, "login", given, address)
    assert login.status == 200
    assert stored(stack, login.body["session_id"]) == [(None,)]
    token = f"Bearer {login.body['access_token']}"
    sessions = ask(pool.path, "GET", "/api/v1/auth/sessions", address=address, authorization=token)
    assert [session["ip"] for session in sessions.body["sessions"]] == [None]
    refreshed = post(pool, "refresh", {"refresh_token": login.body["refresh_token"]}, address)
    assert refreshed.status == 200
    assert [worker.poll() for worker in pool.workers] == [None]


def test_nobody_is_limited_by_what_is_no_address(pool):
    assert set(statuses(register(pool, "unix:")[1] for _ in range(12))) == {201}
    assert set(statuses(post(pool, "login", account(), "unix:") for _ in range(22))) == {401}


def test_an_account_is_limited_wherever_the_attempts_come_from(pool):
    given = account()
    answers = [post(pool, "login", given, address) for address in ("unix:", None, "[::1]:80") * 2]
    assert statuses(answers) == [401] * 5 + [429]


@pytest.mark.parametrize("said, shown", [
    ("2001:0DB8::0001", "2001:db8::1"), ("::ffff:192.0.2.7", "192.0.2.7"), ("::1", "::1"),
    ("198.51.100.7", "198.51.100.7")])
def test_an_address_is_shown_as_one_writes_it(stack, pool, said, shown):
    given, _ = register(pool, said)
    login = post(pool, "login", given, said)
    assert stored(stack, login.body["session_id"]) == [(shown,)]
    assert any(line.get("ip") == shown for line in parse(pool.log.read_bytes()))


@pytest.mark.parametrize("address", [
    "192.0.2.8", "2001:db8:0:1::{:x}", "2001:db8:0:2:{:x}:{:x}:1:1", "::ffff:192.0.2.9"])
def test_one_client_is_limited_by_its_network(pool, address):
    addresses = [address.format(number, 65535 - number) for number in range(40)]
    assert statuses(register(pool, at)[1] for at in addresses[:30]) == [201] * 10 + [429] * 20
    assert statuses(post(pool, "login", account(), at) for at in addresses) == [401] * 20 + [429] * 20


def test_an_address_in_the_form_of_ipv6_is_the_ipv4_address(pool):
    answers = [post(pool, "login", account(), f"{prefix}203.0.113.9") for prefix in ("", "::ffff:") * 11]
    assert statuses(answers) == [401] * 20 + [429] * 2
    assert post(pool, "login", account(), "203.0.113.10").status == 401


def test_neighbours_are_others(pool):
    """Another /64, another IPv4 address."""
    for address in ("2001:db8:0:3::{}", "198.51.100.{}"):
        assert set(statuses(post(pool, "login", account(), address.format(1)) for _ in range(21))) == {401, 429}
    assert post(pool, "login", account(), "2001:db8:0:4::1").status == 401
    assert post(pool, "login", account(), "198.51.100.2").status == 401
