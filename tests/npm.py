"""Programs of the npm registry that tests use: installed once for each state of a lock file."""

import hashlib
import shutil
import subprocess

from private_pg import ROOT

LOCKED = [ROOT / "tests/browser" / name for name in ("package.json", "package-lock.json")]


def install():
    """A folder under build/ with the packages of tests/browser."""
    state = hashlib.sha256(b"".join(path.read_bytes() for path in LOCKED)).hexdigest()[:16]
    folder = ROOT / "build/npm" / state
    if not (folder / "installed").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for path in LOCKED:
            shutil.copy(path, folder)
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
             "--cache", ROOT / "build/npm-cache"],
            cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        (folder / "installed").touch()
    return folder


def run(folder, *command, **options):
    """Runs a command in the folder; its output, or the failure with what it said."""
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
