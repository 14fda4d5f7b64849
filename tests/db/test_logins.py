"""Logging in: whose attempts count where, and how a session begins."""

import itertools
import uuid

import psycopg2
import pytest

from database import HASH, begin, query

OTHER_HASH = "$2b$04$" + "y" * 53
hosts = itertools.count(1)


@pytest.fixture
def login(database):
    """A connection as the workers have it that take passwords."""
    connection = database.connect("daybook_login")
    yield connection
    connection.close()


@pytest.fixture
def attempt(login):
    """attempt(email, address, account=(5, 60), client=(20, 60)): the seconds to wait, or 0."""

    def take(email, address, account=(5, 60), client=(20, 60)):
        network = address and address.rpartition(".")[0] + ".0/24"
        return query(login, "SELECT take_login_attempt(%s, %s, %s, %s, %s, %s, %s)", email, address, network,
                     *account, *client)[0][0]

    return take


@pytest.fixture
def network():
    """network(host): an address of a /24 that no other test uses; with another number, of another one."""
    number = next(hosts)
    return lambda host, other=0: f"10.{number}.{other}.{host}"


def open_session(connection, user, checked_hash=HASH, session=None, ip="127.0.0.1", network="127.0.0.0/24",
                 agent="pytest", lifetime_s=3600, new_hash=None):
    return query(connection, "SELECT * FROM open_session(%s, %s, %s, %s, %s, %s, %s, %s)", user.id, checked_hash,
                 session or str(uuid.uuid4()), agent, ip, network, lifetime_s, new_hash)


def pass_time(database, seconds):
    database.ask("UPDATE rate_limits SET window_started_at = window_started_at - %s * interval '1 s',"
                 " window_ends_at = window_ends_at - %s * interval '1 s',"
                 " expires_at = expires_at - %s * interval '1 s'", *[seconds] * 3)


def counted(database, scope, email):
    """What was counted on an account, in each network."""
    return sorted(count for (count,) in database.ask(
        "SELECT count FROM rate_limits WHERE scope = %s AND key LIKE '%%' || account_key(%s)", scope, email))


# take_login_attempt


def test_what_one_limit_refuses_does_not_count_for_the_next(database, attempt, alice, network):
    waits = [attempt(alice.email, network(1)) for _ in range(51)]
    assert waits[:5] == [0] * 5 and all(waits[5:])
    assert counted(database, "login_share", alice.email) == [5]
    assert counted(database, "login_anywhere", alice.email) == [5]
    waits = [attempt(f"{n}@nobody.org", network(2)) for n in range(40)]
    assert waits[:20] == [0] * 20 and all(waits[20:])
    assert counted(database, "login_here", "39@nobody.org") == []


def test_one_network_never_uses_up_the_account(database, attempt, alice, network):
    """It stays below its own limit for two hours."""
    for _ in range(120):
        assert [attempt(alice.email, network(host)) for host in range(1, 6)] == [0] * 5
        pass_time(database, 61)
    [anywhere] = counted(database, "login_anywhere", alice.email)
    assert anywhere <= 20
    assert attempt(alice.email, network(1, 1)) == 0


def test_five_networks_use_it_up(attempt, alice, network):
    for other in range(10):
        assert [attempt(alice.email, network(host, other)) for host in range(1, 6)] == [0] * 5
    assert attempt(alice.email, network(1, 10)) > 60


def test_a_network_with_a_spent_share_waits_like_all(database, attempt, alice, network):
    for _ in range(3):
        for host in range(1, 6):
            attempt(alice.email, network(host))
        pass_time(database, 61)
    assert counted(database, "login_share", alice.email) == [11]
    for other in range(1, 9):
        for host in range(1, 6):
            attempt(alice.email, network(host, other))
    assert attempt(alice.email, network(6)) > 60


@pytest.mark.parametrize("session, waits", [
    ({}, False), ({"last_used_at": "31 days"}, True), ({"last_used_at": "29 days"}, False)])
def test_a_network_where_the_user_was_is_left_out(database, login, attempt, alice, network, session, waits):
    session_id = str(uuid.uuid4())
    open_session(login, alice, session=session_id, ip=network(7, 200))
    for column, age in session.items():
        database.ask(f"UPDATE sessions SET {column} = now() - %s::interval WHERE id = %s", age, session_id)
    for other in range(10):
        for host in range(1, 6):
            attempt(alice.email, network(host, other))
    assert (attempt(alice.email, network(8, 200)) > 60) == waits
    assert attempt(alice.email, network(8, 201)) > 60


