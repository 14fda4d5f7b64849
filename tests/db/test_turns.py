"""take_turn: two at once of a user, two more that wait, and nobody else."""

import psycopg2
import pytest

from turns import HOUR_MS, Turn, turns


@pytest.fixture
def turn(server, alice):
    """turn(user): a transaction of alice, or of that user, that can take a turn."""
    made = []

    def make(user=alice):
        made.append(Turn(server, user.id))
        return made[-1]

    yield make
    for one in made:
        one.end()


def refused(turn, patience_ms=0):
    with pytest.raises(psycopg2.Error) as error:
        turn.take(patience_ms)
    assert error.value.pgcode == "DB429"


def test_two_at_once(turn, bob):
    turn().take(), turn().take()
    refused(turn())
    turn(bob).take(), turn(bob).take()
    refused(turn(bob))


@pytest.mark.parametrize("ended", ["commit", "rollback", "close"])
@pytest.mark.parametrize("which", [0, 1])
def test_a_turn_ends_with_its_transaction(turn, ended, which):
    both = turn().take(), turn().take()
    getattr(both[which].connection, ended)()
    turn().take()
    refused(turn())


@pytest.mark.parametrize("which", [0, 1])
def test_who_waits_gets_the_turn_that_ends_first(turn, which):
    both = turn().take(), turn().take()
    third = turn().wait()
    both[which].connection.commit()
    third.join()
    refused(turn())


def test_waiting_has_an_end(turn):
    turn().take(), turn().take()
    refused(turn(), patience_ms=50)


def test_who_waited_lets_others_wait(turn):
    """A place to wait is free again as soon as its holder goes on."""
    running = [turn().take(), turn().take()]
    for _ in range(3):
        waiting = [turn().wait(), turn().wait()]
        for first in running:
            first.connection.commit()
        for each in waiting:
            each.join()
        running = waiting


def test_the_fifth_does_not_wait(server, turn, alice, bob):
    with turns(server, alice.id, running=2, waiting=2):
        refused(turn(), patience_ms=HOUR_MS)
        turn(bob).take(HOUR_MS)
    turn().take(HOUR_MS)


def test_who_was_refused_leaves_nothing_behind(turn):
    turn().take(), turn().take()
    for _ in range(5):
        refused(turn())
    turn().wait(), turn().wait()


def test_a_transaction_needs_one_turn(turn):
    turn().take().take()
    turn().take()
    refused(turn())


def test_nobody_needs_a_turn(app):
    for _ in range(5):
        with app.cursor() as cursor:
            cursor.execute("SELECT take_turn(%s)", (HOUR_MS,))
