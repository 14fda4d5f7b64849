"""The program's options and its settings: a bad one is one clear line and no start."""

import os
import subprocess

import pytest

from private_pg import ROOT
from stack import POOLS, build_folder

SECRET = "5f4dcc3b5aa765d61d8327deb882cf99-sufficient"
GOOD = {"DATABASE_URL": "postgresql:///daybook?user=daybook_app", "JWT_SECRET_KEY": SECRET}


def run(*options, settings=None):
    """The program, started without anything on descriptor 0 that it could serve."""
    return subprocess.run([build_folder() / "daybook-worker", *options], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=20,
                          env={"PATH": os.environ["PATH"], **(settings or {})})


def refusal(settings, *options):
    """The one line with which the program refuses to start."""
    done = run("--check-config", *options, settings=settings)
    assert done.returncode == 1
    assert done.stdout == "" and done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("daybook-worker: ")
    return done.stderr


def test_help():
    done = run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for option in ("--env-file", "--check-config", "--print-settings-example", "--openapi", "--version"):
        assert option in done.stdout


def test_version():
    done = run("--version")
    assert (done.returncode, done.stdout.split()[0], done.stderr) == (0, "daybook-worker", "")


@pytest.mark.parametrize("options", [["--nonsense"], ["extra"], ["--env-file"]])
def test_wrong_usage(options):
    done = run(*options)
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage:" in done.stderr


def test_started_by_hand_it_says_how_it_is_used():
    done = run(settings=GOOD)
    assert done.returncode == 2 and "usage:" in done.stderr


def test_the_example_is_the_one_in_conf():
    done = run("--print-settings-example")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (ROOT / "conf/daybook.env.example").read_text()


def test_check_config_prints_no_secret():
    done = run("--check-config", settings={**GOOD, "JWT_PREVIOUS_KEYS": f"old:{SECRET[::-1]}"})
    assert (done.returncode, done.stderr) == (0, "")
    assert SECRET not in done.stdout and SECRET[::-1] not in done.stdout
    assert "BCRYPT_COST=12" in done.stdout and "ACCESS_TOKEN_SECONDS=86400" in done.stdout


@pytest.mark.parametrize("name, value", [
    ("JWT_SECRET_KEY", ""), ("JWT_SECRET_KEY", SECRET[:31]), ("JWT_SECRET_KEY", "x" * 40),
    ("JWT_SECRET_KEY", "change-me-change-me-change-me-change-me"), ("JWT_SECRET_KEY", "abcd" * 12),
    ("JWT_PREVIOUS_KEYS", "old:short"), ("JWT_PREVIOUS_KEYS", SECRET), ("JWT_PREVIOUS_KEYS", f"main:{SECRET}"),
    ("JWT_KEY_ID", "a b"), ("JWT_KEY_ID", "k" * 33), ("DATABASE_URL", ""), ("DATABASE_URL", "nonsense"),
    ("BCRYPT_COST", "9"), ("BCRYPT_COST", "17"), ("BCRYPT_COST", "twelve"), ("BCRYPT_COST", "12 "),
    ("BCRYPT_COST", "-1"), ("BCRYPT_COST", "1e1"), ("ENVIRONMENT", "prod"), ("ENVIRONMENT", "TEST"),
    ("ALLOWED_ORIGINS", "*"), ("ALLOWED_ORIGINS", "https://a.example/"), ("ALLOWED_ORIGINS", "app.example"),
    ("LIMIT_LOGIN_ACCOUNT", "5"), ("LIMIT_LOGIN_ACCOUNT", "5/"), ("LIMIT_LOGIN_ACCOUNT", "0/60"),
    ("LIMIT_LOGIN_ADDRESS", "5/0"), ("LIMIT_REGISTER_ADDRESS", "none"), ("ACCESS_TOKEN_SECONDS", "0"),
    ("REFRESH_GRACE_SECONDS", "61"), ("REFRESH_TOKEN_SECONDS", "99999999999999999999"),
    ("STATEMENT_TIMEOUT_MS", "9"), ("LOG_TARGET", "log.txt"), ("LOG_LEVEL", "loud"),
    ("PUBLIC_URL", "http://a.example"), ("PUBLIC_URL", "https://a.example/x"), ("FRONTEND_URL", "https://a.example/"),
    ("METRICS_FILE", "metrics"), ("TOKEN_ISSUER", ""), ("TOKEN_AUDIENCE", "x" * 201)])
