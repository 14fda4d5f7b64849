"""People who use Daybook through workers of the release v0.1.0, each in a thread of its own. They remember each
row that they were answered, and where on the board each task must be."""

import json
import random
import threading
import types
import uuid

import psycopg2

from board_model import STATUSES, BoardModel, random_body
from database import HASH
from released_worker import STATEMENTS, Worker

# What a worker answers with 503: it is tried again later.
TRY_LATER = ("55P03", "53", "57", "08")
LISTS = {"task": ["created_at", "updated_at", "due_date", "priority", "position", "title"],
         "project": ["name", "created_at", "updated_at"], "category": ["name"],
         "journal": ["entry_date", "created_at", "updated_at"], "mood": ["recorded_at"]}
TABLES = {"task": "tasks", "project": "projects", "category": "categories", "journal": "journals",
          "mood": "moods"}
READS = [name for name in STATEMENTS if name.startswith("dashboard_")] + [
    "journal_tags", "user_get", "auth_my_password", "session_list", "mood_stats", "mood_trends",
    *(f"{kind}_list" for kind in LISTS), *(f"{kind}_count" for kind in LISTS),
    *(f"export_{table}" for table in TABLES.values())]


def arguments(name, chosen):
    """Values for a statement that only reads."""
    known = {"rows": 51, "skip": 0, "period": chosen.choice(["week", "month"]), "day": "2026-11-01", "count": 5}
    values = {param: known[param] for param, _ in STATEMENTS[name][0] if param in known}
    kind = name.split("_")[0]
    if name.endswith("_list") and kind in LISTS:
        values |= {"sort_by": chosen.choice(LISTS[kind]), "sort_order": chosen.choice(["asc", "desc"])}
        if kind != "mood":
            values["search"] = chosen.choice([None, "the"])
    return values


class Client(threading.Thread):
    """Somebody who uses Daybook until `stop`. Each request is one of `actions`; the first one that fails ends
    it."""

    actions = ()

    def __init__(self, server, database, user, seed, stop):
        super().__init__()
        self.worker, self.user, self.stop = Worker(server, database, user), user, stop
        self.chosen, self.fault, self.served = random.Random(seed), None, 0
        self.acknowledged = {}  # (kind, id) → the row, None when it was deleted

    def run(self):
        try:
            while not self.stop.is_set():
                self.chosen.choice(self.actions)(self)
                self.served += 1
        except BaseException as error:
            self.fault = error

    def ids(self, kind):
        return [row["id"] for row in self.worker.ask(f"export_{TABLES[kind]}", rows=10000)]


