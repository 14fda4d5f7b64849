"""What idle workers do by themselves."""

from fastcgi import Pool
from waiting import wait_for

OLD = "SELECT count(*) FROM idempotency_keys AS k JOIN users AS u ON u.id = k.user_id WHERE u.email = %s"


def test_an_idle_worker_deletes_old_answers(stack, user):
    """Also when their user never comes back."""
    stack.ask("INSERT INTO idempotency_keys (user_id, route, key, body_hash, status, head, body, created_at)"
              " SELECT id, 'POST /tasks', n::text, '', 201, '', '', now() - interval '25 h'"
              " FROM users, generate_series(1, 6000) AS n WHERE email = %s", user.account["email"])
    stack.ask("DELETE FROM rate_limits WHERE scope = 'sweep'")
    with Pool(stack, "chores", 2) as pool:
        wait_for(lambda: stack.ask(OLD, user.account["email"]) == [(0,)])
        assert pool.get("/health").status == 200
        assert pool.stop() == [0, 0]
