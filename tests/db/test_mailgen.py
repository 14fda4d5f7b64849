"""scripts/mailgen takes the templates of mails and pages, and tells a mistake instead of making something of it."""

import shutil
import subprocess

import pytest

from private_pg import ROOT


@pytest.fixture
def generate(tmp_path):
    """generate(kind, file, change): what becomes of the templates when one of them is changed."""

    def run(kind, name, change):
        folder = tmp_path / kind
        shutil.copytree(ROOT / "conf" / {"mails": "mail", "pages": "account"}[kind], folder)
        text = (folder / name).read_text()
        (folder / name).write_text(change(text))
        done = subprocess.run([ROOT / "scripts/mailgen", kind, tmp_path, *sorted(folder.iterdir())],
                              capture_output=True, text=True)
        made = tmp_path / f"{kind}.c"
        return done.returncode, made.read_text() if made.exists() else "", done.stderr

    return run


@pytest.mark.parametrize("kind, name", [("mails", "notifications.txt"), ("pages", "password.html")])
def test_what_is_there_is_taken(generate, kind, name):
    status, made, mistake = generate(kind, name, str)
    assert (status, mistake) == (0, "") and "html_put_text(" in made


def test_in_html_everything_is_escaped(generate):
    _, made, _ = generate("mails", "verify_email.txt", str)
    for line in made.splitlines():
        assert "&out->html, in->" not in line or "html_put_text(" in line, line
        assert "&out->html, item->" not in line or "html_put_text(" in line, line


@pytest.mark.parametrize("added, mistake", [
    ("<p>{{nobody}}</p>", "nobody is not declared"),
    ("<p class={{link}}>", "could do harm"),
    ("<p {{link}}>", "could do harm"),
    ("<{{link}}>", "could do harm"),
    ("<a href=\"{{site}}\">", "could do harm"),
    ("<style>{{link}}</style>", "with a mark"),
    ("<!-- {{link}} -->", "with a mark"),
    ("{{?link}}", "open or malformed"),
    ("{{ link }}", "open or malformed"),
    ("{{link", "open or malformed"),
    ("{{?link}}{{/link}}", "is always there"),
    ("{{/link}}", "ends nothing"),
    ("{{#link}}{{/link}}", "is no list here"),
])
def test_a_mistake_in_html_is_told(generate, added, mistake):
    status, _, said = generate("mails", "verify_email.html", lambda text: text + added + "\n")
    assert status == 1 and mistake in said


@pytest.mark.parametrize("name, old, new, mistake", [
    ("verify_email.html", "{{link}}", "", "never uses link"),
    ("verify_email.txt", "{{link}}", "", "never uses link"),
    ("verify_email.txt", "Takes: link", "Takes: other", "link is not declared"),
    ("verify_email.txt", "Takes: link", "Gives: link", "no line of a head"),
    ("notifications.html", "{{?more}}", "", "ends nothing"),
    ("notifications.html", "{{?heading}}\n<h2>{{heading}}</h2>\n{{/heading}}", "{{heading}}", "may be absent"),
    ("notifications.html", "{{#items}}", "{{?items}}", "items is not declared"),
    ("notifications.txt", "{{message}}", "{{link}}", "link is not declared"),
])
def test_parts_that_do_not_fit(generate, name, old, new, mistake):
    status, _, said = generate("mails", name, lambda text: text.replace(old, new))
    assert status == 1 and mistake in said, said
