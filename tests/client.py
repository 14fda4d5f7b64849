"""HTTP clients of a stack: each answer is checked against the contract, and each call is recorded for
the account of routes at the end of the suite."""

import base64
import collections
import copy
import itertools
import json
import re
import threading

import requests
from requests.adapters import HTTPAdapter

UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
ROOT_PATHS = ("/api/", "/health", "/ready", "/metrics", "/docs", "/redoc")
PASSWORD = "Correct-Horse-7"
numbers = itertools.count(1)


class Record:
    """Which operations were seen to succeed, to refuse, and to refuse a stranger; and whose ids are
    whose."""

    def __init__(self):
        self.outcomes = collections.defaultdict(set)
        self.owners = collections.defaultdict(set)

    def is_stranger(self, user_id, path):
        """Whether a user names something that is known to be somebody else's only."""
        owners = [self.owners[found.lower()] for found in UUID.findall(path)]
        return any(who and user_id not in who for who in owners)

    def note(self, operation, response, client, path):
        method, template = operation
        status = response.status_code
        if "{" in template:
            stranger = client.id is not None and self.is_stranger(client.id, path)
        else:
            stranger = not response.request.headers.get("Authorization")
        if status < 400:
            self.outcomes[operation].add("success")
            assert not (stranger and "{" in template), f"a stranger may {method} {path}"
        elif stranger and status in (401, 403, 404):
            self.outcomes[operation].add("stranger")
        elif status < 500:
            self.outcomes[operation].add("refusal")

    def own(self, client, response):
        """Remembers what a user made."""
        if client.id and response.status_code == 201 and "id" in response.json():
            self.owners[response.json()["id"]].add(client.id)


class SourceAdapter(HTTPAdapter):
    """Connects from an address of its own."""

    def __init__(self, address):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args, **options):
        super().init_poolmanager(*args, source_address=(self.address, 0), **options)


class Client:
    """Calls without a token. A path is under /api/v1, unless it begins as one of ROOT_PATHS."""

    id = None
    access_token = None

    def __init__(self, stack, contract, record):
        self.stack, self.contract, self.record = stack, contract, record
        self.source = None
        self.local = threading.local()

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def head(self, path, **options):
        return self.request("HEAD", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)

    def put(self, path, **options):
        return self.request("PUT", path, **options)

    def patch(self, path, **options):
        return self.request("PATCH", path, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    def options(self, path, **options):
        return self.request("OPTIONS", path, **options)

    def request(self, method, path, headers=None, **options):
        """One call, checked and recorded. `json` or `data` is the body; other options are those of
        requests."""
        if not path.startswith(ROOT_PATHS):
            path = "/api/v1" + path
        response = self.send(method, path, headers, **options)
        try:
            self.contract.check(response, path)
        except Exception as error:
            raise AssertionError(
                f"{method} {path} -> {response.status_code} {dict(response.headers)}"
                f" {response.text[:1000]}: {error}") from error
        template = self.contract.template(path)
        if self.contract.operation(method, path) and method not in ("HEAD", "OPTIONS"):
            self.record.note((method, template), response, self, path)
            self.record.own(self, response)
        return response

    def send(self, method, path, headers=None, **options):
        """One call and nothing else, for addresses and answers that are not the API's."""
        headers = dict(headers or {})
        if self.access_token:
            headers.setdefault("Authorization", f"Bearer {self.access_token}")
        return self.session().request(method, self.stack.url + path, headers=headers,
                                      allow_redirects=False, timeout=30, **options)

    def session(self):
        """requests' sessions are not for several threads, so each has its own."""
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
            self.local.session.trust_env = False
            self.local.session.verify = self.stack.certificate
            if self.source:
                self.local.session.mount("https://", SourceAdapter(self.source))
        return self.local.session

    def from_address(self, address):
        """The same client, connecting from another loopback address."""
        other = copy.copy(self)
        other.source, other.local = address, threading.local()
        return other

    def with_token(self, token):
        """The same client with another token, or with none."""
        other = copy.copy(self)
        other.access_token = token
        return other

    def register(self, expect=201, **members):
        """Makes an account; what is not given is made up."""
        name = f"user-{next(numbers)}"
        body = {"email": f"{name}@example.org", "username": name, "password": PASSWORD, **members}
        response = self.post("/auth/register", json=body)
        assert response.status_code == expect, response.text
        return response

    def log_in(self, email, password=PASSWORD, **options):
        """A User of an existing account."""
        response = self.post("/auth/login", json={"email": email, "password": password}, **options)
        assert response.status_code == 200, response.text
        return User(self, email, password, response.json())

    def new_user(self, **members):
        profile = self.register(**members).json()
        user = self.log_in(profile["email"], members.get("password", PASSWORD))
        user.username = profile["username"]
        return user


class User(Client):
    """Somebody who is logged in."""

    def __init__(self, client, email, password, tokens):
        super().__init__(client.stack, client.contract, client.record)
        self.source = client.source
        self.email, self.password = email, password
        self.username = None
        self.take(tokens)
        self.id = self.get("/users/me").json()["id"]
        for known in (self.id, self.session_id):
            self.record.owners[known].add(self.id)

    def take(self, tokens):
        """Uses the tokens of a login or a refresh."""
        self.access_token, self.refresh_token = tokens["access_token"], tokens["refresh_token"]
        self.session_id = tokens["session_id"]

    def another_session(self):
        """The same user, logged in once more."""
        return self.with_token(None).log_in(self.email, self.password)


def claims(token):
    """What a token says, unverified."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def until_served(call):
    """The answer of a call that is made again for as long as it is one too many of its user's at once."""
    while (answer := call()).status_code == 429:
        pass
    return answer


def at_once(*calls):
    """Runs the calls in threads that start together; their results in order."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        barrier.wait()
        try:
            results[index] = call()
        except BaseException as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
