"""A user's turns at what may take long, taken by a test itself."""

import contextlib
import threading

from waiting import wait_for

HOUR_MS = 3_600_000


class Turn:
    """A transaction that takes a turn of a user, or waits for one, until end()."""

    def __init__(self, postgres, user_id):
        self.postgres = postgres
        self.connection = postgres.connect("daybook", autocommit=False)
        self._run("SELECT set_config('app.user_id', %s, true)", str(user_id))
        self.error = None
        self.thread = None

    def _run(self, sql, *parameters):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)

    def take(self, patience_ms=0):
        self._run("SELECT daybook.take_turn(%s)", patience_ms)
        return self

    def wait(self):
        """Comes back as soon as it waits."""
        self.thread = threading.Thread(target=self._wait)
        self.thread.start()
        watcher = self.postgres.connect("daybook")
        wait_for(lambda: self._waits(watcher))
        watcher.close()
        return self

    def _waits(self, watcher):
        with watcher.cursor() as cursor:
            cursor.execute("SELECT FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'",
                           (self.connection.get_backend_pid(),))
            return cursor.rowcount == 1

    def _wait(self):
        try:
            self.take(HOUR_MS)
        except Exception as error:
            self.error = error

    def join(self):
        """Waits for the end of the waiting."""
        self.thread.join()
        if self.error:
            raise self.error

    def end(self):
        if self.thread:
            self.connection.cancel()
            self.thread.join()
        self.connection.close()


@contextlib.contextmanager
def turns(postgres, user_id, running, waiting=0):
    """So many of a user's requests at what may take long run and wait in this block."""
    with contextlib.ExitStack() as taken:
        for number in range(running + waiting):
            turn = Turn(postgres, user_id)
            taken.callback(turn.end)
            turn.take() if number < running else turn.wait()
        yield
