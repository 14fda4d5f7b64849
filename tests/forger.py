"""Tokens made by hand with a stack's own secret."""

import base64
import hmac
import json
import time

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def encode(data):
    if not isinstance(data, bytes):
        data = (data if isinstance(data, str) else json.dumps(data)).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def other_tails(text):
    """The other texts that a careless decoder takes for the same bytes."""
    spare = {2: 4, 3: 2}[len(text) % 4]
    value = ALPHABET.index(text[-1])
    return [text[:-1] + ALPHABET[value ^ bits] for bits in range(1, 1 << spare)]


class Forger:
    """Knows a good token and the secret."""

    def __init__(self, token, secret):
        self.token, self.secret = token, secret
        self.parts = token.split(".")
        self.header, self.claims = (json.loads(decode(part)) for part in self.parts[:2])
        assert self.join(*self.parts[:2]) == token
        self.now = int(time.time())

    def sign(self, text, key=None, digest="sha256"):
        return encode(hmac.digest(self.secret if key is None else key, text.encode(), digest))

    def join(self, header, payload, **options):
        """A signed token of two encoded parts."""
        return f"{header}.{payload}.{self.sign(f'{header}.{payload}', **options)}"

    def make(self, header=None, claims=None, key=None, digest="sha256", **changes):
        """A token with other members; None takes one away."""
        claims = {**self.claims, **(claims or {}), **changes}
        return self.join(encode(without_none({**self.header, **(header or {})})),
                         encode(without_none(claims)),
                         key=key, digest=digest)

    def tail(self, index):
        """A token whose part can be spelled in several ways, as a list of its parts."""
        name = 0
        while True:
            name += 1
            parts = [encode({**self.header, "x": "x" * name}), encode({**self.claims, "x": "x" * name})]
            if len(parts[index]) % 4:
                return parts


def without_none(members):
    return {name: value for name, value in members.items() if value is not None}


def expired(stack, token):
    """The same token, one that has expired a minute ago."""
    forger = Forger(token, stack.setting("JWT_SECRET_KEY").encode())
    return forger.make(exp=forger.now - 60)
