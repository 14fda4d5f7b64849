"""Calendar feeds: who knows the secret sees its user's rows, and nobody sees a secret."""

import hashlib

import psycopg2
import pytest

from database import add, begin, query

MAKE = ("INSERT INTO calendar_feeds (user_id, secret_hash) VALUES (current_user_id(), %(hash)s)"
        " ON CONFLICT (user_id) DO UPDATE SET secret_hash = %(hash)s, created_at = now()")


def digest(name):
    return hashlib.sha256(name.encode()).digest()


def make_feed(connection, name):
    with connection.cursor() as cursor:
        cursor.execute(MAKE, {"hash": digest(name)})
    connection.commit()


def owner_of(connection, name):
    """Whose rows a reader with this secret sees, if there is such a feed."""
    found = query(connection, "SELECT begin_feed_request(%s)", psycopg2.Binary(digest(name)))
    seen = query(connection, "SELECT id::text FROM users")
    assert found == [(bool(seen),)]
    return seen


@pytest.fixture
def couple(become, alice, bob):
    """Each with a task, and with a feed whose secret is their id."""
    for user in (alice, bob):
        connection = become(user)
        add(connection, "tasks", user)
        make_feed(connection, str(user.id))
    return alice, bob


def test_the_secret_tells_whose_rows_are_seen(become, couple):
    nobody = become(None)
    for user in couple:
        assert owner_of(nobody, str(user.id)) == [(str(user.id),)]
        assert query(nobody, "SELECT DISTINCT user_id::text FROM tasks") == [(str(user.id),)]
        nobody.commit()
        assert query(nobody, "SELECT count(*) FROM tasks") == [(0,)], "it ends with the transaction"
    assert owner_of(nobody, "nobody's") == []
    assert query(nobody, "SELECT count(*) FROM tasks") == [(0,)]


def test_a_guess_forgets_who_asked(become, couple):
    connection = become(couple[0])
    assert owner_of(connection, "nobody's") == []


def test_a_new_secret_replaces_the_old_one(become, couple):
    alice, _ = couple
    make_feed(become(alice), f"another of {alice.id}")
    nobody = become(None)
    assert owner_of(nobody, str(alice.id)) == []
    assert owner_of(nobody, f"another of {alice.id}") == [(str(alice.id),)]


def test_everybody_sees_and_ends_their_own(become, couple):
    alice, bob = couple
    connection = become(alice)
    assert query(connection, "SELECT user_id::text FROM calendar_feeds") == [(str(alice.id),)]
    assert query(connection, "DELETE FROM calendar_feeds") == 1
    connection.commit()
    nobody = become(None)
    assert query(nobody, "SELECT count(*) FROM calendar_feeds") == [(0,)]
    assert query(nobody, "DELETE FROM calendar_feeds") == 0
    assert owner_of(nobody, str(alice.id)) == []
    assert owner_of(nobody, str(bob.id)) == [(str(bob.id),)]


def test_a_feed_for_somebody_else_is_refused(become, couple):
    alice, bob = couple
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(become(alice), "INSERT INTO calendar_feeds (user_id, secret_hash) VALUES (%s, %s)", bob.id,
              psycopg2.Binary(digest("x")))


def test_the_feed_goes_with_its_user(become, couple):
    alice, _ = couple
    connection = become(alice)
    assert query(connection, "SELECT delete_my_account()") == [(True,)]
    connection.commit()
    assert owner_of(become(None), str(alice.id)) == []
    assert begin(connection, alice) is None
