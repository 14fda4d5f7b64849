"""One more nginx in front of a stack's pools, with the configuration of scripts/run but for what a test
changes."""

import re
import shutil
import subprocess

from shell import service_prefix
from stack import free_port
from waiting import wait_for

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")


class Nginx:
    """`changes`: regular expressions, each of which is found, with what takes their place. `before`: a
    command that runs the one after it."""

    def __init__(self, stack, changes=(), before=()):
        self.stack, self.before = stack, before
        self.port, self.certificate = free_port(), stack.certificate
        self.url = f"https://127.0.0.1:{self.port}"
        self.folder = stack.state / "nginx-2"
        text = (stack.state / "nginx.conf").read_text()
        own = [(f"127.0.0.1:{stack.port} ", f"127.0.0.1:{self.port} "),
               (re.escape(f"{stack.state}/s/http.sock"), f"{self.folder}/http.sock"),
               (re.escape(f"{stack.state}/work/"), f"{self.folder}/"),
               (re.escape(f"{stack.state}/logs/nginx-"), f"{self.folder}/")]
        for pattern, value in [*own, *changes]:
            text, found = re.subn(pattern, value.replace("PORT", str(self.port)), text, flags=re.MULTILINE)
            assert found, pattern
        self.text = text

    def __enter__(self):
        self.folder.mkdir()
        (self.folder / "nginx.conf").write_text(self.text)
        service = service_prefix()
        if service:
            shutil.chown(self.folder, "postgres")
        self.process = subprocess.Popen(
            [*self.before, *service, NGINX, "-p", self.folder, "-e", self.folder / "error.log", "-c",
             self.folder / "nginx.conf", "-g", "daemon off;"], cwd="/", stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        wait_for(self._listens)
        return self

    def _listens(self):
        """nginx notes its process when it listens."""
        assert self.process.poll() is None, self.process.communicate()[0]
        pid = self.folder / "nginx.pid"
        return pid.exists() and pid.read_text()

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=10)
        shutil.rmtree(self.folder)
