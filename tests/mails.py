"""The mails that a stack sends nowhere: files of its Maildir, read as a mail program reads them."""

import email
import email.policy
import re
import subprocess
import uuid
from datetime import datetime, timedelta, timezone

from waiting import wait_for

LINK = re.compile(r"https?://\S+token=[A-Za-z0-9_-]+")
# What the subjects of the mails of an account say.
SUBJECTS = {
    "verify_email": "Confirm your address for Daybook",
    "reset_password": "Choose a new password for Daybook",
    "password_changed": "Your password for Daybook was changed",
    "confirm_new_email": "Confirm your new address for Daybook",
    "email_changed": "Your account at Daybook is to get another address",
    "session_ended": "A device was logged out of Daybook",
}


def read_mail(data):
    """A mail as an object of Python's; it must be one without a defect."""
    mail = email.message_from_bytes(data, policy=email.policy.default)
    assert not mail.defects and all(not part.defects for part in mail.walk()), data
    return mail


def mailbox(stack):
    """All mails so far, in the order in which they were queued; each file is read once."""
    known = stack.__dict__.setdefault("mails", {})
    for path in (stack.state / "mail" / "new").glob("*"):
        if path.name not in known:
            known[path.name] = read_mail(path.read_bytes())
    return sorted(known.values(), key=lambda mail: (mail["date"].datetime, mail["message-id"]))


def mails_to(stack, address, kind=None):
    return [mail for mail in mailbox(stack) if mail["to"] == address
            and (kind is None or mail["subject"] == SUBJECTS[kind])]


def wait_for_mails(stack, address, kind=None, count=1):
    """The mails to an address, as soon as there are so many."""
    return wait_for(lambda: len(found := mails_to(stack, address, kind)) >= count and found)


def plain(mail):
    return mail.get_body(("plain",)).get_content()


def html(mail):
    return mail.get_body(("html",)).get_content()


def link_of(mail):
    """The first link with a token; both parts have the same ones."""
    links = LINK.findall(plain(mail))
    assert links and set(links) <= set(re.findall(r'href="([^"]+)"', html(mail)))
    return links[0]


def token_of(mail):
    return link_of(mail).split("token=")[1]


def token_for(user, kind, count=1):
    """The token of the newest mail of that kind to a user."""
    return token_of(wait_for_mails(user.stack, user.email, kind, count)[-1])


def verified(user):
    """The same user, whose address is confirmed."""
    answer = user.post("/auth/verify-email", json={"token": token_for(user, "verify_email")})
    assert answer.status_code == 200 and answer.json()["email_verified"], answer.text
    return user


def reset_token(user):
    assert user.post("/auth/reset-password/request", json={"email": user.email}).status_code == 200
    return token_for(user, "reset_password")


def jobs_program(stack, *arguments):
    return [stack.state / "bin" / "daybook-jobs", "--env-file", stack.state / "daybook.env", *arguments]


def jobs_environment(stack, environment):
    """What a lane logs is read as the log of all lanes; a setting of the environment wins."""
    return {"LOG_TARGET": str(stack.state / "logs" / "mail.log"), **environment}


def run_job(stack, name, **environment):
    """Does one job now, as daybook-jobs --run does it; what it says."""
    done = subprocess.run(jobs_program(stack, "--run", name), env=jobs_environment(stack, environment),
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def start_jobs(stack, *lanes, **environment):
    """A process that does the jobs of these lanes until it is ended."""
    return subprocess.Popen(jobs_program(stack, *lanes), env=jobs_environment(stack, environment))


def later(**distance):
    """A moment so far from now, as the API writes it."""
    return (datetime.now(timezone.utc) + timedelta(**distance)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def notify(user, **members):
    """A task that is to be remembered, and the notification that says so."""
    title = f"remember {uuid.uuid4()}"
    task = user.post("/tasks", json={"title": title, "remind_at": later(minutes=-1), **members})
    assert task.status_code == 201, task.text
    run_job(user.stack, "reminders")
    # Another process may be at it just now.
    [found] = wait_for(lambda: [one for one in user.get("/notifications").json()["notifications"]
                                if one["task_id"] == task.json()["id"]])
    user.record.owners[found["id"]].add(user.id)
    return found


def unsubscribe_token(user):
    """The token of a mail about tasks, which only goes to a confirmed address."""
    notify(verified(user))
    [mail] = wait_for(lambda: [mail for mail in mails_to(user.stack, user.email) if mail["list-unsubscribe"]])
    return token_of(mail)
