"""Every order of a list is an index scan, for the first page and for any page after a key. The user has 40 000
tasks and thousands of other rows; daybook_app asks, under row-level security."""

import itertools
import re

import pytest

from database import load_statements, query, variant

# (table, the API's sort_by) → (key expressions, their types); due_date has one for each direction.
ASCENDING = {
    ("tasks", "created_at"): (["created_at"], ["timestamptz"]),
    ("tasks", "updated_at"): (["updated_at"], ["timestamptz"]),
    ("tasks", "due_date"): (["due_or_after(due_date)"], ["timestamptz"]),
    ("tasks", "priority"): (["priority_rank"], ["smallint"]),
    ("tasks", "title"): (["title_fold"], ["text"]),
    ("projects", "name"): (["name_fold"], ["text"]),
    ("projects", "created_at"): (["created_at"], ["timestamptz"]),
    ("projects", "updated_at"): (["updated_at"], ["timestamptz"]),
    ("journals", "entry_date"): (["entry_date"], ["date"]),
    ("journals", "created_at"): (["created_at"], ["timestamptz"]),
    ("journals", "updated_at"): (["updated_at"], ["timestamptz"]),
    ("moods", "recorded_at"): (["recorded_at"], ["timestamptz"]),
}
ORDERS = {(*key, direction): keys for key, keys in ASCENDING.items() for direction in ("asc", "desc")}
ORDERS["tasks", "due_date", "desc"] = (["due_or_before(due_date)"], ["timestamptz"])


@pytest.fixture(scope="module")
def busy(database):
    """A user with 40 000 tasks, 4000 projects, journals and moods, among others."""
    ask = database.ask
    ask("SET synchronous_commit = on")  # what is not flushed yet, VACUUM cannot mark as visible to all
    ask("INSERT INTO users (id, email, username) SELECT md5(n::text)::uuid,"
        " 'busy' || n || '@example.org', 'busy' || n FROM generate_series(0, 9) AS n")
    of_busy = "SELECT md5((greatest(0, n - 4000) % 10)::text)::uuid, md5('row' || n)::uuid"
    times = "now() - n / 2 * interval '1 min', now() - n * 7919 % 4000 * interval '1 min'"
    ask(f"INSERT INTO projects (user_id, id, name, created_at, updated_at, archived)"
        f" {of_busy}, md5(n::text), {times}, n % 10 = 0 FROM generate_series(1, 4450) AS n")
    ask(f"INSERT INTO journals (user_id, id, content, entry_date, tags, created_at, updated_at)"
        f" {of_busy}, md5(n::text), now()::date - n / 2, array['tag ' || n % 97, 'a'], {times}"
        " FROM generate_series(1, 4450) AS n")
    ask(f"INSERT INTO moods (user_id, id, score, recorded_at)"
        f" {of_busy}, 1 + n % 5, now() - n * interval '1 h' FROM generate_series(1, 4450) AS n")
    ask("INSERT INTO categories (user_id, id, name)"
        " SELECT md5('0')::uuid, md5('category' || n)::uuid, n::text FROM generate_series(0, 19) AS n")
    # In portions: a statement that makes many tasks looks at all of them for each next place.
    for first in range(1, 41800, 500):
        ask("""
            INSERT INTO tasks (user_id, id, title, status, priority, due_date, created_at, updated_at,
                project_id, category_id)
            SELECT md5((greatest(0, n - 40000) %% 10)::text)::uuid, gen_random_uuid(), 'Task ' || md5(n::text),
                (array['TODO', 'IN_PROGRESS', 'DONE'])[1 + n %% 3]::task_status,
                (array['LOW', 'MEDIUM', 'HIGH', 'URGENT'])[1 + n %% 4]::task_priority,
                CASE WHEN n %% 3 <> 0 THEN now() + n %% 1000 * interval '1 h' END,
                now() - n / 2 * interval '1 min', now() - n * 7919 %% 40000 * interval '1 min',
                CASE WHEN n <= 40000 AND n %% 2 = 0 THEN md5('row' || (1 + n %% 1000))::uuid END,
                CASE WHEN n <= 40000 AND n %% 7 = 0 THEN md5('category' || n %% 20)::uuid END
            FROM generate_series(%s, least(%s, 41800)) AS n""", first, first + 499)
    for table in ("tasks", "projects", "journals", "journal_tags", "moods", "categories"):
        ask(f"VACUUM ANALYZE {table}")
    ask("RESET synchronous_commit")
    return ask("SELECT md5('0')::uuid")[0][0]