class Writer(Client):
    """Reads, creates and changes everything that is its own."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        rows = self.worker.ask("export_tasks", rows=10000)
        rows.sort(key=lambda row: (row["position"], row["id"]))
        self.model = BoardModel({status: [row["id"] for row in rows if row["status"] == status]
                                 for status in STATUSES}, {row["id"]: row["project_id"] for row in rows})
        self.known = {kind: self.ids(kind) for kind in TABLES}

    def write(self, kind, statement, /, **values):
        row, = self.worker.ask(statement, **values)
        self.acknowledged[kind, row["id"]] = row
        return row

    def read(self):
        name = self.chosen.choice(READS)
        self.worker.ask(name, **arguments(name, self.chosen))

    def read_on(self):
        """A walk through a list."""
        kind = self.chosen.choice([*LISTS])
        values, after = {**arguments(f"{kind}_list", self.chosen), "rows": 20}, {}
        for _ in range(3):
            rows = self.worker.ask(f"{kind}_list", **values, **after)
            if not rows:
                break
            after = {"after_key": rows[-1]["_key"], "after_id": rows[-1]["id"]}

    def read_one(self):
        kind = self.chosen.choice(["task", "task", "project", "category", "journal", "mood"])
        row = self.chosen.choice(self.known[kind])
        assert [found["id"] for found in self.worker.ask(f"{kind}_get", id=row)] == [row]

    def create_task(self):
        project = self.chosen.choice([None, self.chosen.choice(self.known["project"])])
        row = self.write("task", "task_create", id=str(uuid.uuid4()), title="made while migrating",
                         status=self.chosen.choice([None, *STATUSES]), project_id=project)
        self.known["task"].append(row["id"])
        self.model.append(row["id"], row["status"], row["project_id"])

    def create_task_once(self):
        """With an Idempotency-Key: everything in one transaction."""
        key = {"route": "POST /tasks", "key": str(uuid.uuid4()), "body_hash": "\\x00"}
        claim, made, _ = self.worker.request(
            ("request_claim_key", key), ("task_create", {"id": str(uuid.uuid4()), "title": "made once"}),
            ("request_store_answer", {**key, "status": 201, "head": "", "body": "{}"}))
        assert claim[0]["_outcome"] == "fresh"
        assert self.worker.ask("request_claim_key", **key)[0]["_outcome"] == "replay"
        self.acknowledged["task", made[0]["id"]] = made[0]
        self.model.append(made[0]["id"], "TODO")

    def change_task(self):
        task = self.chosen.choice(self.known["task"])
        sent = self.chosen.choice([{"title": "changed"}, {"priority": "URGENT"}, {"due_date": None},
                                   {"status": self.chosen.choice(STATUSES)},
                                   {"project_id": self.chosen.choice(self.known["project"])}, {"project_id": None}])
        row = self.write("task", "task_update", id=task, sent=list(sent), **sent)
        self.model.change(task, row["status"], row["project_id"])

    def complete_task(self):
        task = self.chosen.choice(self.known["task"])
        row = self.write("task", "task_update", id=task, sent=["completed"], completed=self.chosen.random() < 0.5)
        self.model.change(task, row["status"], row["project_id"])

    def delete_task(self):
        if len(self.known["task"]) > 50:
            task = self.known["task"].pop(self.chosen.randrange(len(self.known["task"])))
            assert len(self.worker.ask("task_delete", id=task)) == 1
            self.acknowledged["task", task] = None
            self.model.remove(task)

    def change_several(self):
        """Without places, so workers of that release still can."""
        tasks = self.chosen.sample(self.known["task"], 5)
        updates = json.dumps([{"id": task, "status": self.chosen.choice(STATUSES)} for task in tasks])
        _, rows = self.worker.request(("board_update", {"updates": updates}), ("board_updated", {"updates": updates}))
        for row in rows:
            self.acknowledged["task", row["id"]] = row
            self.model.change(row["id"], row["status"], row["project_id"])

    def write_others(self):
        kind = self.chosen.choice(["project", "category", "journal", "mood"])
        members = {"project": {"name": "made while migrating"}, "category": {"name": str(uuid.uuid4())},
                   "journal": {"content": "Dear diary", "entry_date": "2026-11-28", "tags": ["Work", "home"]},
                   "mood": {"score": 4, "emotions": ["calm"], "recorded_at": "2026-11-28T09:30:00Z"}}[kind]
        if self.chosen.random() < 0.5:
            row = self.write(kind, f"{kind}_create", id=str(uuid.uuid4()), **members)
            self.known[kind].append(row["id"])
        else:
            self.write(kind, f"{kind}_update", id=self.chosen.choice(self.known[kind]), sent=list(members), **members)

    def change_profile(self):
        self.write("user", "user_update", sent=["name"], name=f"name {self.served}")

    actions = (read, read, read_on, read_one, read_one, create_task, create_task_once, change_task, change_task,
               complete_task, delete_task, change_several, write_others, write_others, change_profile)


class Mover(Client):
    """Moves tasks, one and many at once, as long as the schema lets workers of that release do so."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.tasks, self.projects = self.ids("task"), [None, *self.ids("project")]
        self.refused = 0

    def tried(self, *calls):
        try:
            rows = self.worker.request(*calls)[-1]
            self.acknowledged.update({("task", row["id"]): row for row in rows})
        except psycopg2.Error as error:
            if not error.pgcode.startswith((*TRY_LATER, "DB400")):
                raise
            self.refused += not error.pgcode.startswith("DB400")

    def move(self):
        task, body = self.chosen.choice(self.tasks), random_body(self.chosen, self.tasks, self.projects)
        self.tried(("board_move", {"id": task, "sent": list(body), **body}), ("task_get", {"id": task}))

    def move_several(self):
        updates = json.dumps([{"id": task, "after": None} for task in self.chosen.sample(self.tasks, 3)])
        self.tried(("board_update", {"updates": updates}), ("board_updated", {"updates": updates}))

    actions = (move, move, move, move_several)


class Visitor(Client):
    """Registers, logs in, refreshes and logs out."""

    def visit(self):
        user = types.SimpleNamespace(id=str(uuid.uuid4()), session=str(uuid.uuid4()))
        self.worker.ask("auth_register", id=user.id, email=f"{user.id}@example.org", username=user.id[:20],
                        timezone="Europe/Berlin", hash=HASH)
        self.acknowledged["user", user.id] = user
        assert self.worker.ask("login_find", email=f"{user.id}@EXAMPLE.org") == [{"_user": user.id, "_hash": HASH}]
        log_in(self.worker, user)
        self.worker.user = user
        assert len(self.worker.ask("user_get")) == 1 and self.worker.ask("task_list", **arguments(
            "task_list", self.chosen)) == []
        assert len(self.worker.ask("auth_logout", session_id=user.session, scope="this")) == 1
        self.worker.user = None

    actions = (visit,)


def log_in(worker, user):
    worker.ask("login_start_session", user_id=user.id, session_id=user.session, agent="pytest",
               ip="127.0.0.1", lifetime_s=3600)
