"""Mail servers that refuse, lie, hang and vanish: no mail is lost, none is sent twice but where nobody could know,
and then it is the same mail."""

import subprocess

import pytest

from clocks import FAKETIME
from mails import jobs_environment, jobs_program, run_job
from smtp_server import CUT, ENDLESS, HANG, USUAL, free_address


@pytest.fixture(scope="session")
def stack(mail_stack):
    return mail_stack


@pytest.fixture
def somebody(server, new_user):
    """Somebody whose first mail waits."""
    return new_user()


def mails(stack):
    return stack.ask("SELECT state, refusals, code, error FROM outbox ORDER BY created_at")


def run(server, stack, url=None, **environment):
    """One try of each mail that may be sent now."""
    run_job(stack, "mail", MAIL_URL=url or server.url, **environment)
    return mails(stack)


def due(stack):
    stack.ask("UPDATE outbox SET due_at = now() WHERE state = 'queued'")


def failure(stack):
    return stack.ask("SELECT mail_failed_at IS NOT NULL, mail_failed_reason FROM users")


def last_line(stack, event):
    return stack.log(event=event)[-1]


def test_a_mail_is_handed_over(server, stack, somebody):
    assert run(server, stack) == [("sent", 0, 250, None)]
    [taken] = server.taken
    assert taken.sender == b"MAIL FROM:<daybook@daybook.example>\r\n"
    assert taken.recipients == [f"RCPT TO:<{somebody.email}>\r\n".encode()]
    assert server.names == ["localhost"], "EHLO says the host of PUBLIC_URL"
    assert taken.mail["to"] == somebody.email and run(server, stack)[0][0] == "sent" and len(server.taken) == 1


@pytest.mark.parametrize("script, code", [
    ({"GREETING": "421 4.3.2 closing"}, 421), ({"GREETING": "554 5.3.2 no"}, 554), ({"GREETING": CUT}, None),
    ({"EHLO": "421 closing"}, 421), ({"EHLO": CUT}, None), ({"MAIL": "451 4.3.0 later"}, 451),
    ({"MAIL": "452 4.2.2 full"}, 452), ({"MAIL": "530 5.7.0 log in"}, 530), ({"MAIL": "550 5.7.1 not you"}, 550),
    ({"MAIL": CUT}, None), ({"RCPT": "421 4.7.0 too many"}, 421), ({"DATA": "421 closing"}, 421),
    ({"DOT": "421 closing"}, 421)])
def test_a_server_that_takes_nothing(server, stack, somebody, script, code):
    """It is no try of the mail, however often."""
    server.script = dict(script)
    for _ in range(5):
        assert [(state, refusals) for state, refusals, _, _ in run(server, stack)] == [("queued", 0)]
    assert last_line(stack, "mail_server_away").get("code") == code
    server.script = {}
    assert run(server, stack)[0][0] == "sent"
    assert len(server.taken) >= 1 and len({taken.data for taken in server.taken}) == 1


@pytest.mark.parametrize("script", [
    {"RCPT": "450 4.2.0 greylisted"}, {"RCPT": "452 4.2.2 full"}, {"DATA": "451 4.3.0 later"}, {"DATA": CUT},
    {"RCPT": CUT}, {"DOT": "451 4.3.0 later"}])
def test_later(server, stack, somebody, script):
    """Three more tries with growing pauses, then it has failed, and can be seen."""
    server.script = dict(script)
    for tries, pause_s in [(1, 60), (2, 300), (3, 1800)]:
        [(state, refusals, _, _)] = run(server, stack)
        assert (state, refusals) == ("queued", tries)
        [(within,)] = stack.ask("SELECT due_at - now() BETWEEN make_interval(secs => %s) AND"
                                " make_interval(secs => %s) FROM outbox", pause_s - 30, pause_s * 1.2)
        assert within
        due(stack)
    [(state, _, code, error)] = run(server, stack)
    if CUT in script.values():
        assert (state, code) == ("failed", None) and error
    else:
        assert (state, code, error) == ("failed", int(error[:3]), next(iter(script.values())))
    due(stack)
    server.script = {}
    assert run(server, stack)[0][0] == "failed", "by itself it is not tried again"
    assert failure(stack) == [(False, None)]


