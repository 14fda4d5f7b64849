"""A whole Daybook for tests: what scripts/run starts, with a state folder, a port and settings of its
own. Everything that its workers log is read: a defect that no client can see still fails a test."""

import contextlib
import itertools
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

from private_pg import FAST, ROOT, PrivatePostgres
from shell import states
from waiting import wait_for

SETTINGS = {
    "ENVIRONMENT": "test",
    "BCRYPT_COST": 4,
    "LIMIT_LOGIN_ACCOUNT": "off",
    "LIMIT_LOGIN_ADDRESS": "off",
    "LIMIT_REGISTER_ADDRESS": "off",
    "LIMIT_RESET_EMAIL": "off",
    "LIMIT_RESET_ADDRESS": "off",
    "LIMIT_RESEND_ACCOUNT": "off",
    "LIMIT_MAIL": "off",
    "ALLOWED_ORIGINS": "https://app.example,http://localhost:3000",
}
# What tests do in a minute, people do in a day.
ENVIRONMENT = {
    "DAYBOOK_PG_OPTIONS": FAST,
    "DAYBOOK_NGINX_AUTH_RATE": "10000r/s",
    "DAYBOOK_NGINX_AUTH_BURST": "10000",
    "DAYBOOK_LANES": "mail",  # tests say when the clock strikes
}
# Data, constraint and syntax errors of PostgreSQL: the program let something through.
DEFECT_CLASSES = ("22", "23", "42", "XX")
POOLS = ("api", "slow", "auth")
LANES = ("clock", "mail")
# The password of nearly every test user, the beginning of every token, and addresses.
SECRETS = (b"Correct-Horse", b"eyJ", b"@example.org")
numbers = itertools.count(1)


