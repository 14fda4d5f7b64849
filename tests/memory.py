"""What a worker takes from the machine while it answers something large."""

import contextlib
import threading

from stack import has_sanitizer


def pss(pid):
    """The memory of a process, what it shares counted in part."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
        return next(int(line.split()[1]) * 1024 for line in rollup if line.startswith("Pss:"))


@contextlib.contextmanager
def memory_grows(stack, limit):
    """The memory of the only slow worker grows by no more than this in between, seen a hundred times a second. The
    worker stays the same."""
    [pid] = stack.workers("slow")
    before, seen, ended = pss(pid), [], threading.Event()

    def watch():
        while not ended.wait(0.01):
            seen.append(pss(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
    assert stack.workers("slow") == [pid]
    assert has_sanitizer() or max(seen, default=0) - before <= limit, (before, max(seen))
