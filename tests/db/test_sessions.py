"""What happens before a user is known, and what keeps a request within its session."""

import threading
import uuid

import psycopg2
import pytest

from database import HASH, begin, open_session, query

OTHER_HASH = "$2b$04$" + "y" * 53


def refresh(connection, user, counter, grace_s=10, session=None):
    """The outcome, the new counter and the email."""
    return query(connection, "SELECT * FROM renew_session(%s, %s, %s, '127.0.0.1', '127.0.0.0/24', %s, 604800)",
                 user.id, session or user.session, counter, grace_s)[0][:3]


def refresh_ago(database, user, seconds):
    database.ask("UPDATE sessions SET refreshed_at = now() - make_interval(secs => %s)"
                 " WHERE user_id = %s", seconds, user.id)


# register_user

def test_register_answers_the_row(app):
    row = query(app, "SELECT * FROM register_user(%s, %s, %s, %s, %s, %s)", str(uuid.uuid4()),
                "Ada@Example.org", "Ada.L", None, "Europe/Berlin", HASH)[0]
    assert row[1:7] == ("Ada@Example.org", "Ada.L", None, "Europe/Berlin", False, 1)
    assert row[7] == row[8]


@pytest.mark.parametrize("change, constraint", [
    ({"email": "{other.email}"}, "users_email_key"),
    ({"email": "{OTHER.EMAIL}"}, "users_email_key"),
    ({"username": "{OTHER.USERNAME}"}, "users_username_key"),
    ({"timezone": "Mars/Olympus"}, "users_timezone_fkey"),
    ({"timezone": "berlin"}, "users_timezone_fkey"),
    ({"timezone": "posix/UTC"}, "users_timezone_fkey"),
    ({"email": "a" * 250 + "@b.de"}, "users_email_check"),
    ({"email": "a\r\nb@c.de"}, "users_email_check"),
    ({"email": "nobody"}, "users_email_check"),
    ({"username": "ab"}, "users_username_check"),
    ({"username": "a" * 31}, "users_username_check"),
    ({"username": "Zoë"}, "users_username_check"),
    ({"name": ""}, "users_name_check"),
    ({"name": "\u2003\u3000\n"}, "users_name_check"),
    ({"name": "x" * 101}, "users_name_check"),
    ({"hash": "*0"}, "credentials_password_hash_check"),
])
def test_constraints_have_names(app, alice, change, constraint):
    given = {"email": "fresh@example.org", "username": "fresh", "name": None, "timezone": "UTC",
             "hash": HASH}
    for field, value in change.items():
        value = value.replace("{other.email}", alice.email)
        value = value.replace("{OTHER.EMAIL}", alice.email.upper())
        given[field] = value.replace("{OTHER.USERNAME}", alice.username.upper())
    with pytest.raises(psycopg2.IntegrityError) as error:
        query(app, "SELECT * FROM register_user(gen_random_uuid(), %s, %s, %s, %s, %s)",
              *given.values())
    assert error.value.diag.constraint_name == constraint


# find_login, start_session

def test_find_login(app, alice):
    assert query(app, "SELECT * FROM find_login(%s)", alice.email.upper()) == [(alice.id, HASH)]
    assert query(app, "SELECT * FROM find_login('nobody@example.org')") == []


def test_find_login_uses_its_index(database):
    """As the function's statement is planned."""
    database.ask("SET enable_seqscan = off")
    plan = database.ask("EXPLAIN SELECT id FROM users WHERE fold(email) COLLATE \"C\" ="
                        " fold('A@b.c') COLLATE \"C\"")
    database.ask("RESET enable_seqscan")
    assert "users_email_key" in str(plan)


def test_start_session(database, app, alice):
    session = str(uuid.uuid4())
    email, created_at, expires_at = open_session(app, alice, session, lifetime_s=60)[0]
    assert email == alice.email and (expires_at - created_at).total_seconds() == 60
    assert begin(app, alice, session)
    query(app, "SELECT * FROM start_session(%s, %s, %s, '', 60, NULL)", alice.id, str(uuid.uuid4()),
          "ü" * 300)
    assert database.ask("SELECT max(length(user_agent)) FROM sessions WHERE user_id = %s", alice.id) == [(256,)]


def test_start_session_stores_a_new_hash(app, alice):
    assert open_session(app, alice, str(uuid.uuid4()), new_hash=OTHER_HASH, checked_hash=HASH)
    assert query(app, "SELECT password_hash FROM find_login(%s)", alice.email) == [(OTHER_HASH,)]


