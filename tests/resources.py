"""What the tests of any resource need: its entity tag, and what a stale writer is told."""

from contract import refused


def tag(who, path):
    """The entity tag of a resource as it is now."""
    answer = who.get(path)
    assert answer.status_code == 200, answer.text
    return answer.headers["ETag"]


def stale(answer, who, path, status=412):
    """Refused because the resource is another one than the writer believes, which is shown: 412 for a
    header, 409 for the member `version` alone."""
    now = who.get(path)
    refused(answer, status, {412: "precondition_failed", 409: "version_conflict"}[status])
    assert (answer.json()["current"], answer.headers["ETag"]) == (now.json(), now.headers["ETag"])
