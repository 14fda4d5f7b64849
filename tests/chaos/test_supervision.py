"""What keeps workers running: spawn-fcgi, multiwatch, systemd."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time

import pytest

from fastcgi import WORKER, ask
from private_pg import ROOT
from waiting import wait_for

UNITS = sorted((ROOT / "conf" / "systemd").iterdir())
MOST_EXPOSED = 1.2


def children(pid):
    return [int(child) for child in
            pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid):
    try:
        return " Z" not in pathlib.Path(f"/proc/{pid}/stat").read_text().split(")")[1][:2]
    except FileNotFoundError:
        return False


@pytest.fixture
def path(stack):
    """Where a pool of the test listens."""
    path = stack.state / "s" / "pool.sock"
    yield path
    path.unlink(missing_ok=True)


@contextlib.contextmanager
def spawned(stack, path, *command):
    """spawn-fcgi with a log and settings of the stack; whatever it started is ended afterwards."""
    log = stack.state / "logs" / "pool.log"
    process = subprocess.Popen(
        ["spawn-fcgi", "-s", path, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "LOG_TARGET": str(log), "METRICS_FILE": ""}, start_new_session=True)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def worker_command(stack):
    return ["--", WORKER, "--env-file", stack.state / "daybook.env"]


def is_ready(path):
    with contextlib.suppress(ConnectionRefusedError, FileNotFoundError):
        return ask(path, "GET", "/ready").status == 200


def see_shared_work(path, workers):
    """Half of the workers stand still, and the others answer everything."""
    still = workers[::2]
    for worker in still:
        os.kill(worker, signal.SIGSTOP)
    try:
        assert [ask(path, "GET", "/ready").status for _ in range(20)] == [200] * 20
    finally:
        for worker in still:
            os.kill(worker, signal.SIGCONT)


def test_spawn_fcgi_starts_as_many_as_asked(stack, path):
    """-F: without a supervisor, each in the background and one socket for all."""
    workers = []
    with spawned(stack, path, "-F", "3", *worker_command(stack)) as spawn:
        try:
            said, _ = spawn.communicate(timeout=5)
            workers = [int(pid) for pid in re.findall(rb"PID: (\d+)", said)]
            assert len(workers) == 3, said
            wait_for(lambda: is_ready(path))
            see_shared_work(path, workers)
        finally:
            for worker in workers:
                os.kill(worker, signal.SIGTERM)
        wait_for(lambda: not any(is_alive(worker) for worker in workers))


def multiwatch(stack, count):
    command = worker_command(stack)
    return ["-n", "--", shutil.which("multiwatch"), "-f", str(count), "-r", "100000", *command]


def test_multiwatch_replaces_a_worker(stack, path):
    with spawned(stack, path, *multiwatch(stack, 3)) as supervisor:
        wait_for(lambda: len(children(supervisor.pid)) == 3)
        for number in signal.SIGKILL, signal.SIGTERM:
            old = children(supervisor.pid)
            wait_for(lambda: is_ready(path))
            os.kill(old[0], number)
            wait_for(lambda: len(set(children(supervisor.pid)) - set(old)) == 1)
        see_shared_work(path, wait_for(lambda: children(supervisor.pid)))


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGTERM])
def test_multiwatch_ends_without_losing_a_request(stack, path, number):
    """It tells its workers; what they have accepted is answered before all of it is gone."""
    with spawned(stack, path, *multiwatch(stack, 3)) as supervisor:
        wait_for(lambda: is_ready(path))
        wait_for(lambda: len(children(supervisor.pid)) == 3)
        workers = children(supervisor.pid)
        replies, ending = [], threading.Event()
        threads = [threading.Thread(target=keep_asking, args=(path, replies, ending))
                   for _ in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        os.kill(supervisor.pid, number)
        assert supervisor.wait(timeout=1) == 0
        ending.set()
        for thread in threads:
            thread.join()
        assert len(replies) > 50 and set(replies) == {200}
        assert not any(is_alive(worker) for worker in workers)


def keep_asking(path, replies, ending):
    """Until nobody takes connections; a reset is what the queue gets whose socket is closed."""
    while not ending.is_set():
        try:
            replies.append(ask(path, "GET", "/ready").status)
        except (ConnectionRefusedError, ConnectionResetError):
            return


# systemd

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")


@pytest.fixture
def units(tmp_path):
    """The units as installed, with this build's programs."""
    for unit in UNITS:
        text = unit.read_text().replace("/usr/local/bin", str(WORKER.parent))
        (tmp_path / unit.name).write_text(text)
    return tmp_path


def analyze(units, *arguments):
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, cwd=units,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:", "SYSTEMD_COLORS": "0"})


@needs_systemd
def test_units_are_right(units):
    names = [unit.name.replace("@.", "@1.") for unit in UNITS]
    for name in names:
        if "@1." in name:
            shutil.copy(units / name.replace("@1.", "@."), units / name)
    done = analyze(units, "verify", "--man=no", *names)
    said = [line for line in done.stderr.splitlines() if "daybook" in line]
    assert (done.returncode, said) == (0, [])


@needs_systemd
@pytest.mark.parametrize("unit", [unit.name for unit in UNITS if unit.suffix == ".service"])
def test_units_are_hardened(units, unit):
    done = analyze(units, "security", "--offline=yes", f"--threshold={MOST_EXPOSED * 10:.0f}",
                   str(units / unit))
    exposure = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)[1])
    assert done.returncode == 0 and exposure <= MOST_EXPOSED, done.stdout


def test_settings_as_a_credential(stack, tmp_path):
    """LoadCredential= puts the env file into a folder that $CREDENTIALS_DIRECTORY names."""
    shutil.copy(stack.state / "daybook.env", tmp_path / "daybook.env")
    done = subprocess.run([WORKER, "--check-config"], capture_output=True, text=True,
                          env={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert "ENVIRONMENT=test" in done.stdout