def test_a_network_where_the_user_was_has_its_own_limit(login, attempt, alice, network):
    open_session(login, alice, ip=network(7))
    waits = [attempt(alice.email, network(8)) for _ in range(6)]
    assert waits[:5] == [0] * 5 and 50 <= waits[5] <= 60


def test_somebody_elses_network_is_not_ones_own(login, attempt, alice, bob, network):
    open_session(login, bob, ip=network(7, 200))
    for other in range(10):
        for host in range(1, 6):
            attempt(alice.email, network(host, other))
    assert attempt(alice.email, network(7, 200)) > 60


def test_unknown_addresses_are_one_network(attempt, alice):
    waits = [attempt(alice.email, None) for _ in range(6)]
    assert waits[:5] == [0] * 5 and waits[5] > 0


def test_unknown_addresses_have_no_limit_by_client(attempt):
    assert not any(attempt(f"{uuid.uuid4()}@nobody.org", None) for _ in range(25))


def test_addresses_are_counted_in_any_case(attempt, alice, network):
    assert [attempt(alice.email.swapcase(), network(1)) for _ in range(5)] == [0] * 5
    assert attempt(alice.email, network(1)) > 0


def test_limits_that_are_off(attempt, alice, network):
    off = {"account": (0, 0), "client": (0, 0)}
    assert not any(attempt(alice.email, network(1), **off) for _ in range(60))
    assert [attempt(alice.email, network(1), client=(0, 0)) for _ in range(5)] == [0] * 5
    assert attempt(alice.email, network(1), client=(0, 0)) > 0


# find_credentials


def test_find_credentials(login, alice):
    for email in (alice.email, alice.email.upper()):
        assert query(login, "SELECT user_id, password_hash FROM find_credentials(%s)", email) == [(alice.id, HASH)]
    for email in ("nobody@example.org", "", None):
        assert query(login, "SELECT user_id, password_hash FROM find_credentials(%s)", email) == [(None, None)]


def test_the_cost_is_that_of_the_dearest_hash(database, login, alice):
    cost = "SELECT cost FROM find_credentials('nobody@example.org')"
    assert query(login, cost) == [(4,)]
    database.ask("UPDATE credentials SET password_hash = '$2b$13$' || repeat('x', 53) WHERE user_id = %s", alice.id)
    assert query(login, cost) == [(13,)]
    database.ask("UPDATE credentials SET password_hash = %s WHERE user_id = %s", HASH, alice.id)


def test_looking_up_uses_indexes(database):
    """As the function's statements are planned."""
    database.ask("SET enable_seqscan = off")
    plans = [database.ask(f"EXPLAIN {sql}") for sql in (
        "SELECT id FROM users WHERE fold(email) COLLATE \"C\" = fold('A@b.c') COLLATE \"C\"",
        "SELECT max(substr(password_hash, 5, 2)) FROM credentials")]
    database.ask("RESET enable_seqscan")
    assert "users_email_key" in str(plans[0]) and "credentials_cost" in str(plans[1])


# open_session


def test_open_session(database, login, app, alice):
    session = str(uuid.uuid4())
    email, created_at, expires_at = open_session(login, alice, session=session, lifetime_s=60)[0]
    assert email == alice.email and (expires_at - created_at).total_seconds() == 60
    assert begin(app, alice, session)
    open_session(login, alice, agent="\u00fc" * 300, ip=None, network=None)
    assert database.ask("SELECT max(length(user_agent)), count(ip) FROM sessions WHERE user_id = %s"
                        " AND id <> %s", alice.id, alice.session) == [(256, 1)]


@pytest.mark.parametrize("checked", [None, "", "x", OTHER_HASH, HASH[:-1]])
def test_no_session_without_the_hash(database, login, alice, checked):
    count = "SELECT count(*) FROM sessions WHERE user_id = %s"
    before = database.ask(count, alice.id)
    assert open_session(login, alice, checked_hash=checked) == []
    assert database.ask(count, alice.id) == before


def test_open_session_stores_a_new_hash(login, alice):
    assert open_session(login, alice, new_hash=OTHER_HASH)
    assert query(login, "SELECT password_hash FROM find_credentials(%s)", alice.email) == [(OTHER_HASH,)]
    assert open_session(login, alice) == [], "a password changed meanwhile lets nobody in"
    assert open_session(login, alice, checked_hash=OTHER_HASH)


