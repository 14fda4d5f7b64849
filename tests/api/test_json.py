"""Bodies: what RFC 8259 does not allow never reaches a table, and what it
allows is that field's error at worst."""

import socket
import ssl
import uuid

import pytest

from client import at_once
from contract import faults, refused
from people import somebody
from stack import has_sanitizer

MIB = 1 << 20
TYPE = {"Content-Type": "application/json"}
user = somebody()


@pytest.fixture
def empty(user):
    """The user has no more tasks after than before."""
    before = user.get("/tasks").json()["total"]
    yield user
    assert user.get("/tasks").json()["total"] == before


def send(user, body, method="POST", path="/tasks", **headers):
    if isinstance(body, str):
        body = body.encode()
    return user.request(method, path, data=body, headers={**TYPE, **headers})


def nested(depth, value="1"):
    """A task whose unknown member reaches this level, the root being the first."""
    return '{"title":"x","a":' + "[" * (depth - 1) + value + "]" * (depth - 1) + "}"


NO_JSON = {
    "nothing": b"", "white space": b" \t\r\n", "a word": b"title", "no end": b'{"title":"x"',
    "only an end": b"}",
    "comma before the end": b'{"title":"x",}', "comma in a list": b'{"title":["x",]}',
    "leading comma": b'{,"title":"x"}',
    "two commas": b'{"title":"x",,"status":"TODO"}', "no comma": b'{"title":"x" "status":"TODO"}',
    "no colon": b'{"title" "x"}', "no value": b'{"title":}', "no name": b'{:"x"}',
    "bare name": b'{title:"x"}',
    "single quotes": b"{'title':'x'}", "single-quoted value": b'{"title":\'x\'}',
    "two values": b'{"title":"x"}{}',
    "text after it": b'{"title":"x"} x', "nul after it": b'{"title":"x"}\0',
    "line comment": b'{"title":"x"}// c',
    "comment": b'{/* c */"title":"x"}', "hash comment": b'{"title":"x" # c\n}',
    "NaN": b'{"title":"x","version":NaN}',
    "nan": b'{"title":"x","version":nan}', "Infinity": b'{"title":"x","version":Infinity}',
    "-Infinity": b'{"title":"x","version":-Infinity}', "True": b'{"title":"x","completed":True}',
    "TRUE": b'{"title":"x","completed":TRUE}', "tru": b'{"title":"x","completed":tru}',
    "nul": b'{"title":nul}',
    "NULL": b'{"title":NULL}', "undefined": b'{"title":undefined}', "leading zero": b'{"version":01}',
    "leading plus": b'{"version":+1}', "leading point": b'{"version":.5}',
    "trailing point": b'{"version":1.}',
    "bare minus": b'{"version":-}', "bare exponent": b'{"version":1e}', "hexadecimal": b'{"version":0x1}',
    "digits apart": b'{"version":1 2}', "underscore": b'{"version":1_0}',
    "full-width digit": '{"version":１}'.encode(),
    "raw newline": b'{"title":"a\nb"}', "raw tab": b'{"title":"a\tb"}', "raw nul": b'{"title":"a\0b"}',
    "raw escape": b'{"title":"a\x1bb"}', "raw control in a name": b'{"ti\x01tle":"x"}',
    "raw nul in a name": b'{"ti\0tle":"x"}',
    "escaped nul in a name, cut": b'{"title\\u0000":"x"', "escaped nul as a name, and a comma": b'{"\\u0000":1,}',
    "unknown escape": b'{"title":"\\x41"}', "escaped quote": b"{\"title\":\"\\'\"}",
    "short escape": b'{"title":"\\u12"}',
    "escape of letters": b'{"title":"\\uZZZZ"}', "unclosed text": b'{"title":"x}',
    "escaped end": b'{"title":"x\\"}',
    "high surrogate": b'{"title":"\\ud83d"}', "low surrogate": b'{"title":"\\ude00"}',
    "surrogates in reverse": b'{"title":"\\ude00\\ud83d"}',
    "two high surrogates": b'{"title":"\\ud83d\\ud83d"}',
    "high surrogate, then text": b'{"title":"\\ud83dx"}',
    "surrogate in a name": b'{"\\ud800":1,"title":"x"}', "raw surrogate": b'{"title":"\xed\xa0\x80"}',
    "raw surrogate pair": b'{"title":"\xed\xa0\xbd\xed\xb8\x80"}', "lone continuation": b'{"title":"\x80"}',
    "cut sequence": b'{"title":"\xe2\x82"}', "cut sequence, then text": b'{"title":"\xe2\x82x"}',
    "overlong slash": b'{"title":"\xc0\xaf"}',
    "overlong nul": b'{"title":"\xc0\x80"}', "overlong in three": b'{"title":"\xe0\x80\xaf"}',
    "overlong in four": b'{"title":"\xf0\x80\x80\xaf"}',
    "past Unicode": b'{"title":"\xf4\x90\x80\x80"}', "five bytes": b'{"title":"\xf8\x88\x80\x80\x80"}',
    "0xFE": b'{"title":"\xfe"}',
    "0xFF": b'{"title":"\xff"}', "Latin-1": b'{"title":"\xe9t\xe9"}',
    "byte order mark": b'\xef\xbb\xbf{"title":"x"}',
    "UTF-16": '{"title":"x"}'.encode("utf-16"), "UTF-16 little": '{"title":"x"}'.encode("utf-16-le"),
    "UTF-32": '{"title":"x"}'.encode("utf-32"), "form feed": b'\x0c{"title":"x"}',
    "no-break space": '\u00a0{"title":"x"}'.encode(),
    "line separator outside": '{"title":\u2028"x"}'.encode(), "form": b"title=x&status=TODO",
    "XML": b"<title>x</title>",
    "brackets that cross": b'{"title":["x"}]', "list closed as an object": b'["x"}',
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
}


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON.keys())
def test_what_is_no_json(empty, body):
    refused(send(empty, body), 400, "invalid_json")


