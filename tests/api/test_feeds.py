"""The calendar feed: what other programs read at an address that is its own key."""

import datetime
import gzip
import re
import socket
import ssl
import uuid
import zoneinfo

import icalendar
import pytest

from contract import refused
from feeds import NAUGHTY, SECRET, address, shown
from resources import make
from stack import ENVIRONMENT
from turns import turns

UTC = datetime.timezone.utc
MEDIA_TYPE = "text/calendar; charset=utf-8"
LONG = 75  # octets of a line, without its end (RFC 5545 section 3.1)


@pytest.fixture
def feed(user):
    return address(user)


def read(client, path, **options):
    """The calendar's components, after a look at its lines."""
    answer = client.get(path, **options)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == MEDIA_TYPE
    return components(answer.content)


def components(content):
    *lines, last = content.split(b"\r\n")
    assert last == b"" and all(len(line) <= LONG for line in lines)
    for line in lines:
        line.decode()  # no character is cut in two
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line)
    calendar = icalendar.Calendar.from_ical(content)
    assert len(content.decode().splitlines()) == len(lines)
    return calendar


def entries(calendar, kind="VEVENT"):
    found = calendar.walk(kind)
    assert len(found) == len(calendar.subcomponents)
    return found


def values(content, name):
    """The texts under a name, read as RFC 5545 section 3.3.11 says: icalendar takes `\\\\n` for a line break."""
    written = re.findall(f"\r\n{name}:(.*)\r\n", content.decode().replace("\r\n ", ""))
    return [re.sub(r"\\(.)", lambda escape: {"n": "\n"}.get(escape[1], escape[1]), text) for text in written]


def ask_as_is(stack, target):
    """A request for just this target, which no library has put right."""
    context = ssl.create_default_context(cafile=stack.certificate)
    with socket.create_connection(("127.0.0.1", stack.port)) as plain, \
            context.wrap_socket(plain, server_hostname="localhost") as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        while connection.recv(65536):
            pass


def due(days=1, hours=0):
    return (datetime.datetime(2027, 3, 1, 9, 30, tzinfo=UTC) + datetime.timedelta(days=days, hours=hours)).isoformat()


def test_an_empty_calendar(user, client, feed):
    calendar = read(client, feed)
    assert calendar.subcomponents == []
    assert (calendar["VERSION"], calendar["X-WR-CALNAME"], calendar["NAME"]) == ("2.0", "Daybook", "Daybook")
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION" and calendar["REFRESH-INTERVAL"] == "PT1H"
    assert "PRODID" in calendar and "METHOD" not in calendar


def test_an_event(user, client, feed):
    category = make(user, "categories", name="Home; garden, cellar")
    task = make(user, "tasks", title="Water", description="All of\nthem", due_date="2027-04-01T18:00:00.5+02:00",
                priority="HIGH", category_id=category["id"])
    user.patch(f"/tasks/{task['id']}", json={"title": "Water the plants"})
    task = user.get(f"/tasks/{task['id']}").json()
    [event] = entries(read(client, feed))
    changed = datetime.datetime.fromisoformat(task["updated_at"][:19] + "+00:00")
    assert event["UID"] == task["id"] and event["SEQUENCE"] == task["version"] == 2
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("Water the plants", "All of\nthem")
    assert event["DTSTART"].dt == datetime.datetime(2027, 4, 1, 16, 0, 0, tzinfo=UTC)
    assert event["DURATION"].dt == datetime.timedelta(minutes=30)
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == changed
    assert (event["PRIORITY"], event["TRANSP"]) == (3, "TRANSPARENT")
    assert "URL" not in event and b"CATEGORIES:Home\\; garden\\, cellar\r\n" in client.get(feed).content


def test_a_to_do(user, client, feed):
    make(user, "tasks", title="one", due_date=due(1), priority="URGENT")
    make(user, "tasks", title="two", due_date=due(2), status="IN_PROGRESS", priority="LOW")
    one, two = entries(read(client, f"{feed}?type=todo"), "VTODO")
    assert [one["STATUS"], two["STATUS"]] == ["NEEDS-ACTION", "IN-PROCESS"]
    assert [one["PRIORITY"], two["PRIORITY"]] == [1, 9]
    assert one["DUE"].dt == datetime.datetime.fromisoformat(due(1)) and "DTSTART" not in one
    assert [entry["SUMMARY"] for entry in entries(read(client, f"{feed}?type=event"))] == ["one", "two"]


