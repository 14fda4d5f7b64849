"""The mails of an account and what their links do: through the API, and through pages without a script."""

import itertools
import re
import uuid

import pytest

from client import PASSWORD, User, at_once
from contract import refused
from mails import (html, later, link_of, mailbox, mails_to, notify, plain, reset_token, run_job, token_for, token_of,
                   unsubscribe_token, verified, wait_for_mails)
from resources import change, make_task
from waiting import wait_for

OTHER = "Better-Battery-8"
numbers = itertools.count(1)


def me(user):
    return user.get("/users/me").json()


def new_address():
    return f"new-{next(numbers)}-{uuid.uuid4().hex[:8]}@example.org"


def page(client, method, path, **options):
    """A page under /account, as a browser sees it."""
    answer = client.send(method, path, **options)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    policy = answer.headers["Content-Security-Policy"]
    assert re.fullmatch("default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; form-action 'self';"
                        " frame-ancestors 'none'; base-uri 'none'", policy)
    assert "<script" not in answer.text and "Set-Cookie" not in answer.headers
    return answer


def heading(answer):
    return re.search("<h1>(.*)</h1>", answer.text)[1]


def path_of(link):
    return link[link.index("/account/"):]


# Confirming an address.


def test_a_new_account_gets_one_mail(user):
    [mail] = wait_for_mails(user.stack, user.email)
    assert (mail["from"], mail["auto-submitted"]) == ("Daybook <daybook@daybook.example>", "auto-generated")
    assert link_of(mail).startswith(f"https://localhost:{user.stack.port}/account/verify?token=")
    assert user.email.split("@")[0] not in plain(mail), "nobody can make us say something to others"


def test_the_link_confirms_the_address_once(client, user):
    token = token_for(user, "verify_email")
    answer = client.post("/auth/verify-email", json={"token": token})
    assert (answer.status_code, answer.json()) == (200, me(user))
    assert (me(user)["email_verified"], me(user)["version"]) == (True, 2)
    refused(client.post("/auth/verify-email", json={"token": token}), 400, "invalid_token")


def test_the_same_by_the_page(client, user):
    """Opening it, as programs that look at links do, changes nothing."""
    path = path_of(link_of(wait_for_mails(user.stack, user.email)[0]))
    for method in ("GET", "HEAD", "GET"):
        assert page(client, method, path).status_code == 200
    assert not me(user)["email_verified"]
    assert f'action="{path}"' in page(client, "GET", path).text
    assert page(client, "POST", path).status_code == 200 and me(user)["email_verified"]
    answer = page(client, "POST", path)
    assert (answer.status_code, heading(answer)) == (400, "This link does not work")


@pytest.mark.parametrize("token", [
    "x", "A" * 64, "A" * 63, "A" * 65, "A" * 200, "=" * 64, "é" * 64, "' OR 1=1 --" + "A" * 53, "A" * 63 + "\n"])
def test_tokens_that_are_none(client, token):
    for path, more in (("verify-email", {}), ("unsubscribe", {}), ("reset-password/confirm", {"new_password": OTHER})):
        refused(client.post(f"/auth/{path}", json={"token": token, **more}), 400, "invalid_token")
    answer = page(client, "POST", "/account/verify", params={"token": token})
    assert answer.status_code == 400


@pytest.mark.parametrize("body, field", [
    ({}, "token"), ({"token": ""}, "token"), ({"token": None}, "token"), ({"token": 5}, "token"),
    ({"token": "A" * 201}, "token"), ({"token": "a\0"}, "token")])
def test_bodies_without_a_token(client, body, field):
    refused(client.post("/auth/verify-email", json=body), 400, "validation_failed", field)
    refused(client.post("/auth/unsubscribe", json=body), 400, "validation_failed", field)


def test_a_token_is_for_one_purpose_and_one_user(client, user, stranger):
    """Neither the purpose nor the user can be exchanged."""
    verify, reset, theirs = token_for(user, "verify_email"), reset_token(user), token_for(stranger, "verify_email")
    refused(client.post("/auth/verify-email", json={"token": reset}), 400, "invalid_token")
    refused(client.post("/auth/unsubscribe", json={"token": verify}), 400, "invalid_token")
    refused(client.post("/auth/reset-password/confirm", json={"token": verify, "new_password": OTHER}), 400,
            "invalid_token")
    half = verify[:22] + theirs[22:]
    refused(client.post("/auth/verify-email", json={"token": half}), 400, "invalid_token")


