"""A PostgreSQL of its own for tests, started with the functions of scripts/lib.sh, the same that
scripts/run uses. What is in it is lost with a crash of the machine, which a test may accept."""

import pathlib
import shutil
import subprocess

import psycopg2

from shell import ROOT, call_lib

__all__ = ["FAST", "ROOT", "PrivatePostgres"]
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class PrivatePostgres:
    def __init__(self, state, options=FAST):
        self.state = pathlib.Path(state)
        self.options = options

    def start(self):
        call_lib("pg_start", self.state, DAYBOOK_PG_OPTIONS=self.options)

    def stop(self, mode="immediate"):
        call_lib("pg_stop", self.state, mode)

    def remove(self):
        """Ends it and deletes all that it has."""
        self.stop()
        shutil.rmtree(self.state, ignore_errors=True)

    def url(self, database, role="postgres"):
        return f"postgresql:///{database}?host={self.state}/s&user={role}"

    def connect(self, database, role="postgres", autocommit=True):
        connection = psycopg2.connect(self.url(database, role))
        connection.autocommit = autocommit
        return connection

    def run(self, sql, database="postgres"):
        """Runs statements that must not be in a transaction, as superuser."""
        connection = self.connect(database)
        with connection.cursor() as cursor:
            for statement in sql.split(";"):
                cursor.execute(statement)
        connection.close()

    def script(self, database, path):
        """Runs a file of statements as superuser; whether all of them went well."""
        done = subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-f", path, self.url(database)],
                              capture_output=True, text=True)
        return done.returncode == 0