def test_a_whole_day(user, client, feed):
    """The day itself, wherever it is read: neither a moment nor a length, which only moments have."""
    user.patch("/users/me", json={"timezone": "Pacific/Kiritimati"})
    task = make(user, "tasks", title="by then", due_date="2027-04-01")
    [event] = entries(read(client, feed))
    assert event["DTSTART"].dt == datetime.date(2027, 4, 1) and event["DTSTART"].params["VALUE"] == "DATE"
    assert not {"DTEND", "DURATION", "DUE"} & set(event) and event["TRANSP"] == "TRANSPARENT"
    [todo] = entries(read(client, f"{feed}?type=todo"), "VTODO")
    assert todo["DUE"].dt == datetime.date(2027, 4, 1) and todo["DUE"].params["VALUE"] == "DATE"
    assert not {"DTSTART", "DURATION"} & set(todo)
    user.patch("/users/me", json={"timezone": "Pacific/Pago_Pago"})
    assert entries(read(client, feed))[0]["DTSTART"].dt == datetime.date(2027, 4, 1)
    user.patch(f"/tasks/{task['id']}", json={"due_date": "2027-04-01T12:00:00Z"})
    [event] = entries(read(client, feed))
    assert event["DTSTART"].dt == datetime.datetime(2027, 4, 1, 12, tzinfo=UTC) and "DURATION" in event


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_days_among_moments(user, client, feed, zone):
    """A day comes at its end in the user's zone; the first and the last of the calendar are days as well."""
    user.patch("/users/me", json={"timezone": zone})
    days = ["0001-01-01", "0001-01-02", "2028-02-29", "9999-12-30", "9999-12-31"]
    for day in reversed(days):
        make(user, "tasks", title=day, due_date=day)
    noon = datetime.datetime(2028, 2, 29, 12, tzinfo=zoneinfo.ZoneInfo(zone))
    for title, moment in (("noon", noon), ("the noon after", noon + datetime.timedelta(days=1))):
        make(user, "tasks", title=title, due_date=moment.isoformat())
    for kind, query, name in (("VEVENT", "", "DTSTART"), ("VTODO", "?type=todo", "DUE")):
        content = client.get(feed + query).content
        assert [entry["SUMMARY"] for entry in entries(components(content), kind)] == [
            *days[:2], "noon", days[2], "the noon after", *days[3:]]
        assert values(content, f"{name};VALUE=DATE") == [day.replace("-", "") for day in days]


def test_what_is_in_it(user, stranger, client, feed):
    """Open tasks with a due date, the soonest first, but those of archived projects."""
    archived, live = make(user, "projects", archived=True), make(user, "projects")
    make(user, "tasks", title="late", due_date="2020-01-01T00:00:00Z")
    make(user, "tasks", title="next", due_date=due(1), project_id=live["id"])
    make(user, "tasks", title="no date")
    make(user, "tasks", title="done", due_date=due(1), status="DONE")
    make(user, "tasks", title="archived", due_date=due(1), project_id=archived["id"])
    make(user, "tasks", title="first", due_date="0001-01-01T00:00:00Z")
    make(user, "tasks", title="last", due_date="9999-12-31T23:59:59.999999Z")
    make(stranger, "tasks", title="a stranger's", due_date=due(1))
    assert [entry["SUMMARY"] for entry in entries(read(client, feed))] == ["first", "late", "next", "last"]
    assert b"DTSTART:00010101T000000Z" in client.get(feed).content
    assert b"DTSTART:99991231T235959Z" in client.get(feed).content
    user.patch(f"/projects/{archived['id']}", json={"archived": False})
    assert "archived" in [entry["SUMMARY"] for entry in entries(read(client, feed))]