def test_what_a_server_quotes(server, stack, somebody):
    """An address in its reply is masked, in the log as in the outbox."""
    server.script = {"RCPT": f"550 5.1.1 <{somebody.email}>: no {somebody.email} here, ask x@y.example, @ or @z"}
    [(_, _, _, error)] = run(server, stack)
    assert error == "550 5.1.1 <u***@example.org>: no u***@example.org here, ask x***@y.example, @ or @z"
    assert last_line(stack, "mail_failed")["reason"] == error


@pytest.mark.parametrize("script, code, nobody", [
    ({"RCPT": "550 5.1.1 no such user"}, 550, True), ({"RCPT": "553 5.1.3 bad address"}, 553, True),
    ({"DOT": "550 5.1.1 no such user"}, 550, True), ({"RCPT": "550 5.7.1 policy"}, 550, False),
    ({"RCPT": "550 no such user"}, 550, False), ({"DATA": "554 5.5.1 no"}, 554, False),
    ({"DOT": "554 5.6.0 content"}, 554, False)])
def test_refused_for_good(server, stack, somebody, script, code, nobody):
    server.script = dict(script)
    [(state, _, said, error)] = run(server, stack)
    assert (state, said, error) == ("failed", code, next(iter(script.values())))
    assert failure(stack) == [(nobody, error if nobody else None)]
    [(version,)] = stack.ask("SELECT version FROM users")
    assert version == 1, "that is no change of the profile"
    server.script = {}
    assert run(server, stack)[0][0] == "failed"


def test_an_unknown_end(server, stack, somebody):
    """The server has it all and never answers: it is sent again, as the very same mail."""
    server.script = {"DOT": [CUT, CUT, "250 taken"]}
    for _ in range(3):
        run(server, stack)
        due(stack)
    assert mails(stack)[0][0] == "sent"
    assert len(server.taken) == 3 and len({taken.data for taken in server.taken}) == 1


def test_one_connection_for_many_mails(server, stack, new_user):
    users = [new_user() for _ in range(5)]
    run(server, stack)
    assert server.connections == 1
    assert sorted(taken.mail["to"] for taken in server.taken) == sorted(user.email for user in users)


def test_a_kept_connection_that_was_closed(server, stack, new_user):
    """The next mail goes over a new one at once, since nothing was said yet."""
    users = [new_user() for _ in range(3)]
    server.script = {"MAIL": [USUAL["MAIL"], CUT, USUAL["MAIL"], "421 4.4.2 idle for too long"]}
    assert [(state, refusals) for state, refusals, *_ in run(server, stack)] == [("sent", 0)] * 3
    assert sorted(taken.mail["to"] for taken in server.taken) == sorted(user.email for user in users)
    assert server.connections == 3


def test_nobody_listens(server, stack, somebody):
    assert [(state, refusals) for state, refusals, *_ in run(server, stack, free_address())] == [("queued", 0)]


@pytest.mark.parametrize("step", ["GREETING", "EHLO", "MAIL", "RCPT", "DOT"])
@pytest.mark.parametrize("way", [HANG, ENDLESS])
def test_a_server_without_an_end(server, stack, somebody, step, way):
    """It is left after half a minute, or a whole one; the clock of the process runs a hundred times as fast."""
    server.script = {step: way}
    [(state, refusals, _, error)] = run(server, stack, LD_PRELOAD=FAKETIME, FAKETIME="+0 x100")
    assert (state, refusals) == ("queued", 0 if step in ("GREETING", "EHLO", "MAIL") else 1)
    assert refusals == 0 or error
    due(stack)
    server.script = {}
    assert run(server, stack)[0][0] == "sent"


@pytest.mark.parametrize("recipient", [
    "a@example.org\r\nRCPT TO:<b@example.org>", "a@example.org>\r\nDATA", "a b@example.org", "ä@example.org",
    "a@exämple.org", "@example.org", "a@localhost", "<a@example.org>"])
