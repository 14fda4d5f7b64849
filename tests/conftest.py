"""Fixtures of every test that wants a running Daybook."""

import signal

import pytest
import requests

from client import Client, Record
from contract import Contract
from stack import SETTINGS, Stack

MARKS = pytest.StashKey()
running = []


def pytest_configure(config):
    """A test run that is asked to end stops what it has started."""
    del config
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def stack():
    """The Daybook that most tests share."""
    yield from run_stack(Stack())


@pytest.fixture
def start_stack():
    """start_stack(settings={…}, DAYBOOK_WORKERS="2", …): another Daybook, for this test only."""
    lives = []

    def start(settings=None, **environment):
        lives.append(run_stack(Stack(settings, **environment)))
        return next(lives[-1])

    yield start
    for life in lives:
        next(life, None)


@pytest.fixture(scope="session")
def restart_stack():
    """restart_stack(settings={…}): the second Daybook, with these settings besides the usual ones.
    Whoever uses it restarts it first, which is quicker than a new one; its data stay."""
    stack = Stack()
    life = run_stack(stack)

    def restart(settings=None, **environment):
        if stack in running:
            stack.restart({**SETTINGS, **(settings or {})}, **environment)
        else:
            stack.settings.update(settings or {})
            stack.environment.update(environment)
            next(life)
        return stack

    yield restart
    next(life, None)


@pytest.fixture(scope="session")
def mail_stack():
    """One for tests of mails, which start its lanes themselves, with a mail server of their own."""
    yield from run_stack(Stack({"MAIL_URL": "smtp://localhost"}, DAYBOOK_LANES=""))


def run_stack(stack):
    """Starts it, and after its use stops it; what its workers say at their end counts too."""
    running.append(stack)
    try:
        yield stack.start()
        stack.stop()
        defects = [*stack.new_defects(), *stack.leaks()]
    finally:
        running.remove(stack)
        stack.remove()
    assert not defects, "\n".join(defects)


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


@pytest.fixture(autouse=True)
def no_defects(request):
    """Fails the test during which a worker died, a sanitizer spoke or a statement was wrong."""
    request.node.stash[MARKS] = {stack: stack.marks() for stack in running}
    yield
    defects = [defect for stack in running for defect in stack.new_defects()]
    assert not defects, "\n".join(defects)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Shows what the servers logged during a test that failed."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        marks = item.stash.get(MARKS, {})
        for stack in running:
            report.sections.append((f"logs of {stack.state.name}", stack.tail(marks.get(stack))))


def pytest_make_parametrize_id(val):
    """Long texts would make names of tests that nobody can read."""
    return f"{repr(val)[:30]}…{len(val)}" if isinstance(val, (str, bytes)) and len(val) > 40 else None
