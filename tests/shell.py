"""The functions of scripts/lib.sh, which decide where a stack's files lie and who runs what serves."""

import functools
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def call_lib(*call, **environment):
    """Calls a function of scripts/lib.sh; what it prints."""
    return subprocess.run(
        ["bash", "-c", '. "$0"; "$@"', str(ROOT / "scripts/lib.sh"), *map(str, call)],
        check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}).stdout


@functools.cache
def states():
    """The folder for the states of this run's stacks and servers."""
    return pathlib.Path(call_lib("state_home", "states", "/var/tmp").rstrip("\n"))


def service_prefix():
    """How scripts/run starts what serves: what belongs to that user is for nobody else."""
    return call_lib("eval", 'printf "%s\\n" ${SERVICE_PREFIX[@]+"${SERVICE_PREFIX[@]}"}').split()
