"""A client that notices what a person would: whether an answer came, and whether it came whole."""

import dataclasses
import http.client
import itertools
import json
import os
import ssl

numbers = itertools.count(1)
PASSWORD = "Correct-Horse-7"


@dataclasses.dataclass
class Answer:
    method: str
    path: str
    status: int  # 0: the connection broke before or within the answer
    headers: http.client.HTTPMessage
    body: object

    @property
    def ok(self):
        return 200 <= self.status < 300

    @property
    def polite(self):
        """A 503 in Daybook's form that tells when to come again."""
        return (self.status == 503 and isinstance(self.body, dict) and self.body.get("code") == 503
                and self.body.get("error") in ("unavailable", "timeout")
                and isinstance(self.body.get("details"), list) and self.body.get("request_id")
                and (self.headers["Retry-After"] or "").isdigit())


class Client:
    """One connection that is kept, and made anew when it broke. Not for two threads at once."""

    def __init__(self, stack, token=None, timeout_s=60, source=""):
        self.stack = stack
        self.token = token
        self.base = "/api/v1"
        self.context = ssl.create_default_context(cafile=stack.certificate)
        self.connection = http.client.HTTPSConnection("127.0.0.1", stack.port, timeout=timeout_s,
                                                      context=self.context, source_address=(source, 0))

    def again(self, source=""):
        """Another connection of the same person, perhaps from another address."""
        return Client(self.stack, self.token, source=source)

    def close(self):
        self.connection.close()

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body):
        return self.call("POST", path, body)

    def patch(self, path, body):
        return self.call("PATCH", path, body)

    def call(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None and not isinstance(body, bytes):
            headers.setdefault("Content-Type", "application/json")
            body = json.dumps(body).encode()
        try:
            self.connection.request(method, self.base + path, body, headers)
            response = self.connection.getresponse()
            text = response.read()
            status, received = response.status, response.headers
            parsed = json.loads(text) if text else None
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            status, received, parsed = 0, http.client.HTTPMessage(), repr(error)
        return Answer(method, path, status, received, parsed)


def sign_up(stack):
    client = Client(stack)
    name = f"u{os.getpid()}-{next(numbers)}"
    account = {"email": f"{name}@example.org", "username": name, "password": PASSWORD}
    answer = client.post("/auth/register", account)
    assert answer.status == 201, answer
    client.account = {"email": account["email"], "password": PASSWORD}
    answer = client.post("/auth/login", client.account)
    assert answer.status == 200, answer
    client.token = answer.body["access_token"]
    return client
