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
