"""How PostgreSQL carries out what the workers ask."""

from waiting import wait_for


def test_not_even_a_small_table_is_read_from_end_to_end(stack, user):
    """With rows of one user alone, statistics speak for that: it would work out who asks for each row."""
    def scans():
        return stack.ask("SELECT seq_scan, idx_scan FROM pg_stat_user_tables"
                         " WHERE schemaname = 'daybook' AND relname = 'tasks'")[0]

    def an_index_is_used():
        assert user.get("/tasks").status_code == 200
        return scans()[1] > by_index

    for number in range(50):
        user.post("/tasks", json={"title": f"task {number}"})
    stack.ask("ANALYZE tasks")
    whole, by_index = scans()
    wait_for(an_index_is_used)
    assert scans()[0] == whole