@pytest.fixture(scope="module")
def reader(database, busy):
    connection = database.connect()
    query(connection, "SELECT set_config('app.user_id', %s, false)", busy)
    assert query(connection, "SELECT count(*) >= 40000 FROM tasks") == [(True,)]
    yield connection
    connection.close()


def check(plan, page):
    text = "\n".join(row[0] for row in plan)
    assert "Index" in text and "Seq Scan" not in text and "Bitmap" not in text, text
    assert "Sort" not in text, text
    if page == "next":
        assert re.search(r"Index Cond: .*ROW\(", text), text
        assert "Filter" not in text, text


@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("table, sort, direction", ORDERS)
def test_every_page_is_an_index_scan(reader, table, sort, direction, plan):
    keys, types = ORDERS[table, sort, direction]
    deep = 25000 if table == "tasks" else 3000
    order = ", ".join(f"{key} {direction}" for key in [*keys, "id"])
    after = query(reader, f"SELECT {', '.join(keys)}, id FROM {table} ORDER BY {order} OFFSET {deep} LIMIT 1")[0]
    expected = query(reader, f"SELECT id FROM {table} ORDER BY {order} OFFSET {deep + 1} LIMIT 50")
    places = ", ".join(f"${number}" for number in range(1, len(types) + 2))
    query(reader, f"SET plan_cache_mode = {plan}")
    query(reader, f"PREPARE page ({', '.join(types)}, uuid) AS SELECT id, version FROM {table}"
          f" WHERE ({', '.join(keys)}, id) {'>' if direction == 'asc' else '<'} ({places})"
          f" ORDER BY {order} LIMIT 50")
    call = f"EXECUTE page ({', '.join(['%s'] * len(after))})"
    assert [row[:1] for row in query(reader, call, *after)] == expected
    check(query(reader, f"EXPLAIN ANALYZE {call}", *after), "next")
    query(reader, "DEALLOCATE page")
    check(query(reader, f"EXPLAIN ANALYZE SELECT id, version FROM {table} ORDER BY {order} LIMIT 50"), "first")


def test_without_due_date_comes_last(reader):
    for expression, direction in (("due_or_after", "asc"), ("due_or_before", "desc")):
        dates = query(reader, f"SELECT due_date FROM tasks ORDER BY {expression}(due_date) {direction},"
                      f" id {direction}")
        groups = [empty for empty, _ in itertools.groupby(date is None for (date,) in dates)]
        assert groups == [False, True]


def test_open_tasks_that_are_due(reader):
    plan = query(reader, "EXPLAIN SELECT id FROM tasks WHERE completed_at IS NULL"
                 " AND due_date < now() + interval '1 h'")
    assert "tasks_open" in str(plan) and "Index Cond" in str(plan)


@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_every_page_by_position(reader, direction, plan):
    """The order of places needs no id: no two of a user and status are equal."""
    order = f"status_rank {direction}, place_key {direction}"
    after = query(reader, f"SELECT status_rank, place_key FROM tasks ORDER BY {order} OFFSET 25000 LIMIT 1")[0]
    expected = query(reader, f"SELECT id FROM tasks ORDER BY {order} OFFSET 25001 LIMIT 50")
    query(reader, f"SET plan_cache_mode = {plan}")
    query(reader, "PREPARE page (smallint, text) AS SELECT id FROM tasks"
          f" WHERE (status_rank, place_key) {'>' if direction == 'asc' else '<'} ($1, $2) ORDER BY {order} LIMIT 50")
    assert query(reader, "EXECUTE page (%s, %s)", *after) == expected
    check(query(reader, "EXPLAIN ANALYZE EXECUTE page (%s, %s)", *after), "next")
    query(reader, "DEALLOCATE page")
    check(query(reader, f"EXPLAIN ANALYZE SELECT id FROM tasks ORDER BY {order} LIMIT 50"), "first")


def test_the_ends_of_a_column(reader):
    for order in ("place_key", "place_key DESC"):
        plan = query(reader, "EXPLAIN SELECT place_key FROM tasks WHERE status_rank = status_rank('TODO')"
                     f" AND place_key IS NOT NULL ORDER BY {order} LIMIT 1")
        assert "tasks_place" in str(plan) and "Sort" not in str(plan) and "Filter" not in str(plan)


