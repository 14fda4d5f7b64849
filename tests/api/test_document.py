"""The OpenAPI document is what the server does: nothing in it is wrong, and nothing is left out."""

import re


def test_operations_have_speaking_names(contract):
    names = {operation: description["operationId"] for operation, description in contract.operations()}
    assert len(set(names.values())) == len(names)
    assert all(re.fullmatch("[a-z]+([A-Z][a-z]+)*", name) for name in names.values()), names
    assert names["PATCH", "/api/v1/tasks/{id}"] == "updateTask"
    assert names["PUT", "/api/v1/tasks/{id}"] == "putTask"
    assert names["GET", "/api/v1/users/{user_id}/tasks"] == "listUserTasks"
