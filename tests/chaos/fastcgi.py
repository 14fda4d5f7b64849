"""Workers without a web server before them: pools that a test starts itself, and a FastCGI client
(FastCGI specification 1.0) that asks them."""

import json
import os
import pathlib
import signal
import socket
import struct
import subprocess

from private_pg import ROOT

BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6
RESPONDER = 1
BUILD = pathlib.Path(os.environ.get("DAYBOOK_BUILD", ROOT / "build" / "dev"))
WORKER = BUILD / "daybook-worker"


class Pool:
    """Workers that share one listening socket, as children of the test: their exit status is seen."""

    def __init__(self, stack, name, count=1, **settings):
        self.path = stack.state / "s" / f"{name}.sock"
        self.log = stack.state / "logs" / f"{name}.log"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.path))
        listener.listen(256)
        environment = {**os.environ, "LOG_TARGET": str(self.log), "METRICS_FILE": "", **settings}
        command = [WORKER, "--env-file", stack.state / "daybook.env"]
        self.workers = [subprocess.Popen(command, stdin=listener, env=environment)
                        for _ in range(count)]
        listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.path.unlink()

    def signal(self, number):
        for worker in self.workers:
            os.kill(worker.pid, number)

    def get(self, path, **headers):
        return ask(self.path, "GET", path, **headers)

    def stop(self):
        """The exit statuses after SIGTERM."""
        self.signal(signal.SIGTERM)
        return [worker.wait(timeout=60) for worker in self.workers]


class Reply:
    def __init__(self, text):
        head, _, self.text = text.partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode().split("\r\n") if line]
        self.headers = {name.lower(): value for name, value in lines}
        self.status = int(self.headers["status"].split()[0])
        self.length = int(self.headers.get("content-length", 0))

    @property
    def body(self):
        return json.loads(self.text)


def record(kind, content):
    return struct.pack("!BBHHBx", 1, kind, 1, len(content), 0) + content


def parameter(name, value):
    name, value = name.encode(), value.encode()
    return struct.pack("!II", len(name) | 1 << 31, len(value) | 1 << 31) + name + value


class Kept:
    """A connection on which one request follows another, as a web server that keeps them has it."""

    def __init__(self, path, timeout_s=60):
        self.socket = connect(path, timeout_s)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, method, uri, body=b"", **headers):
        self.socket.sendall(encode(method, uri, body, keep=True, **headers))

    def receive(self):
        return receive(self.socket)

    def ask(self, method, uri, body=b"", **headers):
        self.send(method, uri, body, **headers)
        return self.receive()

    def has_ended(self):
        """Waits for what comes next: whether it is the end, without an answer."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True


def encode(method, path, body=b"", address="127.0.0.1", keep=False, **headers):
    """The records of one request, of a client at this address; None: the web server does not say."""
    parameters = {"REQUEST_METHOD": method, "REQUEST_URI": path, "SERVER_PROTOCOL": "HTTP/1.1"}
    if address is not None:
        parameters.update(REMOTE_ADDR=address)
    if body:
        parameters.update(CONTENT_TYPE="application/json", CONTENT_LENGTH=str(len(body)))
    parameters.update({f"HTTP_{name.upper()}": value for name, value in headers.items()})
    encoded = b"".join(parameter(name, value) for name, value in parameters.items())
    return b"".join([record(BEGIN, struct.pack("!HB5x", RESPONDER, keep)),
                     record(PARAMS, encoded), record(PARAMS, b""),
                     *([record(STDIN, body)] if body else []), record(STDIN, b"")])


def connect(path, timeout_s=60):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(timeout_s)
    connection.connect(str(path))
    return connection


def ask(path, method, uri, body=b"", timeout_s=60, **headers):
    with connect(path, timeout_s) as connection:
        connection.sendall(encode(method, uri, body, **headers))
        return receive(connection)


def receive(connection):
    stream, output = connection.makefile("rb"), b""
    while True:
        header = stream.read(8)
        if len(header) < 8:
            raise EOFError(f"the connection ended within an answer: {output[:200]}")
        _, kind, _, length, padding = struct.unpack("!BBHHBx", header)
        content = stream.read(length + padding)[:length]
        if kind == STDOUT:
            output += content
        if kind == END:
            return Reply(output)