def test_success_forgets_what_was_counted(database, login, attempt, alice, network):
    for host in range(1, 6):
        attempt(alice.email, network(host))
    open_session(login, alice, ip=network(9), network=network(0) + "/24")
    for scope in ("login_here", "login_share", "login_anywhere"):
        assert counted(database, scope, alice.email) == []


def test_at_most_100_sessions(database, login, app, alice):
    """The next one ends the one unused longest; those that have ended do not count."""
    database.ask("INSERT INTO sessions (user_id, id, created_at, last_used_at, expires_at, revoked_at, revoked_reason)"
                 " SELECT %s, gen_random_uuid(), now() - interval '3 d', now() - n * interval '1 min',"
                 " now() + interval '1 d', CASE WHEN n > 150 THEN now() END, CASE WHEN n > 150 THEN 'logout' END"
                 " FROM generate_series(1, 160) AS n", alice.id)
    live = "SELECT count(*) FROM sessions WHERE user_id = %s AND revoked_at IS NULL AND expires_at > now()"
    assert database.ask(live, alice.id) == [(151,)]
    for _ in range(3):
        session = str(uuid.uuid4())
        open_session(login, alice, session=session)
        assert database.ask(live, alice.id) == [(100,)]
        assert begin(app, alice, session) and begin(app, alice, alice.session)
    left = database.ask("SELECT max(now() - last_used_at) < interval '98 min' FROM sessions"
                        " WHERE user_id = %s AND revoked_at IS NULL", alice.id)
    assert left == [(True,)]
    assert database.ask("SELECT count(*) FROM sessions WHERE user_id = %s AND revoked_reason = 'too_many'",
                        alice.id) == [(54,)]


def test_open_session_sweeps(database, login, alice):
    database.ask("INSERT INTO sessions (user_id, id, expires_at, revoked_at, revoked_reason) VALUES"
                 " (%s, gen_random_uuid(), now() - interval '31 days', NULL, NULL),"
                 " (%s, gen_random_uuid(), now() + interval '1 day', now() - interval '31 days', 'logout'),"
                 " (%s, gen_random_uuid(), now() - interval '29 days', NULL, NULL)", *[alice.id] * 3)
    open_session(login, alice)
    assert database.ask("SELECT count(*) FROM sessions WHERE user_id = %s", alice.id) == [(3,)]


# The role


def test_a_request_of_the_role_sees_the_user_alone(database, alice, bob):
    connection = database.connect("daybook_login", autocommit=False)
    assert begin(connection, alice) == alice.id
    assert query(connection, "SELECT id FROM users") == [(alice.id,)]
    assert query(connection, "SELECT my_password_hash()") == [(HASH,)]
    assert begin(connection, bob, alice.session) is None
    assert query(connection, "SELECT count(*) FROM users") == [(0,)]
    connection.close()


@pytest.mark.parametrize("statement", [
    "SELECT * FROM tasks", "SELECT * FROM journals", "SELECT * FROM credentials", "SELECT * FROM rate_limits",
    "SELECT * FROM sessions", "UPDATE users SET name = 'x'", "DELETE FROM users", "UPDATE sessions SET id = id",
    "SELECT find_login('a@b.c')", "SELECT start_session(NULL, NULL, NULL, NULL, NULL, NULL)",
    "SELECT exists_elsewhere('tasks', NULL)", "SELECT was_there('a@b.c', NULL)", "SELECT account_key('x')"])
def test_what_the_role_may_not(database, statement):
    connection = database.connect("daybook_login")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(connection, statement)
    connection.close()


def test_a_deployment_without_the_role(app, alice):
    """Until `restrict`, the workers' own role may do all of it."""
    assert query(app, "SELECT take_login_attempt(%s, NULL, NULL, 5, 60, 0, 0)", alice.email) == [(0,)]
    assert query(app, "SELECT user_id FROM find_credentials(%s)", alice.email) == [(alice.id,)]
    assert open_session(app, alice)


def test_restrict_is_undone_by_unrestrict(database, migrate, app, alice):
    rights = ("SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'daybook'::regnamespace"
              " AND has_function_privilege('daybook_app', oid, 'EXECUTE') ORDER BY 1")
    before = database.ask(rights)
    for _ in range(2):
        assert migrate("restrict", "daybook").returncode == 0
        for call in ("SELECT * FROM find_login('a@b.c')", "SELECT * FROM find_credentials('a@b.c')",
                     "SELECT my_password_hash()",
                     "SELECT start_session(gen_random_uuid(), gen_random_uuid(), '', '', 60, NULL)"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                query(app, call)
    assert migrate("unrestrict", "daybook").returncode == 0
    assert database.ask(rights) == before
