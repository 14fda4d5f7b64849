"""Exports and imports, as the tests of both ask for them."""

import itertools

LISTS = ["projects", "categories", "tasks", "moods", "journals", "notifications"]
EXPORT, IMPORT = "/users/me/export", "/users/me/import"


def export(who):
    answer = who.get(EXPORT)
    assert answer.status_code == 200, answer.text
    return answer.json()


def content(who):
    """Of an export, what an import brings."""
    document = export(who)
    return {name: document[name] for name in LISTS}


def take(who, document, **params):
    """The answer to an import that succeeds."""
    answer = who.post(IMPORT, json={"format": 1, **document}, params=params)
    assert answer.status_code == 200, answer.text
    for row in itertools.chain(*map(document.get, document.keys() & LISTS)):
        who.record.owners[row["id"]].add(who.id)
    return answer.json()
