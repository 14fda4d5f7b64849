"""The limits of nginx.conf.example as they are shipped: whom they count as one client, that a browser
never meets them, and that a crowd which says nothing keeps nobody out."""

import contextlib
import json
import os
import re
import resource
import socket
import subprocess
import sys

import pytest

from chaos_client import Client
from nginx import Nginx
from private_pg import ROOT
from waiting import wait_for

STREAMS = 100
BURST, AT_ONCE = (int(re.search(pattern, (ROOT / "nginx.conf.example").read_text())[1])
                  for pattern in (r"zone=attempts burst=(\d+)", r"limit_conn connections (\d+)"))
SILENT, FILES = 2300, 1024


# HTTP/2


def test_a_hundred_streams_of_one_client_pass(stack, user):
    """h2load waits for all at once; none is refused, and all are answered."""
    command = ["h2load", "-n", str(STREAMS), "-c", "1", "-m", str(STREAMS), "-H",
               f"Authorization: Bearer {user.token}", f"https://127.0.0.1:{stack.port}/api/v1/tasks"]
    with stack.standing_still(stack.workers("api")):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        wait_for(lambda: stack.connections("api") >= STREAMS, seconds=30)
    said = process.communicate(timeout=60)[0]
    assert f"status codes: {STREAMS} 2xx, 0 3xx, 0 4xx, 0 5xx" in said, said


def test_no_limit_is_another_one_in_the_stack(stack):
    """Tests raise how often somebody may log in, and nothing else."""
    def limits(text):
        return sorted(re.findall(r"limit_conn \w+ \d+|http2_max_\w+ \d+|worker_\w+ \d+", text))

    shipped = limits((ROOT / "nginx.conf.example").read_text())
    assert len(shipped) == 5
    assert limits((stack.state / "nginx.conf").read_text()) == shipped


# Who is one client

# Calls from many addresses: reads [[from, to, port, path, body or null], …] and prints their statuses, in
# the order of the answers. With "first" all are under way at once, and the first answer is the only one.
CALLS = """
import json, os, socket, ssl, sys, threading
context = ssl.create_default_context(cafile=sys.argv[1])

def ask(source, target, port, path, body):
    plain = socket.create_connection((target, port), 30, (source, 0))
    connection = context.wrap_socket(plain, server_hostname="localhost")
    text = "" if body is None else json.dumps(body)
    kind = f"Content-Type: application/json\\r\\nContent-Length: {len(text)}\\r\\n" if text else ""
    method = "POST" if text else "GET"
    connection.sendall(f"{method} {path} HTTP/1.1\\r\\nHost: localhost\\r\\n{kind}\\r\\n{text}".encode())
    print(connection.recv(12)[9:].decode(), flush=True)
    if "first" in sys.argv:
        os._exit(0)

threads = [threading.Thread(target=ask, args=call) for call in json.load(sys.stdin)]
for thread in threads:
    thread.start()
    if "first" not in sys.argv:
        thread.join()
"""


def neighbours(count):
    """Addresses of one /64. It has bytes that are line ends, and so have the addresses."""
    return [f"2001:db8:a0a:a0a:{number:x}:a0a:0:{number * 7 % 65536:x}" for number in range(1, count + 1)]


def strangers(count):
    """Addresses that differ in nothing but the /64."""
    return [f"2001:db8:0:{number:x}::a" for number in range(1, count + 1)]


class Network(Nginx):
    """nginx in a network of its own, where clients have many addresses. Attempts hardly come back with
    the time, so that a slow test counts what a quick one does."""

    def __init__(self, stack):
        changes = [(r"listen 127\.0\.0\.1:\d+ ", "listen [::]:PORT ipv6only=off "),
                   (r"rate=\S+", "rate=1r/m;"), (r"burst=\d+", f"burst={BURST}")]
        super().__init__(stack, changes, ["unshare", "--net", "sh", "-c", 'ip -batch "$0" && exec "$@"',
                                          stack.state / "addresses"])
        lines = [f"address add {address}/128 dev lo nodad\n"
                 for address in neighbours(AT_ONCE + 1) + strangers(AT_ONCE + 1)]
        (stack.state / "addresses").write_text("".join(["link set lo up\n", *lines]))

    def call(self, path, body, sources, target, *options):
        """The statuses of the answers to this call from each of the addresses."""
        calls = [(source, target, self.port, "/api/v1" + path, body) for source in sources]
        done = subprocess.run(
            ["nsenter", f"--net=/proc/{self.process.pid}/ns/net", sys.executable, "-c", CALLS, self.certificate,
             *options], input=json.dumps(calls), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return [int(status) for status in done.stdout.split()]

    def attempts(self, sources, target="::1"):
        """How many of these are let through; Daybook itself refuses the login."""
        body = {"email": "nobody@example.org", "password": "x"}
        statuses = self.call("/auth/login", body, sources, target)
        assert set(statuses) <= {401, 429}, statuses
        return statuses.count(401)


only_root = pytest.mark.skipif(os.getuid() != 0, reason="only root may make a network")


@pytest.fixture
def network(stack):
    with Network(stack) as network:
        yield network


@only_root
def test_a_network_of_ipv6_is_one_client(network):
    assert network.attempts(neighbours(30)) == 1 + BURST
    assert network.attempts(neighbours(40)[30:]) == 0
    assert network.attempts(strangers(40)) == 40


@only_root
def test_an_address_of_ipv4_is_one_client_by_either_protocol(network):
    """On a socket for both nginx sees 127.0.0.5 as ::ffff:127.0.0.5."""
    assert network.attempts(["127.0.0.5"] * 30, "127.0.0.1") == 1 + BURST
    assert network.attempts(["127.0.0.6"] * 2, "127.0.0.1") == 2


@only_root
def test_requests_at_once_are_counted_by_network(stack, network):
    """One more than a client may have under way: that one is refused while all others wait."""
    with stack.standing_still(stack.workers("api")):
        assert network.call("/tasks", None, neighbours(AT_ONCE + 1), "::1", "first") == [429]


# A crowd that says nothing


@pytest.fixture
def many_files():
    """The test itself may have that many connections open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * SILENT, max(2 * SILENT, hard)))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, max(2 * SILENT, hard)))


@pytest.mark.usefixtures("many_files")
def test_silent_connections_keep_nobody_out(stack, user):
    """More of them than nginx may have files open when it starts; one process has to bear them all."""
    changes = [("^worker_processes .*", "worker_processes 1;")]
    with Nginx(stack, changes, ["prlimit", f"--nofile={FILES}:"]) as nginx, contextlib.ExitStack() as crowd:
        for _ in range(SILENT):
            crowd.enter_context(socket.create_connection(("127.0.0.1", nginx.port), timeout=10))
        with contextlib.closing(Client(nginx, user.token)) as client:
            assert client.get("/tasks").ok
