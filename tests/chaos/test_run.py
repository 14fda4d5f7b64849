"""scripts/run: the command that every reader of the README types first."""

import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

import pytest

from chaos_client import sign_up, wait_for
from faults import held, new_task
from load import Load
from private_pg import ROOT
from stack import Stack, free_port


def listen_to_ctrl_c():
    """As at a terminal, also when the tests were started in the background, where a shell ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run_script(state, port, *options, **environment):
    inherited = {name: value for name, value in os.environ.items()
                 if not name.startswith("DAYBOOK_") or name == "DAYBOOK_BUILD"}
    return subprocess.Popen(
        [ROOT / "scripts" / "run", *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=listen_to_ctrl_c,
        env={**inherited, "DAYBOOK_STATE": str(state), "DAYBOOK_PORT": str(port), **environment})


def finish(process, seconds=60):
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


def test_port_is_taken(tmp_path):
    state = tmp_path / "state"
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


def test_wrong_environment(tmp_path):
    code, _, complained = finish(run_script(tmp_path / "state", "https", "--detach"))
    assert (code, len(complained.splitlines())) == (1, 1)
    assert not (tmp_path / "state").exists()


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
    assert finish(run_script(own.state, own.port, "--status"))[0] == 0
    client.close()


def test_stop_answers_what_was_accepted(own):
    """One request waits for a row, others come and go; then everything is told to end."""
    client, answers = sign_up(own), []
    task = new_task(client)
    with Load(own, pause_s=0.005) as load:
        with held(own, "SELECT FROM tasks WHERE id = %s FOR UPDATE", task.split("/")[-1]):
            thread = threading.Thread(
                target=lambda: answers.append(client.patch(task, {"title": "answered"})))
            thread.start()
            time.sleep(0.1)
            stop = run_script(own.state, own.port, "--stop")
            time.sleep(0.2)
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


@pytest.mark.skipif(os.getuid() != 0, reason="only root's folders are closed to the service user")
def test_in_a_closed_folder_until_ctrl_c(tmp_path):
    """In the foreground, in a folder that only root may enter."""
    tmp_path.chmod(0o700)
    state, port = tmp_path / "state", free_port()
    process = run_script(state, port, DAYBOOK_WORKERS="1", DAYBOOK_AUTH_WORKERS="1")
    try:
        said = wait_for(lambda: process.stdout.readline(), seconds=60)
        while "Ctrl-C" not in said:
            said = process.stdout.readline()
            assert said, process.stderr.read()
        ca = state / "tls" / "cert.pem"
        url = f"https://localhost:{port}/ready"
        done = subprocess.run(["curl", "-fsS", "--noproxy", "*", "--cacert", ca, url])
        assert done.returncode == 0
    finally:
        os.killpg(process.pid, signal.SIGINT)
        code, _, complained = finish(process)
    assert (code, complained) == (130, "")
    assert left_behind(state) == []
