"""One private PostgreSQL for these tests. Its database "daybook" is migrated by a role that is no
superuser, as on managed PostgreSQL; every test makes its own users in it."""

import os
import pathlib
import subprocess
import sys
import types
import uuid

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from database import HASH, Database, begin, open_session, query  # noqa: E402
from private_pg import ROOT, PrivatePostgres  # noqa: E402
from shell import states  # noqa: E402


@pytest.fixture(scope="session")
def server():
    postgres = PrivatePostgres(states() / f"db-{os.getpid()}")
    try:
        postgres.start()
        yield postgres
    finally:
        postgres.remove()


@pytest.fixture(scope="session")
def migrate(server):
    """Runs scripts/migrate on a database; answers the finished process."""

    def run(command, database, *options, role="postgres", url=None):
        return subprocess.run(
            [ROOT / "scripts/migrate", command, *options],
            env={**os.environ, "DATABASE_OWNER_URL": url or server.url(database, role)},
            stdin=subprocess.DEVNULL, capture_output=True, text=True)

    return run


@pytest.fixture(scope="session")
def database(server, migrate):
    server.run("CREATE ROLE operator LOGIN CREATEROLE; CREATE DATABASE daybook OWNER operator")
    done = migrate("deploy", "daybook", role="operator")
    assert done.returncode == 0, done.stdout + done.stderr
    return Database(server)


@pytest.fixture
def app(database):
    """A connection as the workers have it."""
    connection = database.connect()
    yield connection
    connection.close()


@pytest.fixture
def become(database):
    """become(user): a connection as that user, inside a transaction; None: as nobody."""
    opened = []

    def make(user):
        connection = database.connect(autocommit=False)
        opened.append(connection)
        if user:
            assert begin(connection, user) == user.id
        return connection

    yield make
    for connection in opened:
        connection.close()


@pytest.fixture
def new_user(app):
    """Makes a user with one open session."""

    def make():
        user = types.SimpleNamespace(id=str(uuid.uuid4()), session=str(uuid.uuid4()))
        user.username = "u" + user.id[:12]
        user.email = f"{user.username}@example.org"
        query(app, "SELECT id FROM register_user(%s, %s, %s, NULL, 'UTC', %s)", user.id, user.email,
              user.username, HASH)
        open_session(app, user, user.session)
        return user

    return make


@pytest.fixture
def alice(new_user):
    return new_user()


@pytest.fixture
def bob(new_user):
    return new_user()