def test_a_token_that_is_too_old(client, user):
    token = token_for(user, "verify_email")
    user.stack.ask("UPDATE mail_tokens SET expires_at = now() - interval '1 s' WHERE user_id = %s", user.id)
    refused(client.post("/auth/verify-email", json={"token": token}), 400, "invalid_token")


def test_once_more(user):
    token_for(user, "verify_email")
    answer = user.post("/auth/verify-email/resend")
    assert (answer.status_code, answer.content) == (202, b"")
    first, second = map(token_of, wait_for_mails(user.stack, user.email, "verify_email", 2))
    assert first != second
    assert user.post("/auth/verify-email", json={"token": second}).status_code == 200
    refused(user.post("/auth/verify-email", json={"token": first}), 400, "invalid_token")
    assert user.post("/auth/verify-email/resend").status_code == 202
    assert user.stack.ask("SELECT count(*) FROM outbox WHERE user_id = %s", user.id) == [(2,)]


# A password that was forgotten.


def test_a_forgotten_password(client, user):
    other = user.another_session()
    token = reset_token(user)
    answer = client.post("/auth/reset-password/confirm", json={"token": token, "new_password": OTHER})
    assert (answer.status_code, answer.json()) == (200, {"message": "Password updated successfully"})
    for session in (user, other):
        refused(session.get("/users/me"), 401, "session_revoked")
    refused(client.post("/auth/login", json={"email": user.email, "password": PASSWORD}), 401, "invalid_credentials")
    again = client.log_in(user.email, OTHER)
    assert me(again)["email_verified"], "whoever has the mail has the address"
    refused(client.post("/auth/reset-password/confirm", json={"token": token, "new_password": OTHER}), 400,
            "invalid_token")
    wait_for_mails(user.stack, user.email, "password_changed")


def test_two_uses_at_once(client, user):
    token = reset_token(user)
    answers = at_once(*[lambda: client.post("/auth/reset-password/confirm", json={"token": token, "new_password": OTHER})]
                      * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]


def test_all_other_links_of_that_kind_die(client, user):
    first = reset_token(user)
    assert client.post("/auth/reset-password/request", json={"email": user.email}).status_code == 200
    second = token_for(user, "reset_password", 2)
    assert client.post("/auth/reset-password/confirm", json={"token": second, "new_password": OTHER}).status_code == 200
    refused(client.post("/auth/reset-password/confirm", json={"token": first, "new_password": OTHER}), 400,
            "invalid_token")


@pytest.mark.parametrize("spell", [str, str.upper, lambda email: f"  {email}\t"])
def test_addresses_as_at_login(client, user, spell):
    assert client.post("/auth/reset-password/request", json={"email": spell(user.email)}).status_code == 200
    wait_for_mails(user.stack, user.email, "reset_password")


@pytest.mark.parametrize("email", [
    "nobody@example.org", "x", "", " ", "é@example.org", "a" * 300 + "@example.org",
    "a@example.org\r\nBcc: b@example.org", "\u212aada@example.org"])
def test_addresses_that_nobody_has(client, stack, email):
    before = stack.ask("SELECT count(*) FROM outbox WHERE kind = 'reset_password'")
    answer = client.post("/auth/reset-password/request", json={"email": email})
    assert (answer.status_code, answer.json()) == (200, {"message": "Reset email sent"})
    wait_for(lambda: stack.ask("SELECT count(*) FROM reset_requests") == [(0,)])
    assert stack.ask("SELECT count(*) FROM outbox WHERE kind = 'reset_password'") == before


@pytest.mark.parametrize("password, word", [
    ("short", "length"), ("Password1!", "guessable"), ("x" * 73, "length"), ("correct-horse-7", "upper_case")])
def test_passwords_that_do_not_fit_use_nothing_up(client, user, password, word):
    token = reset_token(user)
    answer = client.post("/auth/reset-password/confirm", json={"token": token, "new_password": password})
    refused(answer, 400, "validation_failed", "new_password")
    assert word in [detail["code"] for detail in answer.json()["details"]]
    assert client.post("/auth/reset-password/confirm", json={"token": token, "new_password": OTHER}).status_code == 200


