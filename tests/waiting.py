"""Waiting for a fact, never for a time."""

import time


def wait_for(condition, seconds=30, pause_s=0.01):
    """Waits until the condition holds and returns what it returned."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {condition}"
        time.sleep(pause_s)
    return found
