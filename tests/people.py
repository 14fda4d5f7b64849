"""Users whom the tests of a module share, where one for each test would take long."""

import pytest


def somebody(**members):
    """A fixture for a module, which gives it its name: `user, stranger = somebody(), somebody()`."""
    @pytest.fixture(scope="module")
    def shared(client):
        return client.new_user(**members)

    return shared
