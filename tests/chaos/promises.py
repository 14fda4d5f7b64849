"""How often a promise is tried: a few times among all tests, and as often as it was given by
`scripts/test promises`."""

import os

import pytest

promise = pytest.mark.promise
LONG = os.environ.get("DAYBOOK_PROMISES") == "long"


def rounds(few, promised):
    return promised if LONG else few
