"""What scripts/bench puts on the stack, and what came of it."""

import asyncio
import concurrent.futures
import ctypes
import os
import pathlib
import re
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass

from bench import stack

LUA = pathlib.Path(__file__).with_name("wrk.lua")


@dataclass
class Figure:
    """One measurement: how many a second, and how long one takes at the median and at the 99th of a
    hundred."""
    rate: float
    p50_ms: float = None
    p99_ms: float = None
    errors: int = 0


def quantile(sorted_values, part):
    return sorted_values[min(len(sorted_values) - 1, int(part * len(sorted_values)))]


def start_wrk(url, seconds, user, kind, connections=32, base="/api/v1"):
    environment = os.environ | {"BENCH_TOKEN": user["token"], "BENCH_IDS": str(user["ids"]),
                                "BENCH_LOGIN": user["login"], "BENCH_KIND": kind, "BENCH_BASE": base}
    if "tag" in user:
        environment["BENCH_TAG"] = user["tag"]
    return subprocess.Popen(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", LUA, url],
                            env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def end_wrk(process):
    output = process.communicate()[0]
    line = re.search(r"^BENCH (.*)$", output, re.M)
    if not line:
        raise SystemExit(f"bench: wrk said: {output.strip()}")
    requests, micros, p50, p99, refused, broken = map(int, line[1].split())
    return Figure(requests / micros * 1e6, p50 / 1000, p99 / 1000, refused + broken)


def wrk(url, seconds, user, kind, connections=32, base="/api/v1"):
    return end_wrk(start_wrk(url, seconds, user, kind, connections, base))


def pgbench(database, statements, seconds, clients=8):
    """The statements as one pipelined transaction, prepared, without nginx and without a worker."""
    with tempfile.TemporaryDirectory() as folder:
        script, values, lines = pathlib.Path(folder) / "script", {}, []
        for number, (sql, given) in enumerate(statements):
            lines.append(re.sub(r":p(\d+)", rf":s{number}p\1", sql) + ";")
            values |= {f"s{number}{name}": value for name, value in given.items()}
        script.write_text("\n".join(["\\startpipeline", *lines, "\\endpipeline"]) + "\n")
        done = subprocess.run(
            ["pgbench", "-n", "-M", "prepared", f"-c{clients}", "-j1", f"-T{seconds}", "-f", script,
             "--log", "--sampling-rate=0.1", f"--log-prefix={folder}/log",
             *(f"-D{name}={value}" for name, value in values.items()), database],
            env=os.environ | {"PGOPTIONS": "-c search_path=daybook"}, capture_output=True, text=True,
            check=False)
        rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.M)
        if not rate:
            raise SystemExit(f"bench: pgbench said: {done.stderr.strip()}")
        times = sorted(int(line.split()[2]) / 1000 for log in pathlib.Path(folder).glob("log*")
                       for line in log.read_text().splitlines())
        return Figure(float(rate[1]), quantile(times, 0.5), quantile(times, 0.99))


def hash_for(seconds):
    """How many hashes of cost 12 a second one process computes."""
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    salt = b"$2b$12$abcdefghijklmnopqrstuu"
    count, start = 0, time.monotonic()
    while time.monotonic() - start < seconds:
        crypt(stack.PASSWORD.encode(), salt)
        count += 1
    return count / (time.monotonic() - start)


def bcrypt(processes, seconds):
    with concurrent.futures.ProcessPoolExecutor(processes) as pool:
        return Figure(sum(pool.map(hash_for, [seconds] * processes)))


class Client:
    """One connection that is kept; Python, so for few requests or for what wrk cannot do."""

    def __init__(self, port, tls, address):
        self.port, self.tls, self.address = port, tls, address

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=self.tls, local_addr=(self.address, 0))
        return self

    async def __aexit__(self, *_):
        self.writer.close()

    async def send(self, head, body=""):
        self.writer.write(f"{head}\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                          f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        answer = await self.reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", answer, re.I)
        if length:
            await self.reader.readexactly(int(length[1]))
        return int(answer.split()[1])


async def repeat(port, tls, address, seconds, pause_s, head, body=""):
    """Sends the same request again and again: when each ended, how long it took, its status."""
    done, end = [], time.monotonic() + seconds
    async with Client(port, tls, address) as client:
        while time.monotonic() < end:
            if len(done) % 500 == 499:  # nginx closes after 1000
                client.writer.close()
                await client.__aenter__()
            start = time.monotonic()
            status = await client.send(head, body)
            now = time.monotonic()
            done.append((now, now - start, status))
            await asyncio.sleep(pause_s)
    return done


async def repeat_all(count, *arguments):
    return sum(await asyncio.gather(*(repeat(*arguments) for _ in range(count))), [])


def summary(done):
    """The rate is counted from one answer to another, so that few answers make no rough figure."""
    ends, times = sorted(d[0] for d in done), sorted(d[1] * 1000 for d in done)
    errors = sum(d[2] >= 400 for d in done)
    return Figure((len(ends) - 1) / (ends[-1] - ends[0]), statistics.median(times),
                  quantile(times, 0.99), errors)


def logins(target, user, seconds, clients):
    return summary(asyncio.run(repeat_all(clients, target.port, target.tls, "127.0.0.1", seconds, 0,
                                          "POST /api/v1/auth/login HTTP/1.1", user["login"])))


def probe(target, user, seconds):
    """Four quiet clients at another address read one task, a hundred times a second each at most."""
    head = f"GET /api/v1/tasks/{user['first']} HTTP/1.1\r\nAuthorization: Bearer {user['token']}"
    return summary(asyncio.run(repeat_all(4, target.port, target.tls, "127.0.0.2", seconds, 0.01, head)))


def probe_beside(target, user, seconds, other, kind, connections):
    """The same while others ask as fast as they can: the probe's figure, and theirs."""
    load = start_wrk(target.url, seconds + 2, other, kind, connections)
    time.sleep(1)
    found = probe(target, user, seconds)
    return found, end_wrk(load)