@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
def test_a_move_looks_at_few_rows(reader, plan):
    """In a column of 13 000 tasks, a hundred looks for a place read a few rows each."""
    query(reader, "BEGIN")
    query(reader, f"SET LOCAL plan_cache_mode = {plan}")
    middle, = query(reader, "SELECT id FROM tasks WHERE status_rank = 2 ORDER BY place_key OFFSET 6000 LIMIT 1")[0]
    fetched = ("SELECT sum(pg_stat_get_xact_tuples_fetched(indexrelid))::int FROM pg_index"
               " WHERE indrelid = 'daybook.tasks'::regclass")
    before, = query(reader, fetched)[0]
    for neighbour, side in [(middle, "after"), (middle, "before"), (None, "after"), (None, "before")] * 25:
        place = query(reader, "SELECT board_place(gen_random_uuid(), 'x', 2::smallint, %s, %s)", side, neighbour)
        assert place != [(None,)]
    assert 50 <= query(reader, fetched)[0][0] - before < 1000
    query(reader, "ROLLBACK")


@pytest.mark.parametrize("project, index", [
    ("project_id = md5('row7')::uuid", "tasks_project_place"),
    ("project_id IS NULL", ""),  # half of the tasks: tasks_place is as good
])
def test_the_board_of_a_project(reader, project, index):
    for extra, order in (("", "status_rank, place_key"),
                         ("AND status_rank = 2 AND place_key > 'U'", "place_key"),
                         ("AND status_rank = 2 AND place_key < 'a'", "place_key DESC")):
        plan = query(reader, f"EXPLAIN SELECT id FROM tasks WHERE {project} {extra} ORDER BY {order} LIMIT 5")
        text = str(plan)
        assert "Index" in text and index in text and "Sort" not in text, text


@pytest.mark.parametrize("column, groups, index", [
    ("project_id", "SELECT id FROM projects ORDER BY name_fold, id LIMIT 50", "tasks_project_"),
    ("category_id", "SELECT id FROM categories ORDER BY name_fold",
     "tasks_category_projects"),
])
def test_counting_looks_at_the_index_only(reader, column, groups, index):
    plan = query(reader, f"EXPLAIN ANALYZE SELECT g.id, c.number FROM ({groups}) AS g CROSS JOIN LATERAL ("
                 f"SELECT count(*) AS number FROM tasks AS t WHERE t.user_id = current_user_id()"
                 f" AND t.{column} = g.id AND (t.project_id IS NULL OR t.project_id <> ALL ("
                 "ARRAY(SELECT a.id FROM projects AS a WHERE a.user_id = current_user_id() AND a.archived)))) AS c")
    assert f"Index Only Scan using {index}" in str(plan), plan


def test_a_range_of_days_is_a_range_of_the_index(reader):
    text, _ = variant(load_statements()["mood_list_count"], {"date_from": 1, "date_to": 1})
    plan = str(query(reader, "EXPLAIN " + re.sub(r"\$[12]\b", "'2026-11-20'::date", text)))
    [condition] = [part for part in plan.split("',), (") if "Index Cond" in part and "recorded_at" in part]
    assert "recorded_at >= " in condition and "recorded_at < " in condition, plan


def test_the_entries_with_some_tags_are_found_by_them(reader):
    plan = str(query(reader, "EXPLAIN SELECT journal_id FROM journal_tags WHERE user_id = current_user_id()"
                     " AND tag_fold = ANY (ARRAY(SELECT fold_case(t) FROM unnest('{Tag 1,TAG 2}'::text[]) AS t))"))
    assert "journal_tags_pkey" in plan and "tag_fold = ANY" in plan.split("Index Cond")[1], plan
    assert "Filter" not in plan, plan


def test_mood_statistics_look_at_the_index_only(reader):
    plan = query(reader, "EXPLAIN SELECT score, recorded_at FROM moods WHERE recorded_at >= now() - interval"
                 " '7 days' AND recorded_at < now()")
    assert "Index Only Scan using moods_recorded_at" in str(plan), plan


@pytest.mark.parametrize("table", ["projects", "journals", "moods"])
def test_a_strangers_row_is_found_by_its_id(database, busy, table):
    plan = database.ask(f"EXPLAIN SELECT FROM {table} WHERE id = md5('x')::uuid")
    assert f"{table}_id" in str(plan)


def test_a_strangers_task_is_found_by_its_id(database, busy):
    plan = database.ask("EXPLAIN SELECT FROM tasks WHERE id = md5('x')::uuid")
    assert "tasks_id" in str(plan)
