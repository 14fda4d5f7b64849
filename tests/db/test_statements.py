"""Every statement of sql/queries on a freshly migrated database (tests/db/statements.c)."""

import os
import pathlib
import subprocess

import pytest

from private_pg import ROOT

BUILD = pathlib.Path(os.environ.get("DAYBOOK_BUILD", ROOT / "build" / "dev"))


@pytest.fixture(scope="module")
def report(database):
    program = BUILD / "tests" / "statements"
    assert program.exists(), f"{program} is not built; scripts/test db builds it"
    return subprocess.run([program], env={"DATABASE_URL": database.server.url("daybook", "daybook_app")},
                          capture_output=True, text=True)


def test_every_statement_is_what_it_declares(report):
    assert report.returncode == 0, report.stdout + report.stderr


def test_no_statement_is_left_out(report):
    declared = sum(line.startswith("-- ") and "(" in line.split()[1] for path in
                   (ROOT / "sql" / "queries").glob("*.sql") for line in path.read_text().splitlines()
                   if len(line.split()) > 1)
    assert report.stdout.splitlines()[-1].startswith(f"{declared} statements, ")
