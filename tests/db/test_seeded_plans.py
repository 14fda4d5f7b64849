"""At a million tasks every list, its total and the dashboard go to a user's rows by an index. That holds for any
filter and order, on the first page and on a deep one. The statements are those of sql/queries, as daybook_app,
for users with few and with many tasks, planned for their values and for any values."""

import datetime
import itertools
import os
import subprocess

import pytest

from database import load_statements, variant
from private_pg import ROOT, PrivatePostgres
from shell import states

pytestmark = pytest.mark.size

DAY = datetime.date.today()
# A filter of each list, with values as people send them.
FILTERS = {
    "task": [{}, {"status": ["TODO"]}, {"status": ["TODO", "IN_PROGRESS"]}, {"priority": ["URGENT"]},
             {"completed": False}, {"project_id": "project"}, {"no_project": True},
             {"category_id": "category"}, {"no_category": True}, {"live_only": True},
             {"due_from": f"{DAY}T00:00Z", "due_to": f"{DAY + datetime.timedelta(7)}T00:00Z"},
             {"due_from_day": DAY, "due_to_day": DAY}, {"search": "Plants"},
             {"project_id": "project", "status": ["TODO"]},
             {"live_only": True, "status": ["DONE"], "priority": ["HIGH"], "search": "garden"}],
    "project": [{}, {"archived": "true"}, {"archived": "false"}, {"search": "gard"}],
    "category": [{}, {"search": "o"}],
    "journal": [{}, {"view": "summary"}, {"date_from": DAY - datetime.timedelta(30), "date_to": DAY}, {"tag": ["work"]},
                {"search": "plums"}, {"mood_id": "mood"}],
    "mood": [{}, {"date_from": DAY - datetime.timedelta(30), "date_to": DAY}, {"score_min": 4},
             {"score_min": 2, "score_max": 3}],
}
ORDERS = {
    "task": ["created_at", "updated_at", "due_date", "priority", "position", "title"],
    "project": ["name", "created_at", "updated_at"],
    "category": ["name"],
    "journal": ["entry_date", "created_at", "updated_at"],
    "mood": ["recorded_at"],
}
# What a filter is when it is not given.
PRESETS = {"journal": {"view": "full"}}
TABLES = {"task": "tasks", "project": "projects", "category": "categories", "journal": "journals",
          "mood": "moods"}
BIG = {"tasks", "journals", "journal_tags", "moods", "projects", "categories", "users"}
# Rows that may be sorted: what a narrow filter leaves, never all that a user has.
MAX_SORTED = 6000


class Reader:
    """A user's connection as a worker has it."""

    def __init__(self, server, statements, email):
        admin = server.connect("daybook")
        with admin.cursor() as cursor:
            cursor.execute("SELECT id FROM daybook.users WHERE email = %s", (email,))
            user = cursor.fetchone()[0]
        admin.close()
        self.statements = statements
        self.cursor = server.connect("daybook", "daybook_app").cursor()
        self.ask("SET search_path = daybook")
        self.ask("SELECT set_config('app.user_id', %s, false)", user)
        self.ids = {name: self.ask(f"SELECT id FROM {table} LIMIT 1")[0][0] for name, table in TABLES.items()}

    def ask(self, sql, *values):
        self.cursor.execute(sql, values or None)
        return self.cursor.fetchall() if self.cursor.description else None

    def prepare(self, name, values):
        """Prepares the statement in the variant that these values make; the call that runs it."""
        text, given = variant(self.statements[name], values)
        types = [declared for _, declared in self.statements[name][0].params]
        self.ask("DEALLOCATE ALL")
        places = f" ({', '.join(types)})" if types else ""
        self.ask(f"PREPARE page{places} AS {text}")
        arguments = ", ".join(f"%s::{t}" for t in types)
        return f"EXECUTE page ({arguments})" if types else "EXECUTE page", given

    def run(self, name, values):
        call, given = self.prepare(name, values)
        rows = self.ask(call, *given)
        return [dict(zip((column.name for column in self.cursor.description), row)) for row in rows]

    def plan(self, name, values, mode):
        call, given = self.prepare(name, values)
        self.ask(f"SET plan_cache_mode = force_{mode}_plan")
        plan = self.ask(f"EXPLAIN (FORMAT JSON) {call}", *given)[0][0][0]["Plan"]
        self.ask("RESET plan_cache_mode")
        return plan


