"""A mail server as operators have it: Debian's Postfix, with TLS, a login, and a Maildir that a mail program reads."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from mails import html, later, link_of, plain, read_mail, run_job, token_of
from resources import make_task
from stack import free_port
from waiting import wait_for

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="Postfix starts as root only")

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log/postfix.log
maillog_file_prefixes = {folder}/log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example
mydestination =
virtual_mailbox_domains = example.org
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {{ ada@example.org = ada/ }}, {{ bob@example.org = bob/ }} }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_sasl_auth_enable = yes
smtpd_tls_auth_only = yes
cyrus_sasl_config_path = {folder}/sasl
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_reject_unlisted_recipient = yes
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
127.0.0.1:{tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    def __init__(self, folder, stack):
        self.folder, self.port, self.tls_port = folder, free_port(), free_port()
        self.password = "a secret of the relay"
        owner = shutil.chown
        for name in ("queue", "data", "log", "mail", "sasl"):
            (folder / name).mkdir()
        for name in ("data", "log", "mail"):
            owner(folder / name, "postfix", "postfix")
        values = {"folder": folder, "uid": (folder / "mail").stat().st_uid, "gid": (folder / "mail").stat().st_gid,
                  "certificate": stack.certificate, "key": stack.state / "tls" / "key.pem",
                  "port": self.port, "tls_port": self.tls_port}
        (folder / "main.cf").write_text(MAIN.format(**values))
        (folder / "master.cf").write_text(MASTER.format(**values))
        (folder / "sasl" / "smtpd.conf").write_text(
            f"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN\nsasldb_path: {folder}/sasl/users\n")
        subprocess.run(["saslpasswd2", "-p", "-c", "-f", folder / "sasl" / "users", "-u", "mail.example", "daybook"],
                       input=self.password, text=True, check=True)
        owner(folder / "sasl" / "users", "postfix")

    def __enter__(self):
        self._control("start")
        return self

    def __exit__(self, *error):
        self._control("stop")

    def _control(self, what):
        done = subprocess.run(["postfix", "-c", self.folder, what], capture_output=True, text=True)
        log = self.folder / "log" / "postfix.log"
        assert done.returncode == 0, done.stderr + (log.read_text() if log.exists() else "")

    def settings(self, stack, scheme="smtp"):
        port = self.tls_port if scheme == "smtps" else self.port
        return {"MAIL_URL": f"{scheme}://localhost:{port}", "MAIL_CA_FILE": str(stack.certificate),
                "MAIL_USER": "daybook@mail.example", "MAIL_PASSWORD": self.password}

    def delivered(self, name):
        """The mails of a Maildir, as Python's email reads them."""
        folder = self.folder / "mail" / name / "new"
        return [read_mail(path.read_bytes().replace(b"\n", b"\r\n")) for path in folder.glob("*")]


@pytest.fixture(scope="session")
def stack(mail_stack):
    return mail_stack


@pytest.fixture(scope="module")
def server(stack):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="postfix-", dir=stack.state))
    folder.chmod(0o755)
    with Postfix(folder, stack) as running:
        yield running


@pytest.fixture
def ada(server, stack, client):
    """Somebody whose mailbox is at that server."""
    stack.ask("DELETE FROM users")
    shutil.rmtree(server.folder / "mail" / "ada", ignore_errors=True)
    client.register(email="ada@example.org", username="ada")
    return client.log_in("ada@example.org")


def sent(server, stack, scheme="smtp", **settings):
    run_job(stack, "mail", **{**server.settings(stack, scheme), **settings})
    return stack.ask("SELECT state, code, error FROM outbox ORDER BY created_at")


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_mail_reaches_the_mailbox(server, stack, ada, scheme):
    assert sent(server, stack, scheme) == [("sent", 250, None)]
    [mail] = wait_for(lambda: server.delivered("ada"))
    assert mail["to"] == "ada@example.org" and mail["delivered-to"] == "ada@example.org"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert link_of(mail) in plain(mail) and link_of(mail) in html(mail)
    assert " with ESMTPSA " in mail["received"], "over TLS, after a login (RFC 3848)"
    answer = ada.post("/auth/verify-email", json={"token": token_of(mail)})
    assert answer.status_code == 200 and answer.json()["email_verified"]


def test_titles_of_every_kind(server, stack, ada):
    """Nothing of a title becomes a header or a tag, and nothing is lost on the way."""
    titles = ["Bücher zurückgeben 📚", "<b>fett</b> & \"so\"", ".", "..\r\nBcc: bob@example.org", "a" * 200,
              "=?utf-8?q?x?=", "\u202egnirts"]
    for title in titles:
        make_task(ada, title=title, remind_at=later(minutes=-1))
    stack.ask("UPDATE users SET email_verified = true")
    run_job(stack, "reminders")
    assert {state for state, *_ in sent(server, stack)} == {"sent", "dropped"}
    [mail] = wait_for(lambda: [mail for mail in server.delivered("ada") if mail["list-unsubscribe"]])
    assert mail["bcc"] is None and mail["subject"] == f"{len(titles)} reminders"
    text = " ".join(plain(mail).split())
    for title in titles:
        assert " ".join(title.split()) in text
    assert "<b>fett" not in html(mail) and "&lt;b&gt;fett" in html(mail)
    assert server.delivered("bob") == []


def test_an_address_that_nobody_has(server, stack, client):
    stack.ask("DELETE FROM users")
    client.register(email="nobody@example.org", username="nobody")
    [(state, code, error)] = sent(server, stack)
    assert (state, code) == ("failed", 550) and error.startswith("550 5.1.1 ")
    assert stack.ask("SELECT mail_failed_reason FROM users") == [(error,)]


def test_a_password_that_is_wrong(server, stack, ada):
    assert sent(server, stack, MAIL_PASSWORD="wrong") == [("queued", None, None)]
    assert stack.log(event="mail_server_away")[-1]["code"] == 535
    assert sent(server, stack) == [("sent", 250, None)]
