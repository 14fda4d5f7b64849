"""The OpenAPI document is what the server does: nothing in it is wrong, and nothing is left out."""

import json
import re

from private_pg import ROOT

# The column of the guide's table that has the words.
WORDS_OF_A_ROW = {"FaultCode": re.compile(r"^\|([^|]+)", re.M), "ErrorWord": re.compile(r"^\|[^|]+\|([^|]+)", re.M)}


def test_operations_have_speaking_names(contract):
    names = {operation: description["operationId"] for operation, description in contract.operations()}
    assert len(set(names.values())) == len(names)
    assert all(re.fullmatch("[a-z]+([A-Z][a-z]+)*", name) for name in names.values()), names
    assert names["PATCH", "/api/v1/tasks/{id}"] == "updateTask"
    assert names["PUT", "/api/v1/tasks/{id}"] == "putTask"
    assert names["GET", "/api/v1/users/{user_id}/tasks"] == "listUserTasks"


def media_types(contract):
    """(a name, the part of the document) of every body and answer."""
    for (method, path), operation in contract.operations():
        parts = {"body": operation.get("requestBody", {}), **operation["responses"]}
        for name, part in parts.items():
            for kind, content in contract.resolve(part).get("content", {}).items():
                yield f"{method} {path} {name} {kind}", content


def test_every_body_and_answer_has_an_example(contract):
    """Of our own, as the schema says, and with real values."""
    for name, content in media_types(contract):
        if "$ref" not in content["schema"] and set(content["schema"]) == {"type"}:
            continue  # the text of the metrics, and the document itself
        assert content["examples"], name
        for example in content["examples"].values():
            value = contract.resolve(example)["value"]
            contract.validate(value, content["schema"])
            assert "…" not in json.dumps(value, ensure_ascii=False).replace("Bearer …", ""), name


def test_every_operation_and_parameter_is_explained(contract):
    tags = {tag["name"]: tag["description"] for tag in contract.document["tags"]}
    for name, operation in contract.operations():
        assert operation["summary"] and operation["description"].endswith("."), name
        assert operation["description"] != f"{operation['summary']}.", name
        assert all(tags[tag] for tag in operation["tags"]), name
        for parameter in operation["parameters"]:
            assert contract.resolve(parameter)["description"], name


def schemas(part):
    """Every schema inside a part of the document."""
    if isinstance(part, dict):
        yield part
        for name, value in part.items():
            if name not in ("example", "examples", "default", "enum"):
                yield from schemas(value)
    elif isinstance(part, list):
        for value in part:
            yield from schemas(value)


def test_nothing_stands_beside_a_reference(contract):
    """Generators would lose it."""
    for part in schemas(contract.document):
        assert "$ref" not in part or set(part) == {"$ref"}, part


def test_an_enum_has_one_name(contract):
    named = contract.document["components"]["schemas"]
    enums = {tuple(schema["enum"]): name for name, schema in named.items() if "enum" in schema}
    assert {"TaskStatus", "TaskPriority", "SortOrder", "ErrorWord", "Period"} <= set(enums.values())
    for name, schema in named.items():
        for part in schemas(schema.get("properties", {})):
            assert "enum" not in part, f"{name}: {part}"
    for name, operation in contract.operations():
        for parameter in operation["parameters"]:
            assert not [part for part in schemas(parameter) if "enum" in part], name


def test_answers_are_open_and_bodies_are_closed(contract):
    named = contract.document["components"]["schemas"]
    closed = {name for name, schema in named.items() if schema.get("additionalProperties") is False}
    taken = {part["$ref"].rsplit("/", 1)[-1] for _, operation in contract.operations()
             for part in schemas(operation.get("requestBody", {})) if "/schemas/" in part.get("$ref", "")}
    assert taken <= closed
    assert {part["$ref"].rsplit("/", 1)[-1] for name in taken for part in schemas(named[name])
            if "$ref" in part and named[part["$ref"].rsplit("/", 1)[-1]].get("type") == "object"} <= closed
    assert not closed & {"Task", "TaskPage", "User", "ApiError", "Dashboard"}


def test_a_change_names_no_defaults(contract):
    named = contract.document["components"]["schemas"]
    updates = {name: schema for name, schema in named.items() if name.endswith("Update")}
    assert len(updates) >= 6
    for name, schema in updates.items():
        assert "default" not in json.dumps(schema).lower() and "If absent" not in json.dumps(schema), name
    assert "`status` is `TODO`" in named["TaskCreate"]["description"]


def test_current_is_the_resource(contract):
    """And is there whenever the word says that the resource is another one."""
    found = set()
    for (method, path), operation in contract.operations():
        for status in {"409", "412"} & set(operation["responses"]):
            response = contract.resolve(operation["responses"][status])
            for part in schemas(response["content"]["application/json"]["schema"]):
                if "current" in part.get("properties", {}):
                    found.add((path, part["properties"]["current"]["$ref"].rsplit("/", 1)[-1]))
                    assert set(part["properties"]["error"]["enum"]) <= {"version_conflict", "precondition_failed"}
                    assert {"error", "current"} <= set(part["required"])
    assert {("/api/v1/tasks/{id}", "Task"), ("/api/v1/tasks/{id}/move", "Task"), ("/api/v1/users/me", "User"),
            ("/api/v1/journals/{id}", "Journal")} <= found


def test_the_document_may_be_kept(client):
    first = client.get("/openapi.json")
    assert client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.get("/openapi.json", headers={"If-None-Match": '"another"'}).content == first.content


def test_the_guide_explains_every_code_and_word(contract):
    guide = (ROOT / "docs/api-guide.md").read_text()
    for heading, name in ("| `code` | the field", "FaultCode"), ("| status | `error`", "ErrorWord"):
        table = guide.split(heading)[1].split("\n\n")[0]
        explained = re.findall(r"`(\w+)`", "".join(WORDS_OF_A_ROW[name].findall(table)))
        assert sorted(set(explained)) == sorted(contract.document["components"]["schemas"][name]["enum"])
