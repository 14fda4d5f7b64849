"""The wire between workers and PostgreSQL, for cutting and blocking: a unix socket that passes all
bytes on until it is told otherwise."""

import pathlib
import shutil
import socket
import threading
import time


class Wire:
    """`with Wire(stack, "name") as wire:` wire.url is what the workers get."""

    def __init__(self, stack, name):
        self.folder = pathlib.Path(stack.state) / name
        self.target = str(stack.state / "s" / ".s.PGSQL.5432")
        self.url = f"postgresql:///daybook?host={self.folder}&user=daybook_app"
        self.blocked = False  # nothing passes, nothing is closed
        self.passes = 0  # so many answers still come through before the cuts
        self.cuts = 0  # so many answers are swallowed, each with its connection
        self.silent_after = None  # each connection brings only so many answers
        self.late = False  # answers come only once there is a further connection
        self.connections = 0
        self.open = []
        self.ended = False

    def __enter__(self):
        self.folder.mkdir()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.folder / ".s.PGSQL.5432"))
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.ended = True
        self.listener.close()
        for connection in self.open:
            connection.close()
        shutil.rmtree(self.folder)

    def _accept(self):
        while not self.ended:
            try:
                worker, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.target)
            self.open += [worker, server]
            self.connections += 1
            threading.Thread(target=self._pass, args=(worker, server, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, worker, True), daemon=True).start()

    def _pass(self, source, sink, answers):
        passed = 0
        try:
            while data := source.recv(65536):
                known = self.connections
                while not self.ended and (self.blocked or passed == self.silent_after or (
                        answers and self.late and self.connections == known)):
                    time.sleep(0.01)
                passed += answers
                if answers and self.passes > 0:
                    self.passes -= 1
                elif answers and self.cuts > 0:
                    self.cuts -= 1
                    break
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