def test_the_same_by_a_form(client, user):
    reset_token(user)
    path = path_of(link_of(wait_for_mails(user.stack, user.email, "reset_password")[0]))
    assert 'type="password"' in page(client, "GET", path).text
    for first, second, said in [("Password1!", "Password1!", "It is easy to guess."),
                                ("short", "short", "It must be at least 8 characters long."),
                                (OTHER, "Other-Battery-8", "It was not the same both times."), (OTHER, "", "both times"),
                                ("<b>Aq1-zv", "<b>Aq1-zv", None)]:
        answer = page(client, "POST", path, data={"new_password": first, "repeat": second})
        if said:
            assert answer.status_code == 400 and said in answer.text
            assert first not in answer.text, "no page repeats a password"
    assert heading(answer) == "Your password is set"
    client.log_in(user.email, "<b>Aq1-zv")
    answer = page(client, "POST", path, data={"new_password": OTHER, "repeat": OTHER})
    assert (answer.status_code, heading(answer)) == (400, "This link does not work")


@pytest.mark.parametrize("data, kind, status", [
    (b"", None, 415), (b"new_password=x", "text/plain", 415), (b'{"new_password": "x"}', "application/json", 415),
    (b"new_password=%ff&repeat=%ff", "application/x-www-form-urlencoded", 400),
    (b"%zz", "application/x-www-form-urlencoded", 400), (b"x=1", "application/x-www-form-urlencoded", 400)])
def test_forms_that_are_none(client, user, data, kind, status):
    path = f"/account/reset?token={reset_token(user)}"
    answer = page(client, "POST", path, data=data, headers={"Content-Type": kind} if kind else {})
    assert answer.status_code == status


# Another address.


def test_a_new_address(client, user):
    old, new = user.email, new_address()
    answer = user.patch("/users/me", json={"email": new, "current_password": PASSWORD, "name": "Ada"})
    assert answer.json() == {**answer.json(), "email": old, "pending_email": new, "name": "Ada"}
    [mail] = wait_for_mails(user.stack, new, "confirm_new_email")
    assert len(wait_for_mails(user.stack, old, "email_changed")) == 1
    answer = client.post("/auth/verify-email", json={"token": token_of(mail)})
    assert answer.json() == {**answer.json(), "email": new, "pending_email": None, "email_verified": True}
    client.log_in(new)
    refused(client.post("/auth/login", json={"email": old, "password": PASSWORD}), 401, "invalid_credentials")


def test_a_new_address_by_the_page(client, user):
    new = new_address()
    user.patch("/users/me", json={"email": new, "current_password": PASSWORD})
    path = path_of(link_of(wait_for_mails(user.stack, new)[0]))
    assert page(client, "GET", path).status_code == 200 and me(user)["email"] == user.email
    assert heading(page(client, "POST", path)) == "Your account has its new address"
    assert me(user)["email"] == new


@pytest.mark.parametrize("more, status, word, field", [
    ({}, 400, "validation_failed", "current_password"),
    ({"current_password": "Wrong-Horse-7"}, 403, "invalid_password", "current_password"),
    ({"current_password": None}, 400, "validation_failed", "current_password"),
    ({"current_password": PASSWORD, "email": "no address"}, 400, "validation_failed", "email"),
    ({"current_password": PASSWORD, "email": "a@b.c\r\nBcc: d@e.f"}, 400, "validation_failed", "email")])
def test_a_new_address_needs_the_password(user, more, status, word, field):
    before = me(user)
    refused(user.patch("/users/me", json={"email": new_address(), **more}), status, word, field)
    assert me(user) == before
    assert mails_to(user.stack, user.email, "email_changed") == []


def test_an_address_that_somebody_has(client, user, stranger):
    body = {"email": stranger.email.upper(), "current_password": PASSWORD}
    refused(user.patch("/users/me", json=body), 409, "email_taken", "email")
    new = new_address()
    user.patch("/users/me", json={"email": new, "current_password": PASSWORD})
    token = token_of(wait_for_mails(user.stack, new)[0])
    client.register(email=new)
    refused(client.post("/auth/verify-email", json={"token": token}), 409, "email_taken", "email")
    assert me(user)["email"] == user.email


