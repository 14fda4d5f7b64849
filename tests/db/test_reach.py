"""What each role can reach, as reach.txt lists it: whoever gives a role more, or less, changes that list."""

import difflib
import pathlib

import pytest

LIST = pathlib.Path(__file__).with_name("reach.txt")
ROLES = ("daybook_app", "daybook_jobs", "daybook_login")
TABLES = """
    SELECT r.rolname || ' ' || n.nspname || '.' || c.relname || ': ' || string_agg(right_of_it, ', ' ORDER BY place)
    FROM pg_roles AS r, pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace,
        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
            WITH ORDINALITY AS p (privilege, place),
        LATERAL (SELECT CASE WHEN has_table_privilege(r.oid, c.oid, privilege) THEN privilege
            WHEN privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') THEN privilege || ' ('
                || (SELECT string_agg(a.attname, ', ' ORDER BY a.attname) FROM pg_attribute AS a
                    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                        AND has_column_privilege(r.oid, c.oid, a.attnum, privilege)) || ')' END) AS f (right_of_it)
    WHERE r.rolname = ANY (%s) AND n.nspname IN ('daybook', 'public', 'sqitch') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND right_of_it IS NOT NULL
    GROUP BY r.rolname, n.nspname, c.relname"""
OTHERS = """
    SELECT r.rolname || ' ' || p.oid::regprocedure FROM pg_roles AS r, pg_proc AS p
    WHERE r.rolname = ANY (%(roles)s) AND p.pronamespace = ANY ('{daybook, public, sqitch}'::regnamespace[])
        AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
    UNION ALL
    SELECT r.rolname || ' schema ' || n.nspname || ': ' || privilege
    FROM pg_roles AS r, pg_namespace AS n, unnest('{CREATE, USAGE}'::text[]) AS privilege
    WHERE r.rolname = ANY (%(roles)s) AND n.nspname IN ('daybook', 'public', 'sqitch')
        AND has_schema_privilege(r.oid, n.oid, privilege)
    UNION ALL
    SELECT r.rolname || ' sequence ' || c.oid::regclass FROM pg_roles AS r, pg_class AS c
    WHERE r.rolname = ANY (%(roles)s) AND c.relkind = 'S' AND has_sequence_privilege(r.oid, c.oid, 'USAGE')"""


@pytest.fixture(scope="module", autouse=True)
def restricted(migrate):
    """As it is when the last worker of the release before is gone."""
    assert migrate("restrict", "daybook").returncode == 0
    yield
    assert migrate("unrestrict", "daybook").returncode == 0


def test_the_reach_of_each_role(database):
    tables = database.ask(TABLES, list(ROLES))
    with database.admin.cursor() as cursor:
        cursor.execute(OTHERS, {"roles": list(ROLES)})
        others = cursor.fetchall()
    found = sorted(line for (line,) in [*tables, *others])
    listed = [line for line in LIST.read_text().splitlines() if line and line[0] != "#"]
    changes = [line for line in difflib.ndiff(listed, found) if line[0] in "-+"]
    assert not changes, "reach.txt lists something else:\n" + "\n".join(changes)