@pytest.mark.parametrize("body, name", [
    (b'{"title\\u0000":"x"}', "title\\u0000"), (b'{"title":"x","\\u0000":1}', "\\u0000"),
    (b'{"title":"x","a":{"\\"b\\u0000c\\u0000\\"":1}}', '\\"b\\u0000c\\u0000\\"'),
])
def test_a_name_with_nul_is_not_known(empty, body, name):
    answer = send(empty, body)
    refused(answer, 400, "validation_failed", name)
    assert faults(answer) == [(name, "unknown")]


@pytest.mark.parametrize("body", ["[]", '["title"]', '[{"title":"x"}]', '"title"', "1", "-0.0e-9", "true",
                                  "null"])
def test_json_that_is_no_object(empty, body):
    refused(send(empty, body), 400, "validation_failed")


@pytest.mark.parametrize("body", [
    b' \t\r\n{ "title"\n:\r"x"\t} \n', b'{"title":"x","title":"x"}', b'{"ti\\u0074le":"x"}',
    b'{"title":"\\u0078"}',
    b'{"title":"x","completed_at":1e400,"position":-0.1E+22,"created_at":[[[{"a":[]}]]]}',
    b'{"title":"x","position":' + b"9" * 10000 + b"}", b'{"position":0.' + b"1" * 10000 + b',"title":"x"}',
], ids=range(7))
def test_unusual_json_that_is_fine(user, body):
    answer = send(user, body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["title"] == "x"
    user.delete(f"/tasks/{answer.json()['id']}")


def test_every_escape_means_its_character(user):
    answer = send(user,
                  b'{"title":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\uDE00\\uffff\\u007f\x7f"}')
    assert answer.json()["title"] == '"\\/\b\f\n\r\té€😀\uffff\x7f\x7f'
    user.delete(f"/tasks/{answer.json()['id']}")


def test_duplicate_names_the_last_wins(user):
    task = send(user, '{"title":"a","status":"DONE","title":"b","status":"TODO"}').json()
    assert (task["title"], task["status"]) == ("b", "TODO")
    one = f"/tasks/{task['id']}"
    assert send(user, '{"title":5,"title":"c"}', "PATCH", one).json()["title"] == "c"
    refused(send(user, '{"title":"d","title":5}', "PATCH", one), 400, "validation_failed", "title")
    assert send(user, '{"title":"d","\\u0074itle":"e"}', "PATCH", one).json()["title"] == "e"
    assert user.delete(one).status_code == 204


# Depth.


def test_depth_32_is_read_and_33_is_not(empty):
    refused(send(empty, nested(32)), 400, "validation_failed", "a")
    refused(send(empty, nested(33)), 400, "invalid_json")
    objects = '{"title":"x","created_at":' + '{"a":' * 30 + "{}" + "}" * 31
    answer = send(empty, objects)
    assert answer.status_code == 201, answer.text
    empty.delete(f"/tasks/{answer.json()['id']}")
    refused(send(empty, '{"a":' * 32 + "{}" + "}" * 32), 400, "invalid_json")


@pytest.mark.parametrize("bomb", [b"[" * 1_000_000, b'{"a":' * 200_000, b'{"title":' + b"[" * 1_000_000,
                                  b"[" * 500_000 + b"]" * 500_000, b'[{"":' * 200_000])
def test_depth_bombs_are_refused(empty, bomb):
    refused(send(empty, bomb), 400, "invalid_json")


def test_so_many_values_are_no_request(empty):
    most = 10_000
    refused(send(empty, '{"title":[' + "1," * (most - 3) + "1]}"), 400, "validation_failed", "title")
    refused(send(empty, '{"title":[' + "1," * (most - 2) + "1]}"), 400, "invalid_json")
    for many in [",".join(["{}"] * 300_000), ",".join(["[]"] * 300_000), "1," * 500_000 + "1"]:
        refused(send(empty, f'{{"title":"x","created_at":[{many}]}}'), 400, "invalid_json")
    many = ",".join(f'"{number}":1' for number in range(90_000))
    refused(send(empty, f"{{{many}}}"), 400, "invalid_json")


def test_large_bodies_are_answered(user):
    """Whether they are read or not: a worker waits for no end that nginx will not send any more. Else nginx
    would say 504 in its place."""
    body, kind = b'[{"":' * 200_000, {"Content-Type": "application/json"}

    def attack():
        for number in range(40):
            method, path = [("POST", "/tasks"), ("POST", "/tasks"), ("POST", "/nowhere"),
                            ("GET", "/tasks")][number % 4]
            answer = user.request(method, path, data=body, headers=kind)
            assert answer.status_code == {"/nowhere": 404}.get(path, 200 if method == "GET" else 400)

    at_once(*[attack] * 4)


# Numbers.


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1e-400", "9" * 400, "-" + "9" * 400,
                                    "9223372036854775808",
                                    "18446744073709551616", "-9223372036854775809", "0", "-1", "-0", "1.5",
                                    "0.9999999999", "1e-1", "9" * 5000 + ".5", '"1"', "true", "null", "[1]",
                                    "{}"])