def test_a_password_changed_meanwhile_lets_nobody_in(app, alice):
    assert open_session(app, alice, str(uuid.uuid4()), new_hash=OTHER_HASH)
    assert open_session(app, alice, str(uuid.uuid4()), checked_hash=HASH) == []
    assert open_session(app, alice, str(uuid.uuid4()), checked_hash=OTHER_HASH)


def test_no_session_for_nobody(app, alice):
    alice.id = str(uuid.uuid4())
    assert open_session(app, alice, str(uuid.uuid4())) == []


def test_start_session_sweeps(database, app, alice):
    database.ask("INSERT INTO sessions (user_id, id, expires_at, revoked_at, revoked_reason) VALUES"
                 " (%s, gen_random_uuid(), now() - interval '31 days', NULL, NULL),"
                 " (%s, gen_random_uuid(), now() + interval '1 day', now() - interval '31 days', 'logout'),"
                 " (%s, gen_random_uuid(), now() - interval '29 days', NULL, NULL)", *[alice.id] * 3)
    open_session(app, alice, str(uuid.uuid4()))
    assert database.ask("SELECT count(*) FROM sessions WHERE user_id = %s", alice.id) == [(3,)]


# The session of a request

def test_begin(app, alice, bob):
    assert begin(app, alice) == alice.id
    assert query(app, "SELECT current_user_id()") == [(None,)]
    for user, session in ((alice, bob.session), (bob, alice.session), (alice, str(uuid.uuid4()))):
        assert begin(app, user, session) is None


def test_a_refused_request_is_nobodys(become, alice, bob):
    connection = become(alice)
    assert begin(connection, alice, bob.session) is None


@pytest.mark.parametrize("end", ["revoked_at = now(), revoked_reason = 'logout'",
                                 "expires_at = now() - interval '1 s'"])
def test_an_ended_session_is_refused(database, app, alice, end):
    database.ask(f"UPDATE sessions SET {end} WHERE user_id = %s", alice.id)
    assert begin(app, alice) is None


@pytest.mark.parametrize("plans", [["indexscan", "bitmapscan"], ["seqscan"], ["nestloop"],
                                   ["seqscan", "bitmapscan", "nestloop"]])
def test_a_session_is_named_before_it_is_looked_for(database, become, alice, bob, plans):
    connection = become(alice)
    for plan in plans:
        query(connection, f"SET enable_{plan} = off")
    assert begin(connection, bob) == bob.id
    assert begin(connection, alice) == alice.id
    database.ask("UPDATE sessions SET expires_at = now() - interval '1 day' WHERE user_id = %s", alice.id)
    assert begin(connection, alice) is None, "nor by what this connection saw before"


def test_a_named_session_is_only_seen(become, alice, bob):
    """Whoever knows the id of a living session sees its row, and can do nothing to it."""
    connection = become(alice)
    query(connection, "SELECT set_config('app.session_id', %s, true)", bob.session)
    rows = query(connection, "SELECT user_id, id FROM sessions")
    assert sorted(rows) == sorted([(alice.id, alice.session), (bob.id, bob.session)])
    revoke = "UPDATE sessions SET revoked_at = now(), revoked_reason = 'mine' WHERE id = %s"
    assert query(connection, revoke, bob.session) == 0
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(connection, "UPDATE sessions SET last_used_at = now()")


def test_workers_of_the_version_before(app, alice, bob):
    begin_request = "SELECT begin_request(%s, %s), current_user_id()"
    assert query(app, begin_request, alice.id, alice.session) == [(True, alice.id)]
    assert query(app, begin_request, alice.id, bob.session) == [(False, None)]


def test_last_used_once_a_minute_and_without_waiting(database, app, alice):
    def age(seconds):
        database.ask("UPDATE sessions SET last_used_at = now() - make_interval(secs => %s)"
                     " WHERE user_id = %s", seconds, alice.id)

    def fresh():
        return database.ask("SELECT last_used_at > now() - interval '20 s' FROM sessions"
                            " WHERE user_id = %s", alice.id) == [(True,)]

    age(50)
    assert begin(app, alice) and not fresh()
    age(61)
    holder = database.connect("postgres", autocommit=False)
    query(holder, "SELECT 1 FROM sessions WHERE user_id = %s FOR UPDATE", alice.id)
    query(app, "SET lock_timeout = 100")
    assert begin(app, alice) and not fresh()
    holder.rollback()  # unlike close() it has happened when it returns
    holder.close()
    assert begin(app, alice) and fresh()


