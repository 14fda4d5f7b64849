"""Fixtures of every test that wants a running Daybook."""

import signal

import pytest

from stack import Stack

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


def stack_starter():
    """start(settings={…}, DAYBOOK_WORKERS="2", …): starts another Daybook."""
    lives = []

    def start(settings=None, **environment):
        lives.append(run_stack(Stack(settings, **environment)))
        return next(lives[-1])

    yield start
    for life in lives:
        next(life, None)


start_stack = pytest.fixture(stack_starter, name="start_stack")
module_stack = pytest.fixture(stack_starter, name="module_stack", scope="module")


def run_stack(stack):
    """Starts it, and after its use stops it; what its workers say at their end counts too."""
    running.append(stack)
    try:
        yield stack.start()
        stack.stop()
        defects = stack.new_defects()
    finally:
        running.remove(stack)
        stack.remove()
    assert not defects, "\n".join(defects)


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