def test_a_version_that_is_none(user, number):
    task = user.post("/tasks", json={"title": "x"}).json()
    one = f"/tasks/{task['id']}"
    for path in [one, f"{one}/complete"]:
        body = f'{{"version":{number},"completed":true}}'
        refused(send(user, body, "PATCH", path), 400, "validation_failed", "version")
    assert user.get(one).json() == task
    user.delete(one)


@pytest.mark.parametrize("number", ["1", "1.0", "1e0", "10E-1", "0.1e1", "1.000000000000"])
def test_a_version_in_other_spellings(user, number):
    one = f"/tasks/{user.post('/tasks', json={'title': 'x'}).json()['id']}"
    assert send(user, f'{{"version":{number},"title":"y"}}', "PATCH", one).json()["version"] == 2
    user.delete(one)


@pytest.mark.parametrize("number", ["2", "2147483648", "4294967297", "9007199254740993",
                                    "9223372036854775807"])
def test_a_version_that_is_not_the_present_one(user, number):
    one = f"/tasks/{user.post('/tasks', json={'title': 'x'}).json()['id']}"
    refused(send(user, f'{{"version":{number},"title":"y"}}', "PATCH", one), 409, "version_conflict")
    user.delete(one)


# Media types.


@pytest.mark.parametrize("kind", [
    "application/json", "application/json;charset=utf-8", "application/json; charset=UTF-8",
    "APPLICATION/JSON",
    'application/json; charset="utf-8"', "application/json ; charset=utf-8",
    "application/json;version=1;charset=utf-8",
    "application/json; version=1", "application/json;", "application/json; xcharset=latin1",
    'application/json; title="a;charset=latin1"; Charset=Utf-8',
])
def test_media_types_that_are_taken(user, kind):
    answer = user.post("/tasks", data=b'{"title":"x"}', headers={"Content-Type": kind})
    assert answer.status_code == 201, answer.text
    user.delete(f"/tasks/{answer.json()['id']}")