def test_addresses_that_are_none(server, stack, somebody, recipient):
    """Another issuer's users may have such ones; they never reach the server."""
    stack.ask("UPDATE outbox SET recipient = %s", recipient)
    assert [(state, error) for state, _, _, error in run(server, stack)] == [("failed", "this is no address that we write to")]
    assert server.connections == 0


# TLS


@pytest.fixture
def login(server, stack):
    """login(scheme): one try of each mail at the server, which has the stack's certificate and wants a password."""
    server.certificate = (stack.state / "tls" / "cert.pem", stack.state / "tls" / "key.pem")

    def attempt(scheme, **settings):
        server.implicit_tls = scheme == "smtps"
        return run(server, stack, f"{scheme}://localhost:{server.port}", MAIL_USER="daybook",
                   MAIL_PASSWORD="a secret of the relay", **settings)

    return attempt


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_over_tls(server, stack, somebody, login, scheme):
    server.offers_tls = scheme == "smtp"
    assert login(scheme)[0][:2] == ("queued", 0), "the certificate is nobody's"
    assert login(scheme, MAIL_CA_FILE=str(stack.certificate))[0][0] == "sent"
    assert any(line.startswith(b"AUTH PLAIN") for line in server.lines)
    plain = server.lines[:server.lines.index(b"STARTTLS\r\n")] if scheme == "smtp" else []
    assert not any(b"AUTH" in line or b"MAIL" in line for line in plain), "nothing is said in the open"


def test_a_certificate_of_another_host(server, stack, somebody, login, tmp_path):
    server.offers_tls, server.certificate = True, (tmp_path / "cert.pem", tmp_path / "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=other.example", "-addext",
                    "subjectAltName=DNS:other.example", "-out", server.certificate[0], "-keyout", server.certificate[1]],
                   check=True, stderr=subprocess.DEVNULL)
    assert login("smtp", MAIL_CA_FILE=str(server.certificate[0]))[0][:2] == ("queued", 0)
    assert not server.taken and last_line(stack, "mail_server_away")["level"] == "error", "somebody has to mend it"


def test_without_starttls_nothing_is_said(server, stack, somebody, login):
    assert login("smtp", MAIL_CA_FILE=str(stack.certificate))[0][:2] == ("queued", 0)
    assert not any(line[:4] in (b"AUTH", b"MAIL") for line in server.lines)
    assert last_line(stack, "mail_server_away")["level"] == "error", "somebody has to mend it"


@pytest.mark.parametrize("answer", ["535 5.7.8 wrong", "454 4.7.0 later"])
def test_a_login_that_fails(server, stack, somebody, login, answer):
    server.offers_tls, server.script = True, {"AUTH": answer}
    assert login("smtp", MAIL_CA_FILE=str(stack.certificate))[0][:2] == ("queued", 0)
    assert last_line(stack, "mail_server_away")["code"] == int(answer[:3])
    assert b"a secret of the relay" not in b"".join(path.read_bytes() for path in (stack.state / "logs").glob("*"))


# Operators


def test_what_an_operator_sees(server, stack, somebody):
    """Jobs, mails that wait, and those that failed, which can be tried again."""
    server.script = {"RCPT": ["550 5.7.1 policy"]}
    run(server, stack)

    def ask(*arguments):
        done = subprocess.run(jobs_program(stack, *arguments), env=jobs_environment(stack, {}), capture_output=True,
                              text=True)
        return done.returncode, done.stdout, done.stderr

    code, status, _ = ask("--status")
    assert code == 0 and "550 5.7.1 policy" in status and "verify_email to u***@example.org" in status
    [(mail,)] = stack.ask("SELECT id::text FROM outbox")
    assert mail in status
    assert ask("--retry", "x")[0] == 1 and ask("--retry", somebody.id)[0] == 1
    assert ask("--retry", mail)[:2] == (0, "1 mails are queued again\n")
    assert run(server, stack)[0][0] == "sent"
    assert ask("--retry", "all")[:2] == (0, "0 mails are queued again\n")
