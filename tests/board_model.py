"""The board as plain lists: what a move must do to it, and moves of every kind."""

STATUSES = ["TODO", "IN_PROGRESS", "DONE"]


class BoardModel:
    """Columns, which are (status, project), with their tasks in order."""

    def __init__(self, columns):
        self.columns = {key: list(tasks) for key, tasks in columns.items()}

    def column_of(self, task):
        return next(key for key, tasks in self.columns.items() if task in tasks)

    def move(self, task, body):
        """"moved", or the member that makes it impossible."""
        source = self.column_of(task)
        target = (body.get("status", source[0]), body.get("project_id", source[1]))
        rest = [other for other in self.columns.setdefault(target, []) if other != task]
        side = "after" if "after" in body else "before"
        neighbour = body.get(side)
        if neighbour and neighbour not in rest:
            return side
        if neighbour:
            place = rest.index(neighbour) + (side == "after")
        else:
            place = 0 if side == "after" else len(rest)
        self.columns[source].remove(task)
        self.columns[target] = rest[:place] + [task] + rest[place:]
        return "moved"

    def agrees(self, columns):
        """Whether these are its columns; empty ones do not count."""
        return columns == {key: tasks for key, tasks in self.columns.items() if tasks}


def random_body(chosen, tasks, projects):
    """What a client might send to move a task."""
    body = {}
    if chosen.random() < 0.5:
        body["status"] = chosen.choice(STATUSES)
    if chosen.random() < 0.3:
        body["project_id"] = chosen.choice(projects)
    side = chosen.choice(["after", "before", None])
    if side:
        body[side] = chosen.choice([None, *chosen.choices(tasks, k=6)])
    return body