@pytest.mark.parametrize("kind", [
    None, "", "text/plain", "text/json", "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x", "application",
    "application/jsonx", "application/json-patch+json", "application/merge-patch+json",
    "application/problem+json", "*/*",
    "application/xml", "json", "application/json; charset=iso-8859-1", "application/json; charset=utf-16",
    "application/json; charset=",
    "application/json; charset=utf-8x", 'application/json; charset="latin1"', "application/json,text/plain",
    "application/json text/plain", "text/plain; application/json", "application/json; charset",
    'application/json; charset="utf-8', "application/json; charset =utf-8",
])
def test_media_types_that_are_not(empty, kind):
    headers = {"Content-Type": kind} if kind is not None else {}
    refused(empty.post("/tasks", data=b'{"title":"x"}', headers=headers), 415, "unsupported_media_type")


# Sizes, and bodies that do not arrive whole.


def padded(size):
    body = b'{"title":"x"' + b" " * (size - len(b'{"title":"x"}')) + b"}"
    assert len(body) == size
    return body


def test_a_body_of_one_mebibyte(user):
    answer = send(user, padded(MIB))
    assert answer.status_code == 201, answer.text
    user.delete(f"/tasks/{answer.json()['id']}")


def chunks(body, size=1000):
    for start in range(0, len(body), size):
        yield body[start:start + size]


@pytest.mark.parametrize("size", [MIB + 1, 2 * MIB, 8 * MIB])
def test_a_body_past_one_mebibyte(empty, size):
    refused(send(empty, padded(size)), 413, "payload_too_large")


def test_bodies_in_chunks(empty):
    def post(body, size=1000):
        return empty.request("POST", "/tasks", data=chunks(body, size), headers=TYPE)

    answer = post(b'{"title":"in pieces"}', 1)
    assert answer.json()["title"] == "in pieces"
    empty.delete(f"/tasks/{answer.json()['id']}")
    answer = post(padded(MIB), 65536)
    assert answer.status_code == 201
    empty.delete(f"/tasks/{answer.json()['id']}")
    refused(post(padded(MIB + 1), 65536), 413, "payload_too_large")
    refused(post(b'{"title":', 1), 400, "invalid_json")
    refused(post(b""), 400, "invalid_json")


def raw_post(stack, user, body, length, half_close=False):
    """Sends these bytes under this Content-Length; what came back until the server closed."""
    head = ("POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nAuthorization: Bearer {user.access_token}\r\n"
            f"Content-Length: {length}\r\n\r\n").encode()
    context = ssl.create_default_context(cafile=stack.certificate)
    with socket.create_connection(("127.0.0.1", stack.port), timeout=15) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as tls:
            tls.sendall(head + body)
            if half_close:  # by the plain socket's method, because TLS still has to read
                socket.socket.shutdown(tls, socket.SHUT_WR)
            answer = b""
            try:
                while part := tls.recv(65536):
                    answer += part
            except (ssl.SSLError, ConnectionError):
                pass
            return answer


