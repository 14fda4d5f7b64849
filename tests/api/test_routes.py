"""Every documented operation is tried: with success, with a refusal, and by a stranger. Every documented word
of a wrong field is seen."""

import re

from contract import codes, refused
from private_pg import ROOT
from resources import NOBODYS


def protected(contract):
    """(method, a path, its operation) of everything that needs a token."""
    for (method, template), operation in contract.operations():
        if operation.get("security") != []:
            yield method, re.sub(r"\{\w+\}", NOBODYS, template), operation


def test_nothing_without_a_token(contract, client):
    """Whatever else is wrong with the request: who has no token learns nothing."""
    for method, path, _ in protected(contract):
        for options in ({}, {"json": {"x": 1}}, {"data": "no json"}):
            refused(client.request(method, path, **options), 401, "unauthorized")


def test_the_web_server_knows_the_auth_pool(contract):
    """What takes a password goes there, and nothing else."""
    conf = (ROOT / "nginx.conf.example").read_text()
    patterns = re.findall(r'"~(\^.*)" daybook_auth;', conf)
    for (method, path), operation in contract.operations():
        there = any(re.search(pattern, f"{method} {path}?") for pattern in patterns)
        assert there == operation.get("x-password", False), f"{method} {path}"


def test_unknown_parameters_are_refused_everywhere(contract, user):
    for method, path, _ in protected(contract):
        path = path.replace(f"/users/{NOBODYS}", f"/users/{user.id}")
        if method == "GET" and NOBODYS not in path:
            answer = user.get(f"{path}?no_such=1")
            assert (answer.status_code, answer.json()["error"]) == (400, "validation_failed"), path
            assert "no_such" in [detail["field"] for detail in answer.json()["details"]], path


def test_every_operation_was_tried(contract, record):
    missing = []
    for operation, description in contract.operations():
        wanted = {"success", "refusal"}
        if description.get("security") != []:
            wanted.add("stranger")
        for outcome in sorted(wanted - record.outcomes[operation]):
            missing.append(f"{' '.join(operation)}: no {outcome}")
    assert not missing, "\n".join(missing)


def test_every_code_was_seen(contract):
    """That none was seen but these, the schema of each answer tells."""
    missing = set(contract.document["components"]["schemas"]["FaultCode"]["enum"]) - codes
    assert not missing, missing
