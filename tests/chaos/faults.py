"""What a PostgreSQL in good health can do to a statement."""

import contextlib


@contextlib.contextmanager
def trigger(stack, body):
    """Runs PL/pgSQL before a task is written whose title is "chaos"."""
    stack.ask("CREATE SEQUENCE chaos_calls")
    stack.ask(f"CREATE FUNCTION chaos() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
              f" SET search_path = daybook AS $$ BEGIN {body}; RETURN NEW; END $$")
    stack.ask("CREATE TRIGGER chaos BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW"
              " WHEN (NEW.title = 'chaos') EXECUTE FUNCTION chaos()")
    try:
        yield
    finally:
        stack.ask("DROP FUNCTION chaos CASCADE")
        stack.ask("DROP SEQUENCE chaos_calls")


def fails_first(times, sqlstate):
    return (f"IF nextval('chaos_calls') <= {times} THEN"
            f" RAISE EXCEPTION 'again' USING ERRCODE = '{sqlstate}'; END IF")


@contextlib.contextmanager
def held(stack, sql, *parameters):
    """Somebody else's transaction, with the locks that a statement takes."""
    connection = stack.postgres.connect("daybook", autocommit=False)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET search_path = daybook")
            cursor.execute(sql, parameters or None)
        yield
    finally:
        connection.close()


def waits_for_a_lock(stack):
    """How many statements of workers do."""
    return stack.ask("SELECT count(*) FROM pg_stat_activity"
                     " WHERE wait_event_type = 'Lock' AND usename LIKE 'daybook%%'")[0][0]


def statements_under_way(stack):
    """How many statements of workers are."""
    return stack.ask("SELECT count(*) FROM pg_stat_activity"
                     " WHERE usename LIKE 'daybook%%' AND state <> 'idle'")[0][0]


def told(stack, what):
    """How often PostgreSQL's log says so."""
    return (stack.state / "logs" / "postgres.log").read_text().count(what)


def new_task(user, **members):
    answer = user.post("/tasks", {"title": "a task", **members})
    assert answer.status == 201, answer
    return f"/tasks/{answer.body['id']}"


@contextlib.contextmanager
def looks(stack, table, condition):
    """Evaluates a condition for each row of a table that a worker reads."""
    stack.ask(f"CREATE POLICY looks ON {table} AS RESTRICTIVE FOR SELECT TO daybook_app USING ({condition})")
    try:
        yield
    finally:
        stack.ask(f"DROP POLICY looks ON {table}")


@contextlib.contextmanager
def gate(stack, table):
    """Workers that read a row of a table stand still until the block ends, or calls what it gets."""
    stack.ask("CREATE FUNCTION gate() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN"
              " WHILE NOT pg_try_advisory_xact_lock_shared(1) LOOP PERFORM pg_sleep(0.01); END LOOP;"
              " RETURN true; END $$")
    closed = stack.postgres.connect("daybook")
    with closed.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1)")
    try:
        with looks(stack, table, "gate()"):
            yield closed.close
    finally:
        closed.close()
        stack.ask("DROP FUNCTION gate")
