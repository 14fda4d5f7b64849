"""Clients for the tests of the API, and the account of routes at the end."""

import pytest
import requests

from client import Client, Record
from contract import Contract

LAST = "test_every_operation_was_tried"


@pytest.fixture(scope="session")
def record():
    return Record()


@pytest.fixture(scope="session")
def contract(stack):
    response = requests.get(stack.url + "/api/v1/openapi.json", verify=stack.certificate, timeout=10)
    return Contract(response.json())


@pytest.fixture(scope="session")
def connect(contract, record):
    """connect(stack): a client of another stack."""
    return lambda stack: Client(stack, contract, record)


@pytest.fixture(scope="session")
def client(stack, connect):
    """Calls without a token."""
    return connect(stack)


@pytest.fixture
def new_user(client):
    """new_user(timezone=…, …): registers and logs in."""
    return client.new_user


@pytest.fixture
def user(new_user):
    """Somebody who is logged in: a client with a token."""
    return new_user()


@pytest.fixture
def stranger(new_user):
    """Somebody else."""
    return new_user()


def pytest_collection_modifyitems(config, items):
    """The account of routes comes last, and only when every test of the API has run."""
    items.sort(key=lambda item: item.name == LAST)
    options = config.option
    part = options.keyword or options.markexpr or getattr(options, "lf", False)
    if part or any(".py" in argument for argument in config.args):
        items[:] = [item for item in items if item.name != LAST]