@pytest.mark.parametrize("body, length", [(b'{"title":"x"}', 14), (b'{"title":"x"}', 100_000), (b"", 10),
                                          (b'{"title":"x"} ' * 5000, 100_000), (b'{"title":"x"}', 2 ** 20)],
                         ids=range(5))
def test_a_body_that_breaks_off_changes_nothing(stack, empty, body, length):
    answer = raw_post(stack, empty, body, length, half_close=True)
    assert not answer.startswith(b"HTTP/1.1 2"), answer


def test_a_body_is_no_longer_than_its_content_length(stack, user):
    answer = raw_post(stack, user, b'{"title":"x"}DELETE / HTTP/1.1\r\n\r\n', 13)
    assert answer.startswith(b"HTTP/1.1 201"), answer
    assert answer.count(b"HTTP/1.1") == 1
    answer = raw_post(stack, user, b'{"title":"x"}', 12)
    assert answer.startswith(b"HTTP/1.1 400"), answer
    for task in user.get("/tasks").json()["tasks"]:
        user.delete(f"/tasks/{task['id']}")


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "13, 13", "99999999999999999999", "13 13", "+13",
                                    ""])
def test_a_content_length_that_is_none(stack, empty, length):
    answer = raw_post(stack, empty, b'{"title":"x"}', length)
    assert answer.split()[1] in (b"400", b"413")


# Every route with a body, and the memory of the workers.


@pytest.mark.parametrize("method, path", [
    ("POST", "/auth/register"), ("POST", "/auth/login"), ("POST", "/auth/refresh"),
    ("POST", "/auth/logout"),
    ("POST", "/auth/change-password"), ("PATCH", "/users/me"), ("PUT", "/users/me"),
    ("DELETE", "/users/me"),
    ("PATCH", f"/tasks/{uuid.uuid4()}"), ("PUT", f"/tasks/{uuid.uuid4()}"),
    ("PATCH", f"/tasks/{uuid.uuid4()}/complete"),
])
def test_every_route_reads_bodies_alike(user, method, path):
    refused(send(user, '{"a":1,}', method, path), 400, "invalid_json")
    refused(send(user, "[1]", method, path), 400, "validation_failed")
    refused(send(user, b'{"a":"\xff"}', method, path), 400, "invalid_json")
    refused(send(user, "{}", method, path, **{"Content-Type": "text/plain"}), 415, "unsupported_media_type")
    refused(send(user, padded(MIB + 1), method, path), 413, "payload_too_large")
    assert ("no such", "unknown") in faults(send(user, '{"no such": 1}', method, path))
    if path != "/auth/logout":
        refused(send(user, b"", method, path), 400, "invalid_json")


def memory_kib(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def test_hostile_bodies_leave_no_memory_behind(start_stack, connect):
    """Bodies made to cost much, with one worker, so that all of it meets the same one."""
    stack = start_stack(DAYBOOK_WORKERS="1")
    user = connect(stack).new_user()
    names = b"{" + b",".join(b'"%d":1' % n for n in range(2000)) + b"}"
    most = b'{"title":[' + b"{}," * 9990 + b"{}]}"
    bombs = [*NO_JSON.values(), b"[" * 100_000, names, most, padded(MIB)[:-1] + b"x",
             b'{"' + b"a" * 10 ** 6 + b'":1}', nested(32).encode(),
             b'{"title":"' + b"x" * 100_000 + b'"}',
             b'{"version":' + b"9" * 100_000 + b"}", padded(MIB // 4)[:-1],
             b'{"title":[' + b'"",' * 10_000 + b'""]}']

    def attack(rounds):
        for number in range(rounds):
            answer = user.send("POST", "/api/v1/tasks", headers=TYPE, data=bombs[number % len(bombs)])
            assert answer.status_code == 400

    attack(2 * len(bombs))
    worker, = stack.workers("api")
    before = memory_kib(worker)
    attack(1000)
    assert stack.workers("api") == [worker]
    assert has_sanitizer() or memory_kib(worker) - before <= 2048
    at_once(*[lambda: user.get("/tasks")] * 4)
