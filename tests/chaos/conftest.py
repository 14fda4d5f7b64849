"""One stack for these tests. Its PostgreSQL writes to disk for real, so that a crash of it shows what
was lost; it takes few connections."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from chaos_client import sign_up  # noqa: E402
from smtp_server import SmtpServer  # noqa: E402
from stack import Stack  # noqa: E402

POSTGRES = "-c max_connections=24 -c recovery_init_sync_method=syncfs"


@pytest.fixture(scope="session")
def stack():
    stack = Stack(DAYBOOK_PG_OPTIONS=POSTGRES, DAYBOOK_WORKERS="4", DAYBOOK_SLOW_WORKERS="2",
                  DAYBOOK_AUTH_WORKERS="1")
    stack.postgres.options = POSTGRES
    stack.announce("worker_died")
    try:
        yield stack.start()
    finally:
        stack.remove()


@pytest.fixture(autouse=True)
def no_defects(request):
    """Whatever a fault does to a request, the workers' logs must not speak of a defect."""
    yield
    if "stack" in request.fixturenames:
        defects = request.getfixturevalue("stack").new_defects()
        assert not defects, "\n".join(defects)


@pytest.fixture
def user(stack):
    """Somebody new, logged in: a client with a token."""
    client = sign_up(stack)
    yield client
    client.close()


@pytest.fixture
def server(mail_stack):
    """A mail server for this test; the outbox is empty."""
    mail_stack.ask("DELETE FROM users")
    with SmtpServer() as made:
        yield made
