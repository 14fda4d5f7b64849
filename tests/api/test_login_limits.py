"""Attempts are counted with the limits of the contract: 5 a minute on an account and 20
from an address, 10 registrations an hour. Each test has an account and a network of its own."""

import itertools

import pytest

from client import at_once
from contract import refused

WRONG = "Wrong-Horse-7"
networks = itertools.count(1)


@pytest.fixture(scope="module")
def limited(restart_stack, connect):
    """A client of a stack with the limits that it has by default."""
    return connect(restart_stack(settings={
        "LIMIT_LOGIN_ACCOUNT": "5/60", "LIMIT_LOGIN_ADDRESS": "20/60", "LIMIT_REGISTER_ADDRESS": "10/3600"}))


@pytest.fixture
def network(limited):
    """network(host): the client at that host of a /24 network that no other test uses."""
    number = next(networks)
    return lambda host, offset=0: limited.from_address(f"127.{number}.{offset}.{host}")


@pytest.fixture
def email(network):
    return network(250).register().json()["email"]


def try_login(client, email, password=WRONG):
    return client.post("/auth/login", json={"email": email, "password": password})


def statuses(answers):
    return [answer.status_code for answer in answers]


def pass_time(stack, seconds):
    """Makes what was counted older."""
    stack.ask("UPDATE rate_limits SET window_started_at = window_started_at - %s * interval '1 s',"
              " window_ends_at = window_ends_at - %s * interval '1 s',"
              " expires_at = expires_at - %s * interval '1 s'", seconds, seconds, seconds)


def test_the_sixth_attempt_from_one_network(network, email):
    answers = [try_login(network(host), email) for host in range(1, 7)]
    assert statuses(answers) == [401] * 5 + [429]
    refused(answers[-1], 429, "too_many_requests")
    assert 50 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert try_login(network(7), email, "Correct-Horse-7").status_code == 429
    assert try_login(network(8), email.upper()).status_code == 429


def test_known_and_unknown_addresses_alike(network, email):
    known = [try_login(network(1), email) for _ in range(6)]
    unknown = [try_login(network(2), "nobody-" + email) for _ in range(6)]
    assert statuses(known) == statuses(unknown)
    assert set(known[-1].json()) == set(unknown[-1].json())
    assert abs(int(known[-1].headers["Retry-After"]) - int(unknown[-1].headers["Retry-After"])) <= 2


def test_the_owner_gets_in_from_another_network(network, email):
    user = network(1, offset=1).log_in(email)
    assert statuses(try_login(network(1), email) for _ in range(6))[-1] == 429
    assert user.get("/users/me").status_code == 200
    network(1, offset=2).log_in(email)


def test_success_resets_the_count(network, email):
    for _ in range(3):
        assert statuses(try_login(network(1), email) for _ in range(4)) == [401] * 4
        network(2).log_in(email)
    assert statuses(try_login(network(1), email) for _ in range(6)) == [401] * 5 + [429]


def test_time_resets_the_count_and_doubles_the_wait(network, limited, email):
    client = network(1)
    assert statuses(try_login(client, email) for _ in range(7)) == [401] * 5 + [429] * 2
    pass_time(limited.stack, 61)
    answers = [try_login(client, email) for _ in range(6)]
    assert statuses(answers) == [401] * 5 + [429]
    assert 110 <= int(answers[-1].headers["Retry-After"]) <= 120
    pass_time(limited.stack, 121)
    client.log_in(email)
    assert statuses(try_login(client, email) for _ in range(5)) == [401] * 5


def test_twenty_attempts_from_one_address(network):
    client = network(1)
    answers = [try_login(client, f"nobody-{number}@example.org") for number in range(21)]
    assert statuses(answers) == [401] * 20 + [429]
    assert try_login(network(2), "nobody-99@example.org").status_code == 401


def test_fifty_attempts_on_one_account_from_anywhere(network, email):
    for offset in range(10):
        answers = [try_login(network(host, offset), email) for host in range(1, 6)]
        assert statuses(answers) == [401] * 5
    answer = try_login(network(1, 10), email)
    refused(answer, 429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 60


def test_a_flood_from_one_address_does_not_lock_the_owner_out(network, email):
    assert statuses(try_login(network(1), email) for _ in range(51)) == [401] * 5 + [429] * 46
    network(1, 1).log_in(email)


def test_a_patient_flood_from_one_network_does_not_lock_the_owner_out(network, limited, email):
    """As much as each minute lets through, for an hour."""
    for _ in range(30):
        for host in range(1, 6):
            assert try_login(network(host), email).status_code == 401
        pass_time(limited.stack, 61)
    network(1, 1).log_in(email)


def test_many_networks_do_not_lock_the_owner_out_of_a_network_of_his_own(network, email):
    network(1, 100).log_in(email)
    for offset in range(10):
        assert statuses(try_login(network(host, offset), email) for host in range(1, 6)) == [401] * 5
    refused(try_login(network(1, 101), email, "Correct-Horse-7"), 429, "too_many_requests")
    network(2, 100).log_in(email)


def test_attempts_at_once_are_counted_exactly(network, email):
    answers = at_once(*[lambda host=host: try_login(network(host), email) for host in range(1, 17)])
    assert sorted(statuses(answers)) == [401] * 5 + [429] * 11


def test_changing_the_password_is_limited_like_a_login(network, email):
    user = network(1).log_in(email)
    body = {"current_password": WRONG, "new_password": "New-Horse-7"}
    answers = [user.post("/auth/change-password", json=body) for _ in range(3)]
    answers += [user.delete("/users/me", json={"password": WRONG}) for _ in range(3)]
    assert statuses(answers) == [403] * 5 + [429]
    assert user.get("/users/me").status_code == 200


def test_ten_registrations_from_one_address(network):
    client = network(1)
    for _ in range(10):
        client.register()
    answer = client.register(expect=429)
    refused(answer, 429, "too_many_requests")
    assert 3500 <= int(answer.headers["Retry-After"]) <= 3600
    refused(client.register(expect=400, username="x"), 400, "validation_failed", "username")
    network(2).register()


def test_refusals_are_logged_and_counted(network, limited, email):
    answer = [try_login(network(1), email) for _ in range(6)][-1]
    [line] = limited.stack.log(event="attempt_limited", request_id=answer.headers["X-Request-Id"])
    assert line["path"] == "/api/v1/auth/login" and line["ip"].startswith("127.")
    assert 'daybook_login_attempts_total{result="limited"}' in limited.get("/metrics").text


def test_wrong_registrations_tell_of_few_addresses(network, email):
    """They make no account, so they count apart; past the limit only what is wrong by itself is told."""
    client = network(1)
    answers = [client.register(expect=400, email=email, password="x") for _ in range(11)]
    told = [any(detail["field"] == "email" for detail in answer.json()["details"]) for answer in answers]
    assert told == [True] * 10 + [False]
    client.register()


def test_closed_registration(restart_stack, connect, limited):
    """The last test here: the stack has other settings afterwards."""
    stack = restart_stack(settings={"REGISTRATION": "closed"})
    refused(connect(stack).register(expect=403), 403, "registration_closed")
    restart_stack()
