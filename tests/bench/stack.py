"""The stack that scripts/bench measures: scripts/run with a state folder of its own. Behind the same nginx
there are an echo and a static file; there is an account with tasks, and the SQL that its workers send."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.request

from shell import ROOT, states

HERE = ROOT / "build" / "bench"
PASSWORD = "Correct-Horse-7"
TASKS = 200

ECHO = """
	upstream bench_echo {
		server unix:$state/s/echo.sock;
		keepalive 16;
		keepalive_requests 100000;
	}
"""
LOCATIONS = """
		location = /bench/static { alias $state/static; }
		location = /bench/echo { fastcgi_pass bench_echo; }
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Stack:
    def __init__(self, workers, name="state"):
        subprocess.run([ROOT / "scripts" / "setup", "test"], check=True)
        self.state = states() / f"bench-{name}"
        self.workers = workers
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.echo = None
        self.environment = os.environ | {
            "DAYBOOK_STATE": str(self.state), "DAYBOOK_PORT": str(self.port),
            "DAYBOOK_WORKERS": str(workers), "DAYBOOK_SETTINGS": str(HERE / "settings"),
            "DAYBOOK_NGINX_AUTH_RATE": "600000r/m", "DAYBOOK_NGINX_AUTH_BURST": "100000",
            "DAYBOOK_NGINX_CONNECTIONS": "1000"}

    def start(self, echo=True):
        HERE.mkdir(parents=True, exist_ok=True)
        (HERE / "settings").write_text("LIMIT_LOGIN_ACCOUNT=off\nLIMIT_LOGIN_ADDRESS=off\n"
                                       "LIMIT_REGISTER_ADDRESS=off\n")
        if (self.state / "pids").exists():
            self._run("--stop")  # what a killed run left behind
        shutil.rmtree(self.state, ignore_errors=True)
        self._run("--detach")
        self.tls = ssl.create_default_context(cafile=self.state / "tls" / "cert.pem")
        if echo:
            self._start_echo()

    def stop(self):
        if self.echo:
            self.echo.send_signal(signal.SIGTERM)
            self.echo.wait()
        if (self.state / "pids").exists():
            self._run("--stop")

    def remove(self):
        """Ends it and deletes its data."""
        self.stop()
        shutil.rmtree(self.state, ignore_errors=True)

    def _run(self, option):
        done = subprocess.run([ROOT / "scripts" / "run", option], env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            raise SystemExit(f"bench: scripts/run {option}: {done.stdout.strip()}")

    def _start_echo(self):
        subprocess.run(["ninja", "-C", ROOT / "build" / "dev", "tests/echo"], check=True,
                       stdout=subprocess.DEVNULL)
        # Open to all: nginx may be another user, and the folder around it is closed.
        self.echo = subprocess.Popen(
            ["spawn-fcgi", "-n", "-s", self.state / "s" / "echo.sock", "-M", "0666", "-b", "128", "--",
             shutil.which("multiwatch"), "-f", str(self.workers), "--", ROOT / "build" / "dev" / "tests" / "echo"],
            start_new_session=True)
        (self.state / "static").write_text("x" * 420)
        self.add_to_nginx(ECHO, LOCATIONS, ["/bench/echo", "/bench/static"])

    def add_to_nginx(self, upstreams, locations, paths, token=None):
        """Puts them into the configuration, and waits until each path is answered."""
        conf = self.state / "nginx.conf"
        text = conf.read_text()
        for mark, ours in [("\n\tserver {", upstreams), ("\n\t\tlocation / {", locations)]:
            before, mark, after = text.partition(mark)
            text = before + "\n" + ours.replace("$state", str(self.state)) + mark + after
        conf.write_text(text)
        os.kill(int((self.state / "pids" / "nginx").read_text().split()[0]), signal.SIGHUP)
        for _ in range(200):
            if all(self._status(path, token) == 200 for path in paths):
                return
            time.sleep(0.05)
        raise SystemExit(f"bench: nginx does not answer {[p for p in paths if self._status(p, token) != 200]}")

    def _status(self, path, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, context=self.tls) as answer:
                return answer.status
        except OSError:
            return 0

    def call(self, method, path, body=None, token=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(f"{self.url}/api/v1{path}", method=method, headers=headers,
                                         data=json.dumps(body).encode() if body else None)
        with urllib.request.urlopen(request, context=self.tls) as answer:
            return json.load(answer)

    def new_user(self, name, tasks):
        """An account with tasks, logged in."""
        email = f"{name}@example.com"
        self.call("POST", "/auth/register", {"email": email, "username": name, "password": PASSWORD})
        login = {"email": email, "password": PASSWORD}
        tokens = self.call("POST", "/auth/login", login)
        user = {"token": tokens["access_token"], "login": json.dumps(login), "ids": HERE / f"{name}.ids"}
        ids = []
        for i in range(tasks):
            ids.append(self.call("POST", "/tasks", {
                "title": f"Water the plants {i}", "description": "The ones by the window.",
                "status": ("TODO", "IN_PROGRESS", "DONE")[i % 3],
                "due_date": f"2027-01-{i % 28 + 1:02}T09:00:00Z"}, user["token"])["id"])
        user["ids"].write_text("\n".join(ids or ["-"]) + "\n")
        user["first"] = ids[0] if ids else None
        return user

    def new_users(self):
        """One to read and one to write."""
        users = [self.new_user(name, TASKS) for name in ("reader", "writer")]
        self.settle()
        return users

    def settle(self):
        """What PostgreSQL does by itself in a minute or so: without it plans are made for empty tables."""
        self.psql("VACUUM ANALYZE")

    def seed(self, option):
        """The data of scripts/seed."""
        subprocess.run([ROOT / "scripts" / "seed", *option], env=self.environment, check=True,
                       stdout=subprocess.DEVNULL)

    def seeded_user(self, name):
        """One of its users, logged in, with the tasks that are in one column of the board."""
        login = {"email": f"{name}@demo.example", "password": "Demo-Password-1"}
        token = self.call("POST", "/auth/login", login)["access_token"]
        column = self.call("GET", "/tasks?status=TODO&project_id=none&limit=200", token=token)["tasks"]
        user = {"token": token, "login": json.dumps(login), "ids": HERE / f"{self.state.name}-{name}.ids"}
        user["ids"].write_text("\n".join(task["id"] for task in column) + "\n")
        return user

    def psql(self, sql):
        subprocess.run(["psql", self.database("postgres"), "-XqAtc", sql], check=True,
                       stdout=subprocess.DEVNULL)

    def database(self, role):
        return f"postgresql:///daybook?host={self.state}/s&user={role}"

    def sql_of(self, path, token):
        """The statements that a GET sends, in order, as PostgreSQL logs them, with their parameters."""
        log = self.state / "logs" / "postgres.log"
        for setting in ("log_min_duration_statement = 0", "log_error_verbosity = 'default'"):
            self.psql(f"ALTER SYSTEM SET {setting}")
        self.psql("SELECT pg_reload_conf()")
        time.sleep(0.3)
        start = log.stat().st_size
        self.call("GET", path, token=token)
        self.psql("ALTER SYSTEM RESET ALL")
        self.psql("SELECT pg_reload_conf()")
        time.sleep(0.3)
        text = log.read_bytes()[start:].decode()
        found = re.findall(r"execute \w+: (.*?)\n[-0-9]+ [^\n]*DETAIL:  parameters: ([^\n]*)", text, re.S)
        return [fill_in(*pair) for pair in found]

    def worker_pids(self):
        """The process ids of the workers, by pool."""
        pools = {}
        for pool in ("api", "slow", "auth"):
            supervisor = (self.state / "pids" / pool).read_text().split()[0]
            children = pathlib.Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text()
            pools[pool] = [int(pid) for pid in children.split()]
        return pools


def fill_in(sql, parameters):
    """`$1` becomes `:p1`, and the values by name: the form of pgbench."""
    values = {f"p{n}": v for n, v in re.findall(r"\$(\d+) = '((?:[^']|'')*)'", parameters)}
    return re.sub(r"\$(\d+)", r":p\1", " ".join(sql.split())), values


def memory_kib(pid):
    """The process's PSS: its own pages, and its share of those it has in common with others."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1])


def open_files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))