def test_naughty_texts(user, client, feed):
    """Each stays one text of one entry, whatever is in it."""
    for number, text in enumerate(NAUGHTY):
        category = make(user, "categories", name=f"{number} {text}"[:50])
        make(user, "tasks", title=text, description=text * (2000 // len(text)), due_date=due(number),
             category_id=category["id"])
    for kind, query in (("VEVENT", ""), ("VTODO", "?type=todo")):
        content = client.get(feed + query).content
        found = entries(components(content), kind)
        assert values(content, "SUMMARY") == [shown(text) for text in NAUGHTY]
        assert values(content, "DESCRIPTION") == [shown(text * (2000 // len(text))) for text in NAUGHTY]
        assert values(content, "CATEGORIES") == [shown(f"{number} {text}"[:50]) for number, text in enumerate(NAUGHTY)]
        for text, entry in zip(NAUGHTY, found, strict=True):
            assert entry["SUMMARY"] == shown(text) or "\\" in text


def test_five_thousand_at_most(stack, user, client, feed):
    """The soonest ones; ties go by the id, over all pages."""
    stack.ask("SELECT set_config('app.user_id', %s, false); INSERT INTO tasks (user_id, id, title, description, due_date)"
              " SELECT %s, gen_random_uuid(), 'task ' || n, repeat('€', 2000), timestamptz '2027-01-01' + n / 7 * interval '1 s'"
              " FROM generate_series(1, 5010) AS n", user.id, user.id)
    expected = stack.ask("SELECT id::text FROM tasks WHERE user_id = %s ORDER BY due_date, id LIMIT 5000", user.id)
    content = client.get(feed).content
    assert re.findall(rb"\r\nUID:([0-9a-f-]{36})\r\n", content) == [row.encode() for (row,) in expected]
    assert content.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n") and len(content) > 30_000_000


def test_making_and_revoking(user, client):
    assert user.get("/users/me/calendar-feed").json() == {"active": False, "created_at": None}
    first = user.post("/users/me/calendar-feed")
    path = SECRET.fullmatch(first.json()["url"])[1]
    assert first.headers["Location"] == path
    assert user.get("/users/me/calendar-feed").json() == {"active": True, "created_at": first.json()["created_at"]}
    assert client.get(path).status_code == 200
    second = address(user)
    refused(client.get(path), 404, "not_found")
    assert second != path and client.get(second).status_code == 200
    for _ in range(2):
        assert user.delete("/users/me/calendar-feed").status_code == 204
        refused(client.get(second), 404, "not_found")
    assert user.get("/users/me/calendar-feed").json() == {"active": False, "created_at": None}


def test_everybody_has_their_own(user, stranger, client):
    mine, theirs = address(user), address(stranger)
    make(user, "tasks", title="mine", due_date=due())
    assert [entry["SUMMARY"] for entry in entries(read(client, mine))] == ["mine"]
    assert entries(read(client, theirs)) == []
    stranger.delete("/users/me/calendar-feed")
    assert client.get(mine).status_code == 200
    user.delete("/users/me", json={"password": user.password})
    refused(client.get(mine), 404, "not_found")


def test_a_token_changes_nothing(user, stranger, client, feed):
    for other in (user, stranger, client.with_token("x")):
        assert other.get(feed).content == client.get(feed).content


def test_addresses_that_are_none(user, client, feed):
    name = feed.rsplit("/", 1)[1]
    secret = name.removesuffix(".ics")
    last = "A" if secret[-1] != "A" else "B"
    wrong = [secret, name + "x", name.upper(), f"{secret[:-1]}.ics", f"{secret[1:]}.ics", f"{secret[:-1]}{last}.ics",
             f"{secret}=.ics", f"{secret}.ICS", f"{secret}%2eics%20", ".ics", "x.ics", "%ff.ics",
             str(uuid.uuid4()), "x" * 1900 + ".ics", f"{name}/", f"{name}/x", f"{user.id}.ics", "..%2f" + name,
             "'%20OR%20true--.ics", "\\x00.ics"]
    for one in wrong:
        refused(client.get(f"/api/v1/feeds/{one}"), 404, "not_found")
    assert client.get(feed).status_code == 200
    assert client.get(feed.replace(".ics", "%2Eics")).status_code == 200


def test_what_is_refused(user, client, feed):
    for query, field in (("type=x", "type"), ("type=TODO", "type"), ("type=", "type"), ("type=todo&type=event", "type"), ("limit=1", "limit")):
        refused(client.get(f"{feed}?{query}"), 400, "validation_failed", field)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        refused(client.request(method, feed), 405, "method_not_allowed")
    nobody = user.with_token(None)
    for method in ("GET", "POST", "DELETE"):
        refused(nobody.request(method, "/users/me/calendar-feed"), 401, "unauthorized")
        refused(user.request(method, "/users/me/calendar-feed?x=1"), 400, "validation_failed", "x")
    refused(user.patch("/users/me/calendar-feed"), 405, "method_not_allowed")


def test_the_tag_changes_with_what_is_shown(user, client, feed):
    tags = {client.get(feed).headers["ETag"]}

    def is_new():
        answer = client.get(feed)
        before = len(tags)
        tags.add(answer.headers["ETag"])
        again = client.get(feed, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == answer.headers["ETag"]
        return len(tags) > before

    category = make(user, "categories")
    task = make(user, "tasks", title="one", due_date=due(), category_id=category["id"])
    path = f"/tasks/{task['id']}"
    assert is_new() and not is_new()
    for change in ({"title": "two"}, {"title": "one"}, {"due_date": due(2)}, {"description": "x"}, {"priority": "LOW"},
                   {"due_date": "2027-03-03"}, {"due_date": "2027-03-04"}):
        user.patch(path, json=change)
        assert is_new(), change
    user.patch(f"/categories/{category['id']}", json={"name": "another"})
    assert is_new()
    user.patch(path, json={"completed": True})
    assert not is_new()  # as empty as in the beginning
    make(user, "tasks", title="no date")
    assert not is_new()


def test_tags_of_one_address(user, client, feed):
    make(user, "tasks", title="x" * 200, description="y" * 2000, due_date=due())
    event, todo = client.get(feed), client.get(f"{feed}?type=todo")
    packed = client.get(feed, headers={"Accept-Encoding": "gzip"})
    assert event.headers["ETag"] != todo.headers["ETag"]
    for tag in (event.headers["ETag"], packed.headers["ETag"], "*", f'"x", {event.headers["ETag"]}'):
        assert client.get(feed, headers={"If-None-Match": tag}).status_code == 304
    for tag in (todo.headers["ETag"], '"x"', "", "x"):
        assert client.get(feed, headers={"If-None-Match": tag}).status_code == 200


def test_head_and_gzip(user, client, feed):
    for number in range(20):
        make(user, "tasks", title=f"task {number}", due_date=due(number))
    plain = client.get(feed, headers={"Accept-Encoding": "identity"})
    packed = client.send("GET", feed, {"Accept-Encoding": "gzip"}, stream=True)
    raw = packed.raw.read()
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 3
    head = client.head(feed, headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Length", "Content-Type", "Cache-Control"):
        assert head.headers[name] == plain.headers[name]
    assert client.head(feed.replace(".ics", "x.ics")).status_code == 404


def test_no_answer_with_an_address_is_kept(stack, user):
    addresses = {user.post("/users/me/calendar-feed", headers={"Idempotency-Key": "k"}).json()["url"] for _ in range(2)}
    assert len(addresses) == 2
    assert stack.ask("SELECT count(*) FROM idempotency_keys WHERE user_id = %s", user.id) == [(0,)]


def test_the_secret_is_nowhere(stack, user, client):
    """Neither a log nor the database has it, however its address is called."""
    path = address(user)
    name = path.rsplit("/", 1)[1]
    secret = name.removesuffix(".ics")
    for called in (f"{path}?type=todo", f"{path}/", f"{path}/x", path[:-4], path.replace("feeds", "%66eeds"),
                   path.replace("api", "a%70i"), f"/api/v1{path}", f"/{path}", path.upper(), f"{path}%", f"{path}%00",
                   f"{path}?type=x", f"{path} x"):
        ask_as_is(stack, called)
    client.post(path)
    client.with_token("x").get(path)
    client.get(path, headers={"Accept": "application/problem+json"})
    user.delete("/users/me/calendar-feed")
    refused(client.get(path), 404, "not_found")
    for log in (stack.state / "logs").glob("*"):
        assert [line for line in log.read_bytes().splitlines() if secret.encode() in line] == []
    assert stack.ask("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%%' || %s || '%%' AND pid <> pg_backend_pid()",
                     secret) == [(0,)]
    assert [line["path"] for line in stack.log(event="request") if line.get("path", "").startswith("/api/v1/feeds/")][-1] == \
        "/api/v1/feeds/-"


def test_guesses_are_limited(restart_stack, connect):
    """By the web server, whatever they are; others are not held up."""
    client = connect(restart_stack(DAYBOOK_NGINX_AUTH_RATE="1r/m", DAYBOOK_NGINX_AUTH_BURST="3")).from_address("127.9.9.9")
    answers = [client.get("/api/v1/feeds/x.ics") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [404] * 4 + [429] * 2
    refused(answers[-1], 429, "too_many_requests")
    refused(client.from_address("127.9.9.8").get("/api/v1/feeds/x.ics"), 404, "not_found")


def test_links_to_the_front_end(restart_stack, connect):
    client = connect(restart_stack({"FRONTEND_URL": "https://app.example/day"}, **ENVIRONMENT))
    user = client.new_user()
    task = make(user, "tasks", title="x", due_date=due())
    [event] = entries(read(client, address(user)))
    assert event["URL"] == f"https://app.example/day/tasks/{task['id']}"


def test_without_an_address_of_its_own(restart_stack, connect):
    client = connect(restart_stack(settings={"PUBLIC_URL": "", "MAIL_URL": ""}))
    user = client.new_user()
    refused(user.post("/users/me/calendar-feed"), 503, "not_configured")
    assert user.get("/users/me/calendar-feed").json()["active"] is False


def test_two_of_a_user_at_once(stack, user, client, feed):
    """As for all that may take long; who has too many at once is told when to come again."""
    with turns(stack.postgres, user.id, running=2, waiting=2):
        answer = client.get(feed)
        refused(answer, 429, "too_many_requests")
        assert answer.headers["Retry-After"] == "1"
        refused(client.get(feed.replace(".ics", "x.ics")), 404, "not_found")
    assert client.get(feed).status_code == 200
