"""The examples in the README and in docs/ are run as they stand, in order, against a real stack; only
the port and the state folder are the stack's.

A block ```sh is run. A block ```json, ```http or ```text after it is what it must have printed: "…" in
a text stands for anything, a bare … in an object or list for further members; ids and the times at
which things happened may be others."""

import fnmatch
import json
import os
import re
import subprocess

import pytest

from private_pg import ROOT

PAGES = ["README.md", "docs/api-guide.md", "docs/tokens.md", "docs/operations.md"]
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
BLOCK = re.compile(r"^```(sh|json|http|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}…]')
MARK = "\x1e"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REST = "…"
# What is different in every run.
VOLATILE = {"request_id", "created_at", "updated_at", "completed_at", "last_used_at", "timestamp",
            "position", "iat", "exp", "pid", "duration_ms"}


@pytest.mark.parametrize("page", PAGES)
def test_examples(stack, page):
    steps = read_steps((ROOT / page).read_text())
    assert steps, "nothing to run"
    outputs = run([localise(stack, command) for command, _ in steps], stack.state)
    for (command, expectations), (code, output) in zip(steps, outputs, strict=True):
        assert code == 0, f"{command}\n{output}"
        for kind, expected in expectations:
            fault = compare(kind, localise(stack, expected), output)
            assert fault is None, f"{command}\nprinted\n{output}\n{fault}"


@pytest.mark.parametrize("page", sorted(path.relative_to(ROOT).as_posix() for path in
                                        [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]))
def test_links_lead_somewhere(page):
    for name, anchor in LINK.findall((ROOT / page).read_text()):
        target = (ROOT / page).parent / name if name else ROOT / page
        assert target.exists(), name
        assert not anchor or anchor in anchors(target), anchor


def test_bench_still_measures():
    """Nothing else runs it: it must find the statements that the workers send. How many a second does
    not matter here."""
    done = subprocess.run(["scripts/bench", "--quick", "--only", "pgbench"], cwd=ROOT, timeout=120,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = re.findall(r"^(pgbench, .*?) +(\d+) .* (\d+)$", done.stdout, re.MULTILINE)
    assert [name for name, _, _ in lines] == ["pgbench, one task", "pgbench, list"], done.stdout
    assert all(int(rate) > 0 and errors == "0" for _, rate, errors in lines), done.stdout


def anchors(page):
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def read_steps(text):
    """[(command, [(kind, expected output), …]), …]"""
    steps = []
    for kind, body in BLOCK.findall(text):
        if kind == "sh":
            steps.append((body, []))
        elif steps:
            steps[-1][1].append((kind, body))
    return steps


def localise(stack, text):
    build = os.environ.get("DAYBOOK_BUILD", "build/dev")
    return (text.replace("8443", str(stack.port)).replace("build/run", str(stack.state))
            .replace("build/dev", build))


def run(commands, state):
    """[(exit code, output), …] of the commands, one after the other in one shell."""
    script = "".join(f"{command}\nprintf '{MARK}%s{MARK}' $?\n" for command in commands)
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, stdin=subprocess.DEVNULL, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, "DAYBOOK_STATE": str(state), "no_proxy": "localhost"})
    parts = done.stdout.split(MARK)
    return [(int(code), output) for output, code in zip(parts[0:-1:2], parts[1::2])]


def compare(kind, expected, output):
    """What is wrong with the output, or None."""
    if kind == "json":
        printed = json_objects(output)
        return differ("$", json.loads(mark_rests(expected)), printed[-1]) if printed else "no JSON object"
    lines = [line.rstrip() for line in output.splitlines()]
    for wanted in filter(None, expected.splitlines()):
        pattern = re.sub(r"([\[?*])", r"[\1]", wanted.rstrip()).replace(REST, "*")
        if not fnmatch.filter(lines, pattern):
            return f"no line like {wanted}"
    return None


def json_objects(output):
    """The objects that begin at the start of a line."""
    objects, end = [], 0
    for start in (found.start() for found in re.finditer(r"^\{", output, re.MULTILINE)):
        if start >= end:
            found, end = json.JSONDecoder().raw_decode(output, start)
            objects.append(found)
    return objects


def mark_rests(text):
    """The documented JSON with a member or element of its own for each bare …"""
    inside = []

    def mark(found):
        token = found[0]
        if token in "{[":
            inside.append(token)
        elif token in "}]":
            inside.pop()
        elif token == REST:
            return f'"{REST}": null' if inside[-1] == "{" else f'"{REST}"'
        return token

    return TOKEN.sub(mark, text)


def differ(place, expected, found):
    if isinstance(expected, dict) and isinstance(found, dict):
        names = set(expected) - {REST}
        if names - set(found) or (REST not in expected and set(found) - names):
            return f"{place}: has {sorted(found)}"
        faults = (differ(f"{place}.{name}", expected[name], found[name]) for name in sorted(names)
                  if name not in VOLATILE or (expected[name] is None) != (found[name] is None))
        return next(filter(None, faults), None)
    if isinstance(expected, list) and isinstance(found, list):
        shown = [element for element in expected if element != REST]
        if len(found) < len(shown) or (shown == expected and len(found) > len(shown)):
            return f"{place}: has {len(found)} elements"
        faults = (differ(f"{place}[{i}]", element, found[i]) for i, element in enumerate(shown))
        return next(filter(None, faults), None)
    if isinstance(expected, str) and isinstance(found, str):
        if UUID.fullmatch(expected) and UUID.fullmatch(found):
            return None
        pattern = re.sub(r"([\[?*])", r"[\1]", expected).replace(REST, "*")
        return None if fnmatch.fnmatchcase(found, pattern) else f"{place}: is {found!r}"
    return None if expected == found else f"{place}: is {found!r}"