def test_a_second_change_replaces_the_first(client, user):
    first, second = new_address(), new_address()
    for new in (first, second):
        user.patch("/users/me", json={"email": new, "current_password": PASSWORD})
        token = token_of(wait_for_mails(user.stack, new)[0])
        if new == first:
            early = token
    refused(client.post("/auth/verify-email", json={"token": early}), 400, "invalid_token")
    assert client.post("/auth/verify-email", json={"token": token}).json()["email"] == second


def test_links_to_the_old_address_die_with_it(client, user):
    early = [token_for(user, "verify_email"), reset_token(user)]
    new = new_address()
    user.patch("/users/me", json={"email": new, "current_password": PASSWORD})
    client.post("/auth/verify-email", json={"token": token_of(wait_for_mails(user.stack, new)[0])})
    refused(client.post("/auth/verify-email", json={"token": early[0]}), 400, "invalid_token")
    refused(client.post("/auth/reset-password/confirm", json={"token": early[1], "new_password": OTHER}), 400,
            "invalid_token")


@pytest.mark.parametrize("change", ["changed", "forgotten"])
def test_a_new_password_forgets_the_new_address(client, user, change):
    """Whoever knew the old one may have asked for it."""
    new = new_address()
    user.patch("/users/me", json={"email": new, "current_password": PASSWORD})
    token = token_of(wait_for_mails(user.stack, new)[0])
    if change == "changed":
        user.post("/auth/change-password", json={"current_password": PASSWORD, "new_password": OTHER})
    else:
        client.post("/auth/reset-password/confirm", json={"token": reset_token(user), "new_password": OTHER})
    refused(client.post("/auth/verify-email", json={"token": token}), 400, "invalid_token")
    assert me(client.log_in(user.email, OTHER))["pending_email"] is None


def test_conditions_hold_for_a_new_address(user):
    body = {"email": new_address(), "current_password": PASSWORD, "name": "Ada"}
    refused(user.patch("/users/me", json=body, headers={"If-Match": '"x"'}), 412, "precondition_failed")
    refused(user.patch("/users/me", json={**body, "version": 7}), 409, "version_conflict")
    assert (me(user)["pending_email"], me(user)["name"]) == (None, None)
    assert user.patch("/users/me", json={**body, "version": 1}).status_code == 200


# What else is told.


def test_a_changed_password_is_told(user):
    assert user.post("/auth/change-password", json={"current_password": PASSWORD, "new_password": OTHER}).status_code == 204
    wait_for_mails(user.stack, user.email, "password_changed")


def test_a_copied_token_is_told(client, user):
    tokens = [user.refresh_token]
    for _ in range(3):
        tokens.append(client.post("/auth/refresh", json={"refresh_token": tokens[-1]}).json()["refresh_token"])
    refused(client.post("/auth/refresh", json={"refresh_token": tokens[0]}), 401, "session_revoked")
    wait_for_mails(user.stack, user.email, "session_ended")


def test_an_account_that_is_deleted_takes_its_mails_along(user):
    wait_for_mails(user.stack, user.email)
    assert user.delete("/users/me", json={"password": PASSWORD}).status_code == 204
    for table in ("outbox", "mail_tokens"):
        assert user.stack.ask(f"SELECT count(*) FROM {table} WHERE user_id = %s", user.id) == [(0,)]


# Mails about tasks.


def test_a_day_with_daybook(client):
    """Register, confirm, forget the password, set another one, be reminded, and have enough of it."""
    user = verified(client.new_user())
    token = reset_token(user)
    client.post("/auth/reset-password/confirm", json={"token": token, "new_password": OTHER})
    user = client.log_in(user.email, OTHER)
    task = make_task(user, title="Pay rent", due_date=later(hours=1))
    run_job(user.stack, "deadlines")
    [mail] = wait_for(lambda: [mail for mail in mails_to(user.stack, user.email) if mail["list-unsubscribe"]])
    assert mail["subject"].startswith("Pay rent is due on ")
    assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    [told] = wait_for(lambda: [one for one in user.get("/notifications").json()["notifications"] if one["sent_at"]])
    assert told["task_id"] == task["id"]
    link = mail["list-unsubscribe"].strip("<>")
    answer = page(client, "POST", path_of(link), data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, heading(answer)) == (200, "You get no more mails about tasks")
    assert user.get("/users/me/preferences").json()["email_notifications"] is False
    make_task(user, title="Call Ada", due_date=later(hours=1))
    assert "1 notifications, 0 mails" in run_job(user.stack, "deadlines")


