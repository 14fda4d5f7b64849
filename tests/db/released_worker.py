"""A worker of the release v0.1.0, as the database sees it: its statements (released/), prepared once a
connection, with the check of the session before them, in one transaction a request."""

import pathlib
import re

import psycopg2
import psycopg2.errors
import psycopg2.extras

HEAD = re.compile(r"-- (\w+)\((.*)\)$")
PARAM = re.compile(r"(?<![:\w]):([a-z]\w*)")
ON_THE_WIRE = {name: name for name in ("bool", "bigint", "text", "date", "timestamptz", "uuid", "text[]")} | {"int": "bigint"}
TRIES = 4


def load():
    """The statements by name: their parameters as (name, type on the wire), and lines as (text, conditions)."""
    statements = {}
    for path in sorted((pathlib.Path(__file__).parent / "released").glob("*.sql")):
        lines = None
        for line in path.read_text().splitlines():
            head = HEAD.match(line)
            if head:
                params = [part.split(" ", 1) for part in head[2].split(", ")] if head[2] else []
                wire = [(name, ON_THE_WIRE.get(kind, "text[]" if kind.endswith("[]") else "text"))
                        for name, kind in params]
                lines = []
                statements[head[1]] = wire, lines
            elif lines is not None and line:
                text, _, terms = line.partition("--? ")
                lines.append((text, [term.partition("=")[::2] for term in terms.split(", ") if term]))
    return statements


STATEMENTS = load()


class Worker:
    """The connection of a worker that serves one user; `user` has an id and a session."""

    def __init__(self, server, database, user):
        self.user, self.prepared = user, {}
        self.connection = server.connect(database, "daybook_app", autocommit=False)
        self.cursor = self.connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor)
        # What a worker waits for a lock, but on a machine that is busy with other tests.
        self.cursor.execute("SET search_path = daybook; SET lock_timeout = '20s'")
        self.connection.commit()

    def close(self):
        self.connection.close()

    def request(self, *calls):
        """The rows of each call (name, parameters) of one request. Repeats it where a worker does."""
        for left in reversed(range(TRIES)):
            try:
                if self.user:
                    assert self.run("request_begin", user_id=self.user.id, session_id=self.user.session)
                results = [self.run(name, **values) for name, values in calls]
                self.connection.commit()
                return results
            except (psycopg2.errors.SerializationFailure, psycopg2.errors.DeadlockDetected):
                self.connection.rollback()
                if not left:
                    raise
            except BaseException:
                self.connection.rollback()
                raise

    def ask(self, name, /, **values):
        """The rows of a request of one call."""
        return self.request((name, values))[0]

    def run(self, name, /, **values):
        params, lines = STATEMENTS[name]
        assert set(values) <= {param for param, _ in params}, (name, values)
        text = " ".join(line for line, conditions in lines
                        if all(values.get(param) is not None and word in ("", values[param])
                               for param, word in conditions))
        plan = self.prepare(text.rstrip("; "), params)
        places = ", ".join(f"%s::{wire}" for _, wire in params)
        self.cursor.execute(f"EXECUTE {plan} ({places})" if params else f"EXECUTE {plan}",
                            [values.get(param) for param, _ in params])
        return [dict(row) for row in self.cursor.fetchall()] if self.cursor.description else []

    def prepare(self, text, params):
        if text not in self.prepared:
            numbers = {param: f"${n}" for n, (param, _) in enumerate(params, 1)}
            plan, types = f"s{len(self.prepared)}", ", ".join(wire for _, wire in params)
            sql = PARAM.sub(lambda match: numbers[match[1]], text)
            # A statement that was prepared in a transaction stays when that is rolled back.
            self.cursor.execute(f"PREPARE {plan}{f' ({types})' if types else ''} AS {sql}".replace("%", "%%"), ())
            self.prepared[text] = plan
        return self.prepared[text]
