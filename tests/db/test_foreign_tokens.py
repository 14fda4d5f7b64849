"""begin_foreign_request: users of another issuer, made at first sight and never merged."""

import re
import threading
import uuid

import psycopg2
import pytest

from database import query


def begin(connection, user, email):
    return query(connection, "SELECT begin_foreign_request(%s, %s)", user, email)[0][0]


def fresh():
    user = str(uuid.uuid4())
    return user, f"{user[:8]}@elsewhere.org"


@pytest.fixture
def nobody(become):
    return become(None)


def test_made_at_first_sight(database, become, nobody):
    user, email = fresh()
    assert begin(nobody, user, email) == "ok"
    columns = "id, email, username, name, timezone, email_verified, version"
    assert query(nobody, f"SELECT {columns} FROM users") == [(user, email, user[:8], None, "UTC", False, 1)]
    nobody.commit()
    assert query(nobody, "SELECT count(*) FROM users") == [(0,)], "forgotten with the transaction"
    again = become(None)
    assert begin(again, user, "changed@elsewhere.org") == "ok"
    assert query(again, "SELECT email FROM users") == [(email,)]
    assert database.ask("SELECT count(*) FROM credentials WHERE user_id = %s", user) == [(0,)]


def test_no_password_no_login(nobody, app):
    user, email = fresh()
    begin(nobody, user, email)
    nobody.commit()
    assert query(app, "SELECT * FROM find_login(%s)", email) == []


def test_an_address_of_somebody_here(become, nobody, alice):
    assert begin(nobody, str(uuid.uuid4()), alice.email.upper()) == "email_taken"
    assert query(nobody, "SELECT count(*) FROM users") == [(0,)]
    connection = become(alice)
    assert begin(connection, str(uuid.uuid4()), alice.email) == "email_taken"
    assert query(connection, "SELECT current_user_id()") == [(None,)], "nor the user of before"


def test_the_id_of_a_user_with_a_password(become, alice):
    for email in [alice.email, "other@elsewhere.org"]:
        connection = become(alice)
        assert begin(connection, alice.id, email) == "local_user"
        assert query(connection, "SELECT count(*) FROM users") == [(0,)]


@pytest.mark.parametrize("local", [
    "alice", "a", "ab", "zoë", "日本", "x" * 64, "first.last+tag", "a'b\"; DROP TABLE users; --", "!#$%&"])
def test_a_username_follows_from_the_address(become, local):
    names = set()
    for n in range(3):
        connection = become(None)
        assert begin(connection, str(uuid.uuid4()), f"{local}@{uuid.uuid4()}.org".replace(" ", "")) == "ok"
        names.add(query(connection, "SELECT username FROM users")[0][0])
        connection.commit()
    assert len(names) == 3
    assert all(re.fullmatch("[A-Za-z0-9_.-]{3,30}", name) for name in names)


def test_an_address_that_is_none_is_an_error(nobody):
    with pytest.raises(psycopg2.errors.CheckViolation):
        begin(nobody, str(uuid.uuid4()), "nobody")


def test_first_sights_at_once_make_one_user(database):
    user, email = fresh()
    outcomes, barrier = [], threading.Barrier(20)

    def client(number):
        connection = database.connect(autocommit=False)
        barrier.wait()
        # Half of them bring the same address under ids of their own.
        mine = user if number % 2 else str(uuid.uuid4())
        outcomes.append((number % 2, begin(connection, mine, email)))
        connection.commit()
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    owners = database.ask("SELECT id FROM users WHERE email = %s", email)
    assert len(owners) == 1
    same = [outcome for mine, outcome in outcomes if mine]
    others = [outcome for mine, outcome in outcomes if not mine]
    if owners == [(user,)]:
        assert same == ["ok"] * 10 and others == ["email_taken"] * 10
    else:
        assert same == ["email_taken"] * 10 and sorted(others) == ["email_taken"] * 9 + ["ok"]