# renew_session

def test_refresh_moves_on(app, alice):
    assert refresh(app, alice, 0) == ("ok", 1, alice.email)
    assert refresh(app, alice, 1) == ("ok", 2, alice.email)


def test_ten_refreshes_at_once(database, alice):
    results, barrier = [], threading.Barrier(10)

    def tab():
        connection = database.connect()
        barrier.wait()
        results.append(refresh(connection, alice, 0))
        connection.close()

    threads = [threading.Thread(target=tab) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [("ok", 1, alice.email)] * 10


@pytest.mark.parametrize("late_s, counter", [(11, 1), (0, 0), (0, 4), (0, -1), (0, 2**31 - 1)])
def test_an_old_or_invented_token_ends_the_session(database, app, alice, late_s, counter):
    for number in range(3):
        refresh(app, alice, number)
    refresh_ago(database, alice, late_s)
    assert refresh(app, alice, counter)[:2] == ("reused", None)
    assert begin(app, alice) is None
    assert refresh(app, alice, 3)[0] == "revoked"
    assert database.ask("SELECT revoked_reason FROM sessions WHERE user_id = %s",
                        alice.id) == [("refresh_reuse",)]


def test_a_lost_answer_waits_for_whoever_asks_again(database, app, alice):
    refresh(app, alice, 0)
    refresh_ago(database, alice, 6 * 24 * 3600)
    assert refresh(app, alice, 0) == ("ok", 1, alice.email)


def test_the_grace_is_for_two_steps(database, app, alice):
    refresh(app, alice, 0)
    refresh(app, alice, 1)
    refresh_ago(database, alice, 9)
    assert refresh(app, alice, 0) == ("ok", 2, alice.email)
    assert refresh(app, alice, 0, grace_s=5)[0] == "reused"


@pytest.mark.parametrize("ip, network, elsewhere", [
    ("192.0.2.1", "192.0.2.0/24", False), ("192.0.3.1", "192.0.3.0/24", True),
    ("2001:db8::1", "2001:db8::/64", True), (None, None, False)])
def test_a_late_answer_elsewhere(app, alice, ip, network, elsewhere):
    """The current tokens were given to 192.0.2.9."""
    renew = "SELECT new_counter, elsewhere FROM renew_session(%s, %s, 0, %s, %s, 10, 60)"
    assert query(app, renew, alice.id, alice.session, "192.0.2.9", "192.0.2.0/24") == [(1, False)]
    assert query(app, renew, alice.id, alice.session, ip, network) == [(1, elsewhere)]


def test_refreshes_of_workers_of_the_version_before(app, alice):
    old = "SELECT outcome, new_counter FROM refresh_session(%s, %s, %s, 10, 60)"
    assert query(app, old, alice.id, alice.session, 0) == [("ok", 1)]
    assert refresh(app, alice, 1) == ("ok", 2, alice.email)
    assert query(app, old, alice.id, alice.session, 2) == [("ok", 3)]


def test_refresh_of_what_is_over(database, app, alice, bob):
    assert refresh(app, alice, 0, session=bob.session) == ("revoked", None, None)
    database.ask("UPDATE sessions SET expires_at = now() WHERE user_id = %s", alice.id)
    assert refresh(app, alice, 0) == ("expired", None, alice.email)


def test_refresh_slides_the_end(database, app, alice):
    refresh(app, alice, 0)
    assert database.ask("SELECT expires_at > now() + interval '6 days' FROM sessions"
                        " WHERE user_id = %s", alice.id) == [(True,)]


# The account itself

def test_change_my_password_ends_the_other_sessions(database, app, become, alice):
    other = str(uuid.uuid4())
    open_session(app, alice, other)
    connection = become(alice)
    assert query(connection, "SELECT my_password_hash()") == [(HASH,)]
    assert query(connection, "SELECT change_my_password(%s, %s)", OTHER_HASH, alice.session) == [(True,)]
    connection.commit()
    assert begin(app, alice) and begin(app, alice, other) is None
    assert query(app, "SELECT password_hash FROM find_login(%s)", alice.email) == [(OTHER_HASH,)]
    assert database.ask("SELECT revoked_reason FROM sessions WHERE id = %s", other) == [("password_changed",)]


def test_the_account_of_nobody(app):
    assert query(app, "SELECT my_password_hash(), change_my_password(%s, NULL), delete_my_account()",
                 HASH) == [(None, False, False)]
