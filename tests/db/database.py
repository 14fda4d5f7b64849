"""The database "daybook" of these tests, and a few things that most of them do in it."""

import importlib.machinery
import importlib.util
import sys
import uuid

from private_pg import ROOT

HASH = "$2b$04$" + "x" * 53


class Database:
    def __init__(self, server):
        self.server = server
        self.admin = self.connect("postgres")

    def connect(self, role="daybook_app", autocommit=True):
        connection = self.server.connect("daybook", role, autocommit)
        with connection.cursor() as cursor:
            cursor.execute("SET search_path = daybook")
        if not autocommit:
            connection.commit()
        return connection

    def ask(self, sql, *parameters):
        """As superuser, whom row-level security does not bind."""
        return query(self.admin, sql, *parameters)

    def tables(self, selectable_by=None):
        rows = self.ask(
            "SELECT relname FROM pg_class WHERE relnamespace = 'daybook'::regnamespace"
            " AND relkind IN ('r', 'p') AND relname <> 'timezones'"
            " AND (%s IS NULL OR has_table_privilege(%s, oid, 'SELECT')) ORDER BY 1",
            selectable_by, selectable_by)
        return [name for (name,) in rows]


def query(connection, sql, *parameters):
    """The list of the statement's rows; without rows the number of those that it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def open_session(connection, user, session, lifetime_s=3600, new_hash=None, checked_hash=None):
    return query(connection, "SELECT * FROM start_session(%s, %s, %s, %s, %s, %s, %s)", user.id,
                 session, "pytest", "127.0.0.1", lifetime_s, new_hash, checked_hash)


def load_sqlgen():
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader("sqlgen", str(ROOT / "scripts" / "sqlgen"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("sqlgen", loader))
    loader.exec_module(module)
    return module


def load_statements():
    """The program's statements by name, with their lines."""
    sqlgen = load_sqlgen()
    parsed = [sqlgen.parse(path) for path in sorted((ROOT / "sql" / "queries").glob("*.sql"))]
    fragments = {name: text for _, part in parsed for name, text in part.items()}
    return {s.name: (s, s.lines(fragments)) for statements, _ in parsed for s in statements}


def variant(entry, values):
    """The text of a statement for these values by name, as load_statements() has it, with its $n; and what
    they are in that order."""
    statement, lines = entry
    given = [values.get(parameter) for parameter, _ in statement.params]
    return "\n".join(line for line, conditions in lines
                     if all(given[n - 1] is not None and word in (None, given[n - 1])
                            for n, word in conditions)), given


def begin_sql():
    """What the program sends before the statements of a request, with parameters as psycopg2 has them."""
    sqlgen = load_sqlgen()
    statements, _ = sqlgen.parse(ROOT / "sql" / "queries" / "requests.sql")
    [sql] = [s.sql for s in statements if s.name == "request_begin"]
    return sqlgen.PARAM.sub(r"%(\1)s", "\n".join(sql))


BEGIN = begin_sql()


def begin(connection, user, session=None):
    """Begins a request; the id of the user whose rows it sees from now on, if any."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN + "SELECT current_user_id()",
                       {"user_id": user.id, "session_id": session or user.session})
        return cursor.fetchone()[0]


# What a row of each table needs beside its key.
MINIMAL = {
    "tasks": {"title": "a task"},
    "projects": {"name": "a project"},
    "categories": {"name": lambda: str(uuid.uuid4())},
    "moods": {"score": 3},
    "journals": {"content": "Dear diary", "entry_date": "2026-11-21"},
}


def add(connection, table, user, **columns):
    """Adds a row; answers its id."""
    minimal = {name: value() if callable(value) else value for name, value in MINIMAL[table].items()}
    columns = {"user_id": user.id, "id": str(uuid.uuid4()), **minimal, **columns}
    names = ", ".join(columns)
    places = ", ".join(["%s"] * len(columns))
    query(connection, f"INSERT INTO {table} ({names}) VALUES ({places})", *columns.values())
    return columns["id"]


def add_task(connection, user, title="a task", **columns):
    return add(connection, "tasks", user, title=title, **columns)


def read(connection, table, row, columns):
    return query(connection, f"SELECT {columns} FROM {table} WHERE id = %s", row)[0]


# The tables whose rows count as what their user stores.
COUNTED = (*MINIMAL, "idempotency_keys", "deletions", "notifications")


def bytes_counted(connection, user):
    """What the triggers made of all that the user stores."""
    return query(connection, "SELECT coalesce(sum(bytes), 0)::bigint FROM stored_bytes WHERE user_id = %s", user.id)[0][0]


def bytes_there(connection, user):
    """The same from the rows themselves."""
    parts = " UNION ALL ".join(
        f"SELECT sampled(row_bytes(r), row_hash(r)) FROM {table} AS r WHERE user_id = %(user)s" for table in COUNTED)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(sum(bytes), 0)::bigint FROM ({parts}) AS r (bytes)", {"user": user.id})
        return cursor.fetchone()[0]
