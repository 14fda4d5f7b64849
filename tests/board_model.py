"""The board as plain lists: what a move must do to it, and moves of every kind."""

STATUSES = ["TODO", "IN_PROGRESS", "DONE"]


class BoardModel:
    """One order of tasks per status, and the project of each task that has one."""

    def __init__(self, columns, projects=None):
        self.columns = {status: list(columns.get(status, [])) for status in STATUSES}
        self.projects = dict(projects or {})

    def status_of(self, task):
        return next(status for status, tasks in self.columns.items() if task in tasks)

    def place_of(self, task):
        """Status and project."""
        return self.status_of(task), self.projects.get(task)

    def remove(self, task):
        self.columns[self.status_of(task)].remove(task)

    def append(self, task, status, project=None):
        self.columns[status].append(task)
        self.projects[task] = project

    def change(self, task, status=None, project=None):
        """A change of status or project that names no place: to the end of the column."""
        before = self.place_of(task)
        after = (status or before[0], project)
        if after != before:
            self.remove(task)
            self.append(task, *after)

    def move(self, task, body):
        """"moved", or the member that makes it impossible."""
        source = self.status_of(task)
        target = body.get("status", source)
        rest = [other for other in self.columns[target] if other != task]
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
        if "project_id" in body:
            self.projects[task] = body["project_id"]
        return "moved"


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
