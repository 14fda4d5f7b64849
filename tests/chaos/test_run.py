"""scripts/run: the command that every reader of the README types first."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading

import pytest

from chaos_client import Client, sign_up
from faults import held, new_task
from load import Load
from private_pg import FAST, ROOT
from shell import service_prefix, states
from stack import Stack, build_folder, free_port
from waiting import wait_for

only_root = pytest.mark.skipif(os.getuid() != 0, reason="only root starts what serves as another user")


def listen_to_ctrl_c():
    """As at a terminal, also when the tests were started in the background, where a shell ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def state():
    """A name for a folder, which is deleted afterwards."""
    folder = states() / f"run-{os.getpid()}"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def run_script(state, port, *options, clone=ROOT, **environment):
    inherited = {name: value for name, value in os.environ.items()
                 if not name.startswith("DAYBOOK_") or name == "DAYBOOK_BUILD"}
    return subprocess.Popen(
        [clone / "scripts" / "run", *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=listen_to_ctrl_c,
        env={**inherited, "DAYBOOK_STATE": str(state), "DAYBOOK_PORT": str(port), **environment})


def finish(process, seconds=300):
    said, complained = process.communicate(timeout=seconds)
    return process.returncode, said, complained


def left_behind(state):
    """Processes that know the state folder."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                text = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(state).encode() in text:
                found.append(text)
    return found


@pytest.fixture(scope="module")
def own():
    """A stack that these tests may stop."""
    stack = Stack(DAYBOOK_WORKERS="2", DAYBOOK_AUTH_WORKERS="1")
    try:
        yield stack.start()
    finally:
        stack.remove()


def test_port_is_taken(state):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, said, complained = finish(run_script(state, port, "--detach"))
    assert (code, said, len(complained.splitlines())) == (1, "", 1)
    assert f"port {port} is taken" in complained
    assert left_behind(state) == []


def test_second_start(own):
    code, _, complained = finish(run_script(own.state, own.port, "--detach"))
    assert code == 1
    assert len(complained.splitlines()) == 1
    assert "already runs" in complained and str(own.port) in complained
    client = sign_up(own)
    assert client.get("/users/me").ok
    client.close()


def test_wrong_environment(state):
    code, _, complained = finish(run_script(state, "https", "--detach"))
    assert (code, len(complained.splitlines())) == (1, 1)
    assert not state.exists()


def test_data_survives(own):
    client = sign_up(own)
    path = new_task(client, title="still here")
    client.close()
    for _ in range(2):
        code, _, complained = finish(run_script(own.state, own.port, "--stop"))
        assert (code, complained) == (0, ""), "stopping twice is no fault"
        assert left_behind(own.state) == []
    assert finish(run_script(own.state, own.port, "--status"))[0] == 3
    own.restart(own.settings)
    answer = client.get(path)
    assert answer.ok and answer.body["title"] == "still here"
    assert finish(run_script(own.state, own.port, "--status", DAYBOOK_LANES="mail"))[0] == 0
    client.close()


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_stop_answers_what_was_accepted(own):
    """One request waits for a row, others come and go; then everything is told to end."""
    client, answers = sign_up(own), []
    task = new_task(client)
    with Load(own, pause_s=0.005) as load:
        with held(own, "SELECT FROM tasks WHERE id = %s FOR UPDATE", task.split("/")[-1]):
            thread = threading.Thread(
                target=lambda: answers.append(client.patch(task, {"title": "answered"})))
            thread.start()
            wait_for(lambda: own.ask("SELECT FROM pg_locks WHERE NOT granted"))
            stop = run_script(own.state, own.port, "--stop")
            wait_for(lambda: not listens(own.port))
        thread.join()
        code, _, complained = finish(stop)
    assert (code, complained) == (0, "")
    assert answers[0].status == 200, answers
    # Status 0: nobody listens any more, or a kept connection was closed before it was used again.
    assert [answer for answer in load.impolite() if answer.status != 0] == []
    assert left_behind(own.state) == []
    own.restart(own.settings)
    assert load.lost() == []
    assert client.get(task).body["title"] == "answered"
    client.close()


def test_in_the_foreground_until_ctrl_c(state):
    port = free_port()
    process = run_script(state, port, DAYBOOK_WORKERS="1", DAYBOOK_AUTH_WORKERS="1")
    try:
        said = wait_for(lambda: process.stdout.readline(), seconds=300)
        while "Ctrl-C" not in said:
            said = process.stdout.readline()
            assert said, process.stderr.read()
        assert curl(state / "tls" / "cert.pem", f"https://localhost:{port}/ready").returncode == 0
    finally:
        os.killpg(process.pid, signal.SIGINT)
        code, _, complained = finish(process)
    assert (code, complained) == (130, "")
    assert left_behind(state) == []


def curl(certificate, url):
    return subprocess.run(["curl", "-fsS", "--noproxy", "*", "--cacert", certificate, url],
                          capture_output=True, text=True, check=False)


# A clone that only root may enter


@pytest.fixture
def closed_clone(tmp_path):
    """A copy of the checkout, with the pages made, in a folder that is closed to all but root."""
    tmp_path.chmod(0o700)
    clone = tmp_path / "daybook"
    shutil.copytree(ROOT, clone, symlinks=True, ignore=lambda folder, names: {"build", ".git"} & set(names))
    shutil.copytree(ROOT / "build" / "pages", clone / "build" / "pages")
    yield clone
    home = clone / "build" / "run"
    if home.is_symlink():
        finish(run_script("", free_port(), "--stop", clone=clone))
        shutil.rmtree(home.resolve())


@only_root
def test_a_closed_clone_simply_works(closed_clone):
    """Nothing that serves may read more than its user may, so the state lies outside; the README's
    commands find it."""
    port = free_port()
    quick = {"clone": closed_clone, "DAYBOOK_WORKERS": "1", "DAYBOOK_AUTH_WORKERS": "1",
             "DAYBOOK_BUILD": build_folder(), "DAYBOOK_PG_OPTIONS": FAST}
    code, _, complained = finish(run_script("", port, "--detach", **quick))
    assert (code, complained) == (0, "")
    run = closed_clone / "build" / "run"
    assert run.is_symlink() and closed_clone not in run.resolve().parents
    for address in ("ready", "docs/", "redoc/"):
        done = curl(run / "tls" / "cert.pem", f"https://localhost:{port}/{address}")
        assert done.returncode == 0, done.stderr
    assert privileges(run.resolve()) == {"0" * 16}
    migrated = subprocess.run(["scripts/migrate", "status"], cwd=closed_clone, capture_output=True, text=True,
                              env={**os.environ, "DAYBOOK_STATE": ""}, check=False)
    assert migrated.returncode == 0, migrated.stderr
    assert finish(run_script("", port, "--stop", **quick))[0] == 0
    place = run.resolve()
    assert left_behind(place) == []
    assert finish(run_script("", port, "--detach", **quick))[0] == 0
    assert run.resolve() == place, "the next start finds the data"


def privileges(state):
    """The capabilities that the processes of a stack have, or could get."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        except OSError:
            continue
        if str(state).encode() in command:
            found |= set(re.findall(r"^Cap(?:Inh|Prm|Eff|Amb):\s*(\w+)", status, re.MULTILINE))
    return found


@only_root
def test_a_closed_state_folder_is_refused(tmp_path):
    tmp_path.chmod(0o700)
    code, _, complained = finish(run_script(tmp_path / "state", free_port(), "--detach"))
    assert (code, len(complained.splitlines())) == (1, 1)
    assert "may not enter" in complained and "DAYBOOK_STATE" in complained


# What the service user can write


@only_root
@pytest.mark.parametrize("above", [{"mode": 0o777}, {"user": "postgres"}])
def test_a_folder_above_that_the_service_user_may_change(state, above):
    """It could put another state in place of this one."""
    state.mkdir()
    state.chmod(above.get("mode", 0o755))
    shutil.chown(state, above.get("user", "root"))
    code, _, complained = finish(run_script(state / "below", free_port(), "--detach"))
    assert (code, len(complained.splitlines())) == (1, 1)
    assert "above" in complained


# Run as the service user: puts links to BAIT in a folder, under these names, in place of what is there.
PLANT = """
import os, sys
folder, bait, *names = sys.argv[1:]
for name in names:
    path = os.path.join(folder, name)
    if os.path.lexists(path):
        os.rename(path, path + ".away")
    os.symlink(os.path.join(bait, name), path)
"""
# Prints which folders below this one the service user may write to.
WRITABLE = """
import os, sys
for folder, _, _ in os.walk(sys.argv[1]):
    if os.access(folder, os.W_OK):
        print(os.path.relpath(folder, sys.argv[1]))
"""
BAITS = {"daybook.conf", "postgresql.conf", "PG_VERSION", "pg.new", "daybook.env", "daybook.env.new", "lock",
         "nginx.conf", "nginx.pid", "http.sock", "metrics", "bin", "daybook-worker", "pages", "tls", "pids", "logs"}
# With links here it would only hurt itself: nothing would start.
NEEDED = {"pg", "api.sock", "auth.sock", ".s.PGSQL.5432", ".s.PGSQL.5432.lock", "metrics", "settings"}


class Bait:
    """Files of root's outside the state, one for every name that scripts/run may write to."""

    def __init__(self, folder, state):
        self.folder, self.state = folder, state
        folder.mkdir()
        names = {path.name for part in ("", "logs", "pids", "tls", "s", "work") for path in (state / part).iterdir()}
        # What is at even places does not exist: a link to it would make it.
        self.names = sorted(names | BAITS)
        for name in self.names[1::2]:
            (folder / name).write_text("bait\n")
        for name in filter(self.names.__contains__, os.listdir(state / "pg")):
            shutil.copyfile(state / "pg" / name, folder / name)
        self.before = self.see()

    def see(self):
        return {path.name: (path.lstat()[:6], path.stat().st_mtime_ns, path.read_bytes())
                for path in self.folder.iterdir()}

    def plant(self, part, keep=()):
        names = set(self.names) - set(keep)
        as_service("-c", PLANT, self.state / part, self.folder, *names)


def as_service(*arguments):
    done = subprocess.run([*service_prefix(), sys.executable, *arguments], cwd="/", capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.fixture
def sabotaged(state):
    """A stack, with bait beside it."""
    stack = Stack(DAYBOOK_WORKERS="1", DAYBOOK_AUTH_WORKERS="1")
    try:
        stack.start()
        yield stack, Bait(state, stack.state)
    finally:
        stack.remove()


@only_root
def test_links_of_the_service_user_lead_root_nowhere(sabotaged):
    stack, bait = sabotaged
    parts = {path.split("/")[0] for path in as_service("-c", WRITABLE, stack.state)}
    assert parts == {"pg", "s", "work", "mail"}
    for part in ("s", "work", "mail"):
        bait.plant(part, keep=NEEDED)
    stack.stop()
    assert bait.see() == bait.before
    stack.restart(stack.settings)
    assert bait.see() == bait.before
    stack.stop()
    bait.plant("pg", keep={name for name in bait.names if not name.startswith(("daybook.", "PG_", "pg.", "postg"))})
    run_script(stack.state, stack.port, "--detach").communicate()
    assert bait.see() == bait.before


@only_root
def test_links_in_a_state_of_an_earlier_version(sabotaged):
    """There all folders were the service user's."""
    stack, bait = sabotaged
    before = sign_up(stack)
    before.close()
    for parts in [("logs", "pids", "tls", "s"), ("",)]:
        stack.stop()
        subprocess.run(["chown", "-hR", "postgres:postgres", stack.state], check=True)
        shutil.chown(stack.state / "settings", "root", "root")
        for part in parts:
            bait.plant(part, keep=NEEDED)
        stack.restart(stack.settings)
        assert bait.see() == bait.before
    after = Client(stack)
    assert after.post("/auth/login", before.account).status == 200, "the data are still there"
    after.close()