def test_bad_values(name, value):
    line = refusal({**GOOD, name: value})
    assert name in line
    assert SECRET not in line and (len(value) < 20 or value not in line)


@pytest.mark.parametrize("missing", ["DATABASE_URL", "JWT_SECRET_KEY"])
def test_what_is_required(missing):
    line = refusal({name: value for name, value in GOOD.items() if name != missing})
    assert f"{missing} is required" in line


@pytest.mark.parametrize("name", ["JWT_SECRET", "BCRYPT_COSTS", "LIMIT_LOGIN"])
def test_misspelt_settings_in_the_environment(name):
    assert f"{name} is no setting" in refusal({**GOOD, name: "5/60"})


@pytest.fixture
def env_file(tmp_path):
    """env_file(text, mode): a file of settings."""

    def write(text, mode=0o600):
        path = tmp_path / "daybook.env"
        path.write_text(text)
        path.chmod(mode)
        return "--env-file", str(path)

    return write


GOOD_LINES = "".join(f"{name}={value}\n" for name, value in GOOD.items())


def test_a_file_of_settings(env_file):
    lines = GOOD_LINES + "# a comment\n\nexport BCRYPT_COST=13\nTOKEN_ISSUER='a b'\nBCRYPT_COST=14\n"
    done = run("--check-config", *env_file(lines))
    assert (done.returncode, done.stderr) == (0, "")
    assert "BCRYPT_COST=14" in done.stdout
    assert "BCRYPT_COST=15" in run("--check-config", *env_file(lines), settings={"BCRYPT_COST": "15"}).stdout


@pytest.mark.parametrize("line, number", [("UNKNOWN=1", 3), ("lower=1", 3), ("no equals sign", 3),
                                          ("TOKEN_ISSUER='open", 3), ("=x", 3)])
def test_bad_lines_are_named(env_file, line, number):
    assert f"daybook.env:{number}" in refusal({}, *env_file(GOOD_LINES + line + "\n"))


def test_files_that_cannot_be_used(env_file, tmp_path):
    assert "everybody may read it" in refusal({}, *env_file(GOOD_LINES, 0o644))
    assert "cannot be read" in refusal({}, "--env-file", str(tmp_path / "missing"))
    assert "cannot be read" in refusal({}, "--env-file", str(tmp_path))
    assert "NUL" in refusal({}, *env_file(GOOD_LINES + "\0"))
    assert "64 KiB" in refusal({}, *env_file(GOOD_LINES + "#" * 70000))


def test_a_bad_setting_in_the_file_names_the_line(env_file):
    assert "daybook.env:3" in refusal({}, *env_file(GOOD_LINES + "BCRYPT_COST=3\n"))


def test_secrets_are_not_in_the_workers_environment(stack):
    secret = stack.setting("JWT_SECRET_KEY").encode()
    for pool in POOLS:
        for pid in stack.workers(pool):
            for name in ("environ", "cmdline"):
                with open(f"/proc/{pid}/{name}", "rb") as seen:
                    text = seen.read()
                assert secret not in text and b"JWT_SECRET" not in text
    assert (stack.state / "daybook.env").stat().st_mode & 0o777 == 0o400


def test_workers_leave_no_core_files(start_stack):
    """PR_SET_DUMPABLE is 0: what describes the process belongs to root."""
    stack = start_stack({"ENVIRONMENT": "development", "BCRYPT_COST": 10}, DAYBOOK_WORKERS="1")
    for pid in stack.workers("api"):
        assert os.stat(f"/proc/{pid}/environ").st_uid == 0