def test_one_mail_a_user_and_run(user):
    verified(user)
    for n in range(25):
        make_task(user, title=f"task {n}", due_date=later(hours=1))
    make_task(user, title="late", due_date=later(hours=-1))
    run_job(user.stack, "deadlines")
    [mail] = wait_for(lambda: [mail for mail in mails_to(user.stack, user.email) if mail["list-unsubscribe"]])
    assert mail["subject"] == "1 task is overdue, 25 are due soon"
    text = plain(mail)
    assert text.count("  * ") == 20 and "and 6 more" in text
    assert text.index("Overdue") < text.index("late was due on") < text.index("Due soon") < text.index("task 0")


@pytest.mark.parametrize("spoil", [
    lambda user: user.patch("/users/me/preferences", json={"email_notifications": False}),
    lambda user: user.stack.ask("UPDATE users SET email_verified = false WHERE id = %s", user.id),
    lambda user: user.stack.ask("UPDATE users SET mail_failed_at = now() WHERE id = %s", user.id)])
def test_who_gets_no_mails(user, spoil):
    verified(user)
    spoil(user)
    notify(user)
    assert user.stack.ask("SELECT count(*) FROM outbox WHERE user_id = %s AND kind = 'notifications'", user.id) == [(0,)]


def test_unsubscribing_as_often_as_one_likes(client, user):
    token = unsubscribe_token(user)
    path = f"/account/unsubscribe?token={token}"
    assert page(client, "GET", path).status_code == 200
    assert user.get("/users/me/preferences").json()["email_notifications"] is True
    for options in [{}, {"data": b"List-Unsubscribe=One-Click"}, {"files": {"List-Unsubscribe": (None, "One-Click")}},
                    {"data": b"\xff\x00", "headers": {"Content-Type": "what/ever"}}]:
        assert page(client, "POST", path, **options).status_code == 200
    version = user.get("/users/me/preferences").json()["version"]
    assert client.post("/auth/unsubscribe", json={"token": token}).status_code == 204
    preferences = user.get("/users/me/preferences").json()
    assert (preferences["email_notifications"], preferences["version"]) == (False, version)
    user.patch("/users/me/preferences", json={"email_notifications": True})
    assert client.post("/auth/unsubscribe", json={"token": token}).status_code == 204
    assert user.get("/users/me/preferences").json()["email_notifications"] is False


NAUGHTY = ["<script>alert(1)</script>", "\"><img src=x onerror=y>", "a\r\nBcc: x@example.org", "javascript:alert(1)",
           "=?UTF-8?Q?x?=", "\u202egnihton", "x" * 200, "𝄞" * 200, "' \" & < >", "\x01\x1b[31m", "\n.\nQUIT", "语" * 67,
           "\u2028Bcc: y@example.org", " ", "{{link}}", "%s%n", "--=_boundary"]


@pytest.mark.parametrize("title", [title for title in NAUGHTY if title.strip()])
def test_a_title_is_a_text_and_nothing_else(user, title):
    verified(user)
    make_task(user, title=title, remind_at=later(minutes=-1))
    run_job(user.stack, "reminders")
    [mail] = wait_for(lambda: [mail for mail in mails_to(user.stack, user.email) if mail["list-unsubscribe"]])
    assert sorted(name.lower() for name in mail.keys()) == sorted([
        "from", "to", "subject", "date", "message-id", "mime-version", "auto-submitted", "content-language",
        "list-unsubscribe", "list-unsubscribe-post", "content-type"])
    assert mail["to"] == user.email
    body = html(mail)
    assert "<script" not in body and "<img" not in body and "onerror=y>" not in body
    assert len(re.findall("<a ", body)) == 2 and mail["subject"].startswith("Reminder: ")
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_what_no_longer_holds_is_not_sent(start_stack, connect):
    """Mails that wait while their tasks are done, read about or put off."""
    stack = start_stack(DAYBOOK_LANES="")
    user = connect(stack).new_user()
    stack.ask("UPDATE users SET email_verified = true")
    tasks = [make_task(user, title=f"task {n}", due_date=later(hours=1)) for n in range(5)]
    run_job(stack, "deadlines")
    change(user, f"/tasks/{tasks[0]['id']}", status="DONE")
    change(user, f"/tasks/{tasks[1]['id']}", due_date=later(days=3))
    [read] = [one for one in user.get("/notifications").json()["notifications"] if one["task_id"] == tasks[2]["id"]]
    user.patch(f"/notifications/{read['id']}/read")
    user.delete(f"/tasks/{tasks[3]['id']}")
    run_job(stack, "mail")
    [mail] = [mail for mail in mailbox(stack) if mail["list-unsubscribe"]]
    assert mail["subject"].startswith("task 4 is due on")
    make_task(user, title="nothing left", due_date=later(hours=1))
    run_job(stack, "deadlines")
    user.patch("/users/me/preferences", json={"notification_types": {"DEADLINE_APPROACHING": False}})
    run_job(stack, "mail")
    assert len([mail for mail in mailbox(stack) if mail["list-unsubscribe"]]) == 1
    assert stack.ask("SELECT state FROM outbox WHERE kind = 'notifications' ORDER BY created_at") == [
        ("sent",), ("dropped",)]


