"""A standby is promoted: the rows are the same, and the numbers of the transactions mean nothing any more."""

from waiting import wait_for


def walk(user, since=None):
    """The answers of a walk."""
    answers = []
    while not answers or answers[-1].body["has_more"]:
        answers.append(user.get("/changes?limit=2" + (f"&since={since}" if since else "")))
        assert answers[-1].status == 200, answers[-1].body
        since = answers[-1].body["next_cursor"]
    return answers


def ids(answers):
    return {change["id"] for answer in answers for change in answer.body["changes"]}


def promote(stack):
    """Lets PostgreSQL come back as a standby at the end of what is written, and promotes that."""
    stack.postgres.stop("fast")
    (stack.postgres.state / "pg" / "standby.signal").touch()
    stack.postgres.start()
    assert stack.ask("SELECT pg_is_in_recovery(), pg_promote()") == [(True, True)]


def test_a_promoted_standby_gives_everything_again(stack, user):
    made = {user.post("/moods", {"score": n}).body["id"] for n in (1, 2, 3)}
    wait_for(lambda: made <= ids(walk(user)))
    before = walk(user)[-1].body["next_cursor"]
    [(timeline,)] = stack.ask("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)")
    promote(stack)
    assert stack.ask("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) > %s", timeline) == [(True,)]
    # What is written before anybody looks belongs to the history before.
    wait_for(lambda: user.get("/moods").status == 200)
    made.add(user.post("/moods", {"score": 4}).body["id"])
    answer = user.get(f"/changes?since={before}")
    assert (answer.status, answer.body["error"]) == (410, "cursor_expired")
    again = walk(user)
    assert made <= ids(again)
    made.add(user.post("/moods", {"score": 5}).body["id"])
    wait_for(lambda: made <= ids(again) | ids(walk(user, again[-1].body["next_cursor"])))