@pytest.fixture(scope="module")
def server():
    postgres = PrivatePostgres(states() / f"size-{os.getpid()}")
    try:
        postgres.start()
        postgres.run("CREATE DATABASE daybook")
        for script in (["scripts/migrate", "deploy"], ["scripts/seed"]):
            done = subprocess.run([*script, postgres.url("daybook")], cwd=ROOT, capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr
        yield postgres
    finally:
        postgres.remove()


@pytest.fixture(scope="module", params=["mary", "george", "virginia"])
def reader(server, request):
    return Reader(server, load_statements(), f"{request.param}@demo.example")


def nodes(plan):
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def faults(plan):
    """What of a plan would cost more with every row of the table."""
    for node in nodes(plan):
        kind, table = node["Node Type"], node.get("Relation Name")
        if kind == "Seq Scan" and table in BIG:
            yield f"Seq Scan on {table}"
        if kind in ("Index Scan", "Index Only Scan", "Bitmap Index Scan") and not node.get("Index Cond"):
            yield f"the whole of {node['Index Name']}"
        if kind == "Sort" and any(n.get("Relation Name") in BIG for n in nodes(node)) \
                and node["Plans"][0]["Plan Rows"] > MAX_SORTED:
            yield f"Sort of {node['Plans'][0]['Plan Rows']} rows"


def given(reader, filters):
    return {name: reader.ids.get(value, value) if isinstance(value, str) else value
            for name, value in filters.items()}


@pytest.mark.parametrize("resource", FILTERS)
def test_every_list(reader, resource):
    found = []
    for filters, sort_by, sort_order in itertools.product(FILTERS[resource], ORDERS[resource], ("asc", "desc")):
        order = {**PRESETS.get(resource, {}), "sort_by": sort_by, "sort_order": sort_order, "rows": 51, "skip": 0}
        deep = reader.run(f"{resource}_list", {**order, "rows": 1, "skip": 150})
        pages = [{}]
        if deep:
            pages.append({"after_key": deep[0]["_key"], "after_id": deep[0]["id"]})
        for page, mode in itertools.product(pages, ("custom", "generic")):
            values = {**order, **given(reader, filters), **page}
            for fault in faults(reader.plan(f"{resource}_list", values, mode)):
                found.append(f"{filters} {sort_by} {sort_order} {'deep' if page else 'first'} {mode}: {fault}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("resource", FILTERS)
def test_every_total(reader, resource):
    found = [f"{filters} {mode}: {fault}" for filters in FILTERS[resource] for mode in ("custom", "generic")
             for fault in faults(reader.plan(f"{resource}_list_count", given(reader, filters), mode))]
    assert not found, "\n".join(found)


def test_statistics_dashboard_and_export(reader):
    names = ["journal_tags", *(name for name in reader.statements if name.startswith("dashboard_"))]
    values = {"mood_stats": {"period": "month", "day": DAY}, "mood_trends": {"period": "month", "count": 12}}
    values |= {f"export_{table}": {"after": reader.ids[resource], "rows": 100} for resource, table in TABLES.items()}
    found = [f"{name} {mode}: {fault}" for name in (*names, *values) for mode in ("custom", "generic")
             for fault in faults(reader.plan(name, values.get(name, {}), mode)) if "Sort" not in fault]
    assert len(names) >= 10 and not found, "\n".join(found)


def test_every_page_of_a_feed(reader):
    """Each costs what it shows, also the last one of a user with very many open tasks."""
    pages, rows = [{"rows": 100}], reader.run("feed_tasks", {"rows": 5000})
    if len(rows) > 150:
        pages += [{"rows": 100, "after_due": row["due_date"], "after": row["id"]} for row in (rows[150], rows[-100])]
    found = [f"{page} {mode}: {fault}" for page in pages for mode in ("custom", "generic")
             for fault in faults(reader.plan("feed_tasks", page, mode))]
    found += [f"zone {mode}: {fault}" for mode in ("custom", "generic")
              for fault in faults(reader.plan("feed_zone", {"rows": 5000}, mode))]
    assert not found, "\n".join(found)