class Stack:
    def __init__(self, settings=None, **environment):
        self.state = states() / f"stack-{os.getpid()}-{next(numbers)}"
        self.settings = {**SETTINGS, **(settings or {})}
        self.environment = {**ENVIRONMENT, **environment}
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.certificate = self.state / "tls" / "cert.pem"
        self.postgres = PrivatePostgres(self.state)
        self.announced = set()
        self.read_bytes = {}
        self.seen_reports = set()

    # Life

    def start(self):
        self.state.mkdir(parents=True)
        self._write_settings()
        done = self._script("--detach")
        if done.returncode != 0:
            message = f"{done.stdout}{done.stderr}{self.tail()}"
            self.remove()
            raise RuntimeError(f"scripts/run failed: {message}")
        return self

    def restart(self, settings, **environment):
        """Stops everything and starts it again on the same data, with exactly these settings."""
        self.settings = settings
        self.environment.update(environment)
        self.stop()
        self._write_settings()
        done = self._script("--detach")
        assert done.returncode == 0, done.stdout + done.stderr

    def stop(self):
        self._script("--stop")

    def remove(self):
        self.stop()
        shutil.rmtree(self.state, ignore_errors=True)

    def _write_settings(self):
        lines = [f"{name}={value}\n" for name, value in self.settings.items()]
        (self.state / "settings").write_text("".join(lines))

    def _script(self, option):
        inherited = {name: value for name, value in os.environ.items()
                     if not name.startswith("DAYBOOK_") or name == "DAYBOOK_BUILD"}
        reports = f"log_path={self.state}/work/sanitizer"
        counters = {"GCOV_PREFIX": os.environ["DAYBOOK_COUNTERS"]} if "DAYBOOK_COUNTERS" in os.environ else {}
        process = subprocess.Popen(
            [ROOT / "scripts/run", option], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
            env={**inherited, **counters, **self.environment,
                 "DAYBOOK_STATE": str(self.state), "DAYBOOK_PORT": str(self.port),
                 "DAYBOOK_SETTINGS": str(self.state / "settings"),
                 "ASAN_OPTIONS": f"{reports}:detect_leaks=1:abort_on_error=0",
                 "UBSAN_OPTIONS": f"{reports}:print_stacktrace=1:halt_on_error=1"})
        try:
            stdout, stderr = process.communicate()
        except BaseException:
            process.terminate()  # it stops what it has started
            process.communicate()
            raise
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    # Looking inside

    def ask(self, sql, *parameters):
        """Rows of the database, as superuser, whom row-level security does not bind."""
        connection = self.postgres.connect("daybook")
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET search_path = daybook")
                cursor.execute(sql, parameters or None)
                return cursor.fetchall() if cursor.description else cursor.rowcount
        finally:
            connection.close()

    def workers(self, pool):
        """The process ids of a pool's workers."""
        parent = (self.state / "pids" / pool).read_text().split()[0]
        with open(f"/proc/{parent}/task/{parent}/children", encoding="ascii") as children:
            return [int(pid) for pid in children.read().split()]

    def connections(self, pool):
        """How many connections a pool has, those that no worker has taken yet included."""
        path = str(self.state / "s" / f"{pool}.sock")
        text = pathlib.Path("/proc/net/unix").read_text(encoding="utf-8")
        return sum(line.endswith(path) for line in text.splitlines()) - 1  # one is the socket that listens

    @contextlib.contextmanager
    def standing_still(self, workers):
        """Stops these workers for a while: the others get their requests."""
        with contextlib.ExitStack() as stopped:
            for worker in workers:
                stopped.callback(os.kill, worker, signal.SIGCONT)
                os.kill(worker, signal.SIGSTOP)
                while not self._is_stopped(worker):
                    time.sleep(0.001)
            yield

    @staticmethod
    def _is_stopped(pid):
        return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "T"

    @staticmethod
    def worker_program():
        return build_folder() / "daybook-worker"

    def setting(self, name):
        """A setting in force, as scripts/run wrote it."""
        lines = (self.state / "daybook.env").read_text().splitlines()
        return [line.split("=", 1)[1] for line in lines if line.startswith(name + "=")][-1]

    def access_log(self, **wanted):
        """The lines of nginx's log that have all these members."""
        return [line for line in parse(self._read("nginx-access.log"))
                if all(line.get(key) == value for key, value in wanted.items())]

    def log(self, **wanted):
        """The lines of the workers' and the jobs' logs that have all these members."""
        return [line for part in (*POOLS, *LANES) for line in parse(self._read(f"{part}.log"))
                if all(line.get(key) == value for key, value in wanted.items())]

    def request_line(self, request_id):
        """The line of a request, which a worker may write a little later than it answers."""
        [line] = wait_for(lambda: self.log(event="request", request_id=request_id))
        return line

    def pool_of(self, request_id):
        """Which pool answered a request."""
        pid = self.request_line(request_id)["pid"]
        return next(pool for pool in POOLS if pid in self.workers(pool))

    def tail(self, since=None):
        """The end of each log; `since`: only what came after marks()."""
        parts = []
        for path in sorted((self.state / "logs").glob("*")):
            begin = (since or {}).get(path.name, 0)
            text = self._read(path.name)[begin:]
            lines = text.decode(errors="replace").splitlines()[-30:]
            if lines and "access" not in path.name:
                parts.append("\n".join([f"--- {path.name}", *lines]))
        return "\n".join(parts)

    def marks(self):
        return {path.name: path.stat().st_size for path in (self.state / "logs").glob("*")}

    # Defects

    def announce(self, *signs):
        """A test says that it provokes these: an event's name, a SQLSTATE, a constraint, or "worker_died"."""
        self.announced.update(signs)

    def new_defects(self):
        """What went wrong inside since the last call."""
        return [*self._bad_lines(), *self._bad_output(), *self._sanitizer_reports()]

    def leaks(self):
        """Where a log holds what it must never hold."""
        for path in sorted((self.state / "logs").glob("*")):
            for line in path.read_bytes().splitlines():
                hidden = line.replace(b"***@example.org", b"")
                if any(secret in hidden for secret in SECRETS):
                    yield f"{path.name}: {line[:1000].decode(errors='replace')}"

    def _bad_lines(self):
        for part in (*POOLS, *LANES):
            for line in parse(self._new_text(f"{part}.log")):
                signs = {line.get("event"), line.get("sqlstate"), line.get("constraint")}
                if is_defect(line) and not signs & self.announced:
                    yield f"{part}.log: {json.dumps(line)}"

    def _bad_output(self):
        """multiwatch reports here how a worker ended, and the C library why."""
        if "worker_died" in self.announced:
            return
        for part in (*POOLS, *LANES):
            for line in self._new_text(f"{part}.out").decode(errors="replace").splitlines():
                yield f"{part}.out: {line}"

    def _sanitizer_reports(self):
        for path in sorted((self.state / "work").glob("sanitizer*")):
            if path not in self.seen_reports:
                self.seen_reports.add(path)
                yield f"{path.name}: {path.read_text(errors='replace')[:4000]}"

    def _read(self, name):
        try:
            return (self.state / "logs" / name).read_bytes()
        except FileNotFoundError:
            return b""

    def _new_text(self, name):
        """What was added to a log since the last call, in whole lines."""
        text = self._read(name)
        start, end = self.read_bytes.get(name, 0), text.rfind(b"\n") + 1
        self.read_bytes[name] = max(start, end)
        return text[start:end]


def build_folder():
    """Where the programs are, as scripts/run finds them."""
    return pathlib.Path(os.environ.get("DAYBOOK_BUILD", ROOT / "build" / "dev"))


def has_sanitizer():
    """Whether the workers are built with one, which keeps freed memory for a while."""
    return b"__asan_init" in (build_folder() / "daybook-worker").read_bytes()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def parse(text):
    """Every line must be one JSON object."""
    return [json.loads(line) for line in text[:text.rfind(b"\n") + 1].decode().splitlines()]


def is_defect(line):
    if line.get("event") in ("database_error", "job_failed"):
        return str(line.get("sqlstate", "XX"))[:2] in DEFECT_CLASSES
    return line.get("event") == "no_answer"
