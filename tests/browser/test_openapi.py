"""The OpenAPI document as other people's tools see it."""

import shutil
import subprocess

import pytest
import requests

import npm
from private_pg import ROOT

LINTER = ROOT / "tests/browser/lint.js"


@pytest.fixture(scope="session")
def linter():
    """A folder with the linter."""
    folder = npm.install()
    shutil.copy(LINTER, folder)
    return folder


@pytest.fixture
def document(stack):
    return requests.get(stack.url + "/api/v1/openapi.json", verify=stack.certificate, timeout=10)


def test_public_linter_finds_nothing(linter, document, tmp_path):
    path = tmp_path / "openapi.json"
    path.write_bytes(document.content)
    done = subprocess.run(["node", "lint.js", path], cwd=linter, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_bodies_have_examples_that_are_complete(document):
    schemas = document.json()["components"]["schemas"]
    # A token cannot be made up.
    bodies = {name: schemas[name] for name in body_names(document.json()) if name != "Refresh"}
    assert "TaskCreate" in bodies and "Registration" in bodies
    for name, schema in bodies.items():
        assert set(schema["required"]) <= set(schema["examples"][0]), name


def test_every_parameter_and_group_is_explained(document):
    tags = {tag["name"]: tag["description"] for tag in document.json()["tags"]}
    for operation in operations(document.json()):
        assert operation["summary"] and all(tags[tag] for tag in operation["tags"])
        for parameter in operation["parameters"]:
            assert "$ref" in parameter or parameter["description"], parameter


def operations(document):
    return [operation for path in document["paths"].values() for operation in path.values()]


def body_names(document):
    bodies = [operation["requestBody"]["content"]["application/json"]["schema"]
              for operation in operations(document) if "requestBody" in operation]
    return {body["$ref"].rsplit("/", 1)[-1] for body in bodies}
