"""Projects and categories, as the tests of both compare them."""

from texts import fold

MEMBERS = {
    "projects": ["id", "name", "description", "color", "archived", "task_count", "task_counts",
                 "version", "created_at", "updated_at"],
    "categories": ["id", "name", "color", "task_count", "version", "created_at", "updated_at"],
}
REFERENCE = {"projects": "project_id", "categories": "category_id"}
NAME_LIMIT = {"projects": 100, "categories": 50}


def in_order(rows, sort_by, sort_order):
    """Sorted as the list should be, the id breaking ties."""
    def key(row):
        return (fold(row["name"]) if sort_by == "name" else row[sort_by], row["id"])
    return sorted(rows, key=key, reverse=sort_order == "desc")


def counted(kind, todo):
    """The counts of a row with so many tasks, all of them open."""
    counts = {"task_counts": {"todo": todo, "in_progress": 0, "done": 0}} if kind == "projects" else {}
    return {"task_count": todo, **counts}