# A server without mails, and one with a front end.


def test_without_mails(start_stack, connect):
    stack = start_stack({"MAIL_URL": ""})
    client = connect(stack)
    user = client.new_user()
    refused(client.post("/auth/reset-password/request", json={"email": user.email}), 503, "not_configured")
    refused(client.post("/auth/reset-password/request", json={"email": "x"}), 503, "not_configured")
    refused(user.post("/auth/verify-email/resend"), 503, "not_configured")
    refused(user.patch("/users/me", json={"email": new_address(), "current_password": PASSWORD}), 503, "not_configured")
    notify(user)
    assert stack.ask("SELECT count(*) FROM outbox") == [(0,)]


def test_links_to_a_front_end(start_stack, connect):
    """A fragment reaches no log of its server; one click stays with ours."""
    stack = start_stack({"FRONTEND_URL": "https://app.example/daybook"})
    user = connect(stack).new_user()
    [mail] = wait_for_mails(stack, user.email)
    assert link_of(mail).startswith("https://app.example/daybook/verify-email#token=")
    token = unsubscribe_token(user)
    [mail] = [mail for mail in mails_to(stack, user.email) if mail["list-unsubscribe"]]
    assert f"https://app.example/daybook/unsubscribe#token={token}" in plain(mail)
    assert mail["list-unsubscribe"] == f"<https://localhost:{stack.port}/account/unsubscribe?token={token}>"
    assert isinstance(user, User)


def test_limits(start_stack, connect):
    stack = start_stack({"LIMIT_RESET_EMAIL": "3/3600", "LIMIT_RESET_ADDRESS": "6/3600", "LIMIT_RESEND_ACCOUNT": "2/3600"})
    client = connect(stack)
    user = client.new_user()
    for _ in range(2):
        assert user.post("/auth/verify-email/resend").status_code == 202
    refused(user.post("/auth/verify-email/resend"), 429, "too_many_requests")
    body = {"email": new_address(), "current_password": PASSWORD}
    refused(user.patch("/users/me", json=body), 429, "too_many_requests")
    assert me(user)["pending_email"] is None
    answers = [client.post("/auth/reset-password/request", json={"email": user.email}) for _ in range(5)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    wait_for(lambda: stack.ask("SELECT count(*) FROM reset_requests") == [(0,)])
    assert stack.ask("SELECT count(*) FROM outbox WHERE kind = 'reset_password'") == [(3,)]
    assert client.post("/auth/reset-password/request", json={"email": "nobody@example.org"}).status_code == 200
    refused(client.post("/auth/reset-password/request", json={"email": "nobody@example.org"}), 429, "too_many_requests")
    assert client.from_address("127.0.0.9").post("/auth/reset-password/request", json={"email": user.email}).ok


def test_no_log_has_a_token(user):
    """Tokens are in addresses of pages, which no log has in full."""
    token = token_for(user, "verify_email")
    page(user, "GET", f"/account/verify?token={token}")
    page(user, "POST", f"/account/verify?token={token}")
    for path in (user.stack.state / "logs").glob("*"):
        assert token.encode() not in path.read_bytes(), path.name
    assert user.stack.access_log(path="/account/verify")
