"""The program's own way to a freshly migrated database: every statement of sql/queries
(statements.c), and what becomes of connections and transactions (connection.c)."""

import os
import pathlib
import subprocess

import pytest

from database import load_statements
from private_pg import ROOT

BUILD = pathlib.Path(os.environ.get("DAYBOOK_BUILD", ROOT / "build" / "dev"))


@pytest.fixture(scope="module")
def run_program(database):
    def run(name, role):
        program = BUILD / "tests" / name
        assert program.exists(), f"{program} is not built; scripts/test db builds it"
        return subprocess.run(
            [program], env={**os.environ, "DATABASE_URL": database.server.url("daybook", role)},
            capture_output=True, text=True)

    return run


def test_every_statement_is_what_it_declares(run_program):
    done = run_program("statements", "daybook_app")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith(f"{len(load_statements())} statements, ")


def test_connection(run_program):
    done = run_program("connection", "postgres")  # for its temporary tables
    assert done.returncode == 0, done.stdout + done.stderr
