"""/docs and /redoc in a real browser, under their strict content security policy and without the
internet."""

import json

import pytest
import requests


@pytest.fixture(scope="session")
def operation_ids(stack):
    document = requests.get(stack.url + "/api/v1/openapi.json", verify=stack.certificate, timeout=10).json()
    return [operation["operationId"] for path in document["paths"].values() for operation in path.values()]


def check_quiet(page):
    """Nothing was refused, nothing failed, nobody else was asked."""
    said, asked = page.drain()
    assert said == []
    assert asked
    strangers = [url for url in asked if not url.startswith((page.origin + "/", "data:", "about:"))]
    assert strangers == []


def test_docs_show_every_operation(page, operation_ids):
    page.open("/docs")
    page.find("#operations-system-getHealth")
    assert page.count(".opblock") == len(operation_ids)
    for name in operation_ids:
        assert page.count(f".opblock[id$='-{name}']") == 1, name
    assert page.count(".errors-wrapper") == 0
    check_quiet(page)


def test_redoc_shows_every_operation(page, operation_ids):
    page.open("/redoc")
    page.find("h1")
    for name in operation_ids:
        assert page.count(f"[id$='operation/{name}']") >= 1, name
    check_quiet(page)


def try_out(page, tag, name, expect):
    """Sends an operation as the page offers it and returns the answer's body."""
    block = f"#operations-{tag}-{name} "
    if page.count(block + ".opblock-body") == 0:
        page.click(block + ".opblock-summary-control")
    page.click(block + ".try-out__btn")
    page.click(block + ".execute")
    answer = block + ".live-responses-table tbody "
    status = page.find(answer + ".response-col_status").text
    assert status.split() == [str(expect)]
    return json.loads(page.find(answer + ".microlight").text)


def test_a_call_from_docs(page):
    page.open("/docs")
    assert try_out(page, "system", "getHealth", 200)["status"] == "ok"
    check_quiet(page)


def test_a_conversation_from_docs(page):
    """The examples of the document are good as they stand."""
    page.open("/docs")
    registered = try_out(page, "auth", "registerUser", 201)
    tokens = try_out(page, "auth", "login", 200)
    page.click(".btn.authorize")
    page.find(".modal-ux input").send_keys(tokens["access_token"])
    page.click(".modal-ux button.authorize")
    page.click(".modal-ux .btn-done")
    assert try_out(page, "users", "getProfile", 200) == registered
    task = try_out(page, "tasks", "createTask", 201)
    assert task["title"] == "Water the plants"
    assert try_out(page, "tasks", "listTasks", 200)["tasks"] == [task]
    check_quiet(page)
