"""What every answer of Daybook must be: the headers, the one form of errors, and the schema that the
served OpenAPI document gives. Each client checks each answer here, so the whole suite proves it."""

import functools
import json
import operator
import re

import jsonschema

WORDS = {
    400: {"invalid_json", "validation_failed", "invalid_cursor", "invalid_token", "bad_request"},
    401: {"unauthorized", "token_expired", "session_revoked", "session_expired",
          "invalid_credentials"},
    403: {"forbidden", "invalid_password", "registration_closed"},
    404: {"not_found"},
    405: {"method_not_allowed"},
    408: {"request_timeout"},
    409: {"email_taken", "username_taken", "name_taken", "id_taken", "version_conflict",
          "idempotency_in_flight"},
    410: {"cursor_expired"},
    412: {"precondition_failed"},
    413: {"payload_too_large", "quota_exceeded"},
    414: {"uri_too_long"},
    415: {"unsupported_media_type"},
    422: {"idempotency_mismatch"},
    429: {"too_many_requests"},
    431: {"headers_too_large"},
    500: {"internal_error"},
    501: {"not_implemented"},
    503: {"unavailable", "timeout", "not_configured"},
    504: {"timeout"},
    505: {"http_version_not_supported"},
}
# Words of refusals that have the resource as it is now.
STALE_WORDS = {"precondition_failed", "version_conflict"}
ANSWER_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=63072000",
}
ERROR_MEMBERS = {"error", "code", "message", "details", "request_id"}
PROBLEM_MEMBERS = {"type", "title", "status", "detail", "error", "details", "request_id"}
DETAIL_MEMBERS = {"field", "code", "message"}
# What a word of a wrong field may bring besides, one of these sets; nothing if it is not here.
LIMITS = {
    "type": [{"type"}],
    "length": [{"min", "max"}, {"min"}, {"max"}],
    "items": [{"min", "max"}, {"max"}],
    "range": [{"min", "max"}, set()],
    "one_of": [{"allowed"}],
    "format": [{"format"}],
    "conflict": [{"with"}, set()],
}
# The codes of wrong fields that were seen, for the account at the end.
codes = set()
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
INSIDES = re.compile(r"SELECT |INSERT |UPDATE |pq:|PG|SQL|errno|/(usr|work|home|tmp|var|lib)/|\.[ch]:\d")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
SHORT = re.compile(r"^/api/(?=[0-9a-fA-F-]{36}/)")
JSON_TYPE = "application/json; charset=utf-8"
PROBLEM_TYPE = "application/problem+json; charset=utf-8"
# What no operation answers: these are for methods and protocols that are none of the document's.
UNDOCUMENTED = {405, 501, 505}
# An answer has one of these only where the document says so.
DOCUMENTED_HEADERS = ["ETag", "Location", "Retry-After", "Idempotency-Replayed", "WWW-Authenticate",
                      "Content-Disposition", "Content-Encoding"]

formats = jsonschema.FormatChecker()


@formats.checks("date-time")
def is_instant(value):
    return not isinstance(value, str) or INSTANT.fullmatch(value) is not None


class Contract:
    def __init__(self, document):
        self.document = document
        self.validators = {}
        self.templates = {path: path.split("/") for path in document["paths"]}

    def operations(self):
        """Every (method, path template) with its part of the document."""
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                yield (method.upper(), path), operation

    def template(self, path):
        """The path of the document that an address belongs to, or None."""
        segments = SHORT.sub("/api/v1/users/", path.split("?")[0]).split("/")
        fits = [template for template, parts in self.templates.items()
                if len(parts) == len(segments)
                and all(part == segment or part.startswith("{") for part, segment in zip(parts, segments))]
        return min(fits, key=lambda template: template.count("{"), default=None)

    def operation(self, method, path):
        template = self.template(path)
        return self.document["paths"].get(template, {}).get(method.replace("HEAD", "GET").lower())

    def check(self, response, path):
        """Fails when the answer is not what the contract promises."""
        check_headers(response)
        operation = self.operation(response.request.method, path)
        promise = operation and self.promise(operation, response)
        if promise:
            self.check_documented_headers(promise, response)
            self.check_content(promise, response)
        unready = path == "/ready" and response.status_code == 503
        if response.status_code >= 400 and not unready:
            check_error(response)

    def promise(self, operation, response):
        """What the document says about an answer of this status."""
        promise = operation["responses"].get(str(response.status_code))
        assert promise or response.status_code in UNDOCUMENTED, f"{response.status_code} is not documented"
        return promise and self.resolve(promise)

    def resolve(self, part):
        """The part of the document that a reference means, or the part itself."""
        if "$ref" not in part:
            return part
        return functools.reduce(operator.getitem, part["$ref"].split("/")[1:], self.document)

    def check_documented_headers(self, promise, response):
        """What the document promises is there, each as it says, and no other of those that it knows."""
        for name, header in promise["headers"].items():
            header, value = self.resolve(header), response.headers.get(name)
            assert value is not None or not header.get("required"), f"without {name}"
            if value is not None:
                self.validate(int(value) if header["schema"]["type"] == "integer" else value, header["schema"])
        surplus = [name for name in DOCUMENTED_HEADERS if name in response.headers and name not in promise["headers"]]
        assert not surplus, f"{surplus} is not documented"

    def check_content(self, promise, response):
        if "content" not in promise or response.request.method == "HEAD":
            assert response.content == b""
            return
        kind = response.headers["Content-Type"]
        content = promise["content"].get(kind.split(";")[0])
        assert content, f"{kind} is not documented"
        if "json" in kind:
            assert kind in (JSON_TYPE, PROBLEM_TYPE)
            self.validate(response.json(), content["schema"])

    def validate(self, value, schema):
        self.validator(schema).validate(value)

    def validator(self, schema):
        """One for each schema of the document; they are dear to make."""
        if id(schema) not in self.validators:
            self.validators[id(schema)] = jsonschema.Draft202012Validator(
                {**schema, "components": self.document["components"]}, format_checker=formats)
        return self.validators[id(schema)]


