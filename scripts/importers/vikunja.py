"""Vikunja: the zip of "Export your Vikunja data", whose data.json has the projects with their tasks."""

from importers.html import plain

PRIORITIES = {1: "LOW", 2: "MEDIUM", 3: "HIGH", 4: "URGENT", 5: "URGENT"}
# Places, counts and the like, which Daybook makes itself; and what only says who asks.
OWN = ["position", "kanban_position", "index", "identifier", "bucket_id", "project_id", "list_id", "created_by",
       "created_by_id", "is_favorite", "max_permission", "max_right", "cover_image_attachment_id", "subscription",
       "is_unread", "comment_count"]
DAY_S = 86400
MODES = {0: "every {} s", 1: "every month", 2: "{} s after it is done"}


def read(files, document):
    for file in files:
        name = file.name.rsplit("/", 1)[-1]
        if name == "data.json":
            projects = file.json()
            titles = {row["id"]: row.get("title") for row in projects}
            for row in projects:
                with document.report.open("projects", row) as project:
                    read_project(project, document, titles)
        else:
            document.report.note(f"files: {name}")


def when(document, text):
    """Go writes a time that is none as the first moment of the year 1."""
    return None if not text or text.startswith("0001-01-01") else document.parse(text)


def color(text):
    return f"#{text.lstrip('#')}" if text and len(text.lstrip("#")) == 6 else None


def read_project(project, document, titles):
    key, parent = project.take("id"), titles.get(project.take("parent_project_id"))
    description = "\n\n".join(filter(None, [plain(project.text("description")), f"Part of: {parent}" if parent else None]))
    if len(description) > 2000:
        document.report.note("projects whose text was cut")
    row = document.project(key, project.text("title"), description=description[:2000] or None,
                           color=color(project.text("hex_color")), archived=bool(project.take("is_archived")),
                           created_at=when(document, project.text("created")),
                           updated_at=when(document, project.text("updated")))
    project.skip("owner", "owner_id", "views", "buckets", *OWN)
    for task in project.take("tasks", []):
        with document.report.open("tasks", task) as record:
            read_task(record, document, row)


def comments(task, document):
    for row in task.take("comments", []) or []:
        with document.report.open("comments", row) as comment:
            comment.skip("id", "author", "author_id", "created", "updated", "task_id")
            yield plain(comment.text("comment"))


def labels(task, document):
    for row in task.take("labels", []) or []:
        with document.report.open("labels", row) as label:
            label.skip("id", "created", "updated", "created_by", "created_by_id", "max_permission")
            name = label.text("title") or "Untitled"
            if color(label.text("hex_color")):
                document.category(name, color=color(row["hex_color"]))
            label.text("description")
            yield name


def relations(task, document):
    """The tasks that this one is a part of, and other relations, by their names."""
    for kind, others in (task.take("related_tasks") or {}).items():
        for other in others or []:
            if kind == "parenttask":
                yield f"Part of: {other.get('title')}"
            elif kind != "subtask":  # told by the other one
                document.report.note(f"tasks.related_tasks.{kind}")


def reminder(task, document):
    rows = task.take("reminders") or []
    if len(rows) > 1:
        document.report.note("tasks.reminders beyond the first", len(rows) - 1)
    return when(document, rows[0].get("reminder")) if rows else None


def rule_of(repeat, mode, day):
    """Seconds as days or weeks. A month after the 31st is some other day there, and none here."""
    if mode == 1:
        return "FREQ=MONTHLY" if day.day <= 28 else None
    days, rest = divmod(repeat or 0, DAY_S)
    if rest or not days:
        return None
    return f"FREQ=DAILY;INTERVAL={days}" if days % 7 else f"FREQ=WEEKLY;INTERVAL={days // 7}"


def read_task(task, document, project):
    repeat, mode = task.take("repeat_after"), task.take("repeat_mode", 0)
    done, percent = bool(task.take("done")), task.take("percent_done")
    due_date, repeats = when(document, task.text("due_date")), {}
    if due_date and not done:
        repeats = document.repetition(rule_of(repeat, mode, document.day(due_date)), due_date,
                                      "COMPLETION" if mode == 2 else "DUE")
    notes = [plain(task.text("description")), *relations(task, document), *comments(task, document),
             f"Repeats: {MODES.get(mode, '{} s').format(repeat)}" if (repeat or mode) and not repeats else None]
    status = "DONE" if done else "IN_PROGRESS" if percent else "TODO"
    task_key = task.take("id")
    document.task(task_key, task.text("title"), notes=notes, labels=list(labels(task, document)), status=status,
                  completed_at=when(document, task.text("done_at")) if done else None,
                  due_date=due_date, remind_at=reminder(task, document), **repeats,
                  priority=PRIORITIES.get(task.take("priority")), project_id=project,
                  created_at=when(document, task.text("created")), updated_at=when(document, task.text("updated")))
    for name in ("done_at", "start_date", "end_date"):
        if not when(document, task.members.get(name)):
            task.skip(name)
    task.skip(*OWN)