def check_headers(response):
    headers, sent = response.headers, response.request.headers.get("X-Request-Id", "")
    if isinstance(sent, bytes):
        sent = sent.decode("latin-1")
    for name, value in ANSWER_HEADERS.items():
        assert headers.get(name) == value, f"{name}: {headers.get(name)}"
    assert headers["Vary"] in ("Origin", "Accept-Encoding, Origin"), headers["Vary"]
    assert REQUEST_ID.fullmatch(headers["X-Request-Id"])
    if REQUEST_ID.fullmatch(sent):
        assert headers["X-Request-Id"] == sent
    assert headers["Server"] == "nginx"
    if response.status_code == 401:
        assert headers["WWW-Authenticate"].startswith('Bearer error="')
    if response.status_code == 405:
        assert headers["Allow"]
    if response.status_code in (429, 503):
        assert int(headers["Retry-After"]) >= 1
    cached = "ETag" in headers and response.request.method in ("GET", "HEAD") and response.status_code < 400
    assert headers["Cache-Control"] == ("private, no-cache" if cached else "no-store")


def check_error(response):
    """Every refusal, nginx's own included, has the one form and what its status asks for."""
    if response.request.method == "HEAD":
        assert response.content == b""
    else:
        check_error_body(response)


def check_error_body(response):
    status, body = response.status_code, response.json()
    told = {name: value for name, value in body.items() if name != "current"}  # which holds people's own words
    assert not INSIDES.search(json.dumps(told)), response.text
    extra = {"current"} if body["error"] in STALE_WORDS else set()
    if response.headers["Content-Type"] == PROBLEM_TYPE:
        assert set(body) - extra == PROBLEM_MEMBERS
        assert (body["type"], body["status"]) == ("about:blank", status)
    else:
        assert response.headers["Content-Type"] == JSON_TYPE
        assert set(body) - extra == ERROR_MEMBERS
        assert body["code"] == status and body["message"]
    assert body["error"] in WORDS[status], body
    if status == 401:
        why = "invalid_request" if body["error"] == "invalid_credentials" else "invalid_token"
        assert response.headers["WWW-Authenticate"].startswith(f'Bearer error="{why}", ')
    if "Idempotency-Replayed" not in response.headers:  # the body is that of the first request
        assert body["request_id"] == response.headers["X-Request-Id"]
    for detail in body["details"]:
        check_detail(detail)


def check_detail(detail):
    """A wrong field has a word for programs and a plain sentence for people, and the limits of the word."""
    limits = {name: value for name, value in detail.items() if name not in DETAIL_MEMBERS}
    assert set(detail) >= DETAIL_MEMBERS and detail["message"], detail
    assert not set("`*\n") & set(detail["message"]), "the message is plain text"
    assert set(limits) in LIMITS.get(detail["code"], [set()]), detail
    codes.add(detail["code"])


def refused(response, status, word, *fields):
    """The answer is this refusal, and its details name exactly these fields, in this order; a field may
    have several faults."""
    body = response.json()
    assert (response.status_code, body["error"]) == (status, word), response.text
    assert list(dict.fromkeys(detail["field"] for detail in body["details"])) == list(fields), response.text
    return response


def faults(response):
    """What is wrong, as (field, word)."""
    return [(detail["field"], detail["code"]) for detail in response.json()["details"]]
