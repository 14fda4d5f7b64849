"""Access tokens: made by hand with the stack's own secret, and refused."""

import base64
import hashlib
import json
import time
import uuid

import pytest

from client import PASSWORD
from contract import refused
from forger import ALPHABET, Forger, decode, encode, other_tails
from people import somebody

MAX_BYTES = 4096
RSA_KEY = {"kty": "RSA", "n": "0vx7agoebGcQSuuPiLJXZpt", "e": "AQAB"}


def plus_and_slash(forger):
    """A token in the other alphabet of base64."""
    tokens = (forger.make(n=n) for n in range(99))
    return next(t for t in tokens if set(t[-43:]) & set("-_")).replace("-", "+").replace("_", "/")


def other(character):
    return ALPHABET[ALPHABET.index(character) ^ 16] if character in ALPHABET else "A"


# Tokens that must be refused: what is made of the forger's good one.
BAD = {
    # Other algorithms.
    "alg none": lambda f: f"{encode({**f.header, 'alg': 'none'})}.{f.parts[1]}.",
    "alg none, signed": lambda f: f.make({"alg": "none"}),
    "alg None": lambda f: f.make({"alg": "None"}),
    "alg NONE": lambda f: f"{encode({**f.header, 'alg': 'NONE'})}.{f.parts[1]}.",
    "no alg": lambda f: f.make({"alg": None}),
    "alg null": lambda f: f.join(encode('{"alg":null,"typ":"JWT"}'), f.parts[1]),
    "alg empty": lambda f: f.make({"alg": ""}),
    "alg in lower case": lambda f: f.make({"alg": "hs256"}),
    "alg with a blank": lambda f: f.make({"alg": "HS256 "}),
    "alg cut by a nul": lambda f: f.make({"alg": "HS256\0"}),
    "alg in a list": lambda f: f.make({"alg": ["HS256"]}),
    "alg a number": lambda f: f.make({"alg": 256}),
    "alg RS256": lambda f: f.make({"alg": "RS256"}),
    "alg ES256": lambda f: f.make({"alg": "ES256"}),
    "alg PS256": lambda f: f.make({"alg": "PS256"}),
    "alg HS384": lambda f: f.make({"alg": "HS384"}, digest="sha384"),
    "alg HS512": lambda f: f.make({"alg": "HS512"}, digest="sha512"),
    "alg HS256, signed by SHA-512": lambda f: f.make(digest="sha512"),
    "Alg": lambda f: f.make({"alg": None, "Alg": "HS256"}),
    "two algs": lambda f: f.join(encode('{"alg":"HS256","typ":"JWT","alg":"none"}'), f.parts[1]),
    "encrypted": lambda f: f.make({"alg": "dir", "enc": "A128GCM"}),
    # Other keys.
    "another key": lambda f: f.make(key=b"another secret that is long enough"),
    "no key": lambda f: f.make(key=b""),
    "the header as the key": lambda f: f.make(key=f.parts[0].encode()),
    "the secret decoded": lambda f: f.make(key=base64.b64decode(f.secret + b"===")),
    "kid unknown": lambda f: f.make({"kid": "other"}),
    "kid empty": lambda f: f.make({"kid": ""}),
    "kid a path": lambda f: f.make({"kid": "../../../../dev/null"}, key=b""),
    "kid a file": lambda f: f.make({"kid": "/proc/sys/kernel/randomize_va_space"}, key=b"2\n"),
    "kid SQL": lambda f: f.make({"kid": "' UNION SELECT 'x"}, key=b"x"),
    "kid a number": lambda f: f.make({"kid": 0}),
    "kid a list": lambda f: f.make({"kid": [f.header["kid"]]}),
    "kid true": lambda f: f.make({"kid": True}),
    "kid null": lambda f: f.join(encode('{"alg":"HS256","kid":null}'), f.parts[1]),
    "kid cut by a nul": lambda f: f.make({"kid": f.header["kid"] + "\0x"}),
    "kid in upper case": lambda f: f.make({"kid": f.header["kid"].upper()}),
    "jku": lambda f: f.make({"jku": "https://evil.example/keys"}, key=b"x"),
    "jwk": lambda f: f.make({"jwk": {"kty": "oct", "k": encode(b"x")}}, key=b"x"),
    "jwk RSA": lambda f: f.make({"alg": "RS256", "jwk": RSA_KEY}, key=b"x"),
    "x5u": lambda f: f.make({"x5u": "https://evil.example/cert"}, key=b"x"),
    "x5c": lambda f: f.make({"x5c": ["MIIB"]}, key=b"x"),
    "crit": lambda f: f.make({"crit": ["exp"]}),
    "crit empty": lambda f: f.make({"crit": []}),
    "crit b64": lambda f: f.make({"crit": ["b64"], "b64": False}),
    # Another shape.
    "empty": lambda f: "",
    "a word": lambda f: "null",
    "dots": lambda f: "..",
    "three dots": lambda f: "...",
    "no header": lambda f: f.join("", f.parts[1]),
    "no payload": lambda f: f.join(f.parts[0], ""),
    "no signature": lambda f: f"{f.parts[0]}.{f.parts[1]}.",
    "two parts": lambda f: f"{f.parts[0]}.{f.parts[1]}",
    "one part": lambda f: f.parts[0],
    "four parts": lambda f: f"{f.token}.",
    "five parts": lambda f: f"{f.token}..{f.parts[2]}",
    "leading dot": lambda f: "." + f.token,
    "white space inside": lambda f: f.token.replace(".", ". ", 1),
    "white space in the signature": lambda f: f.token[:-5] + " " + f.token[-5:],
    "tab in the signature": lambda f: f.token[:-5] + "\t" + f.token[-5:],
    "quotes": lambda f: f'"{f.token}"',
    "comma": lambda f: f.token + ",",
    "twice": lambda f: f"{f.token} {f.token}",
    "padded": lambda f: f.token + "=",
    "padded payload": lambda f: f.join(f.parts[0], f.parts[1] + "="),
    "plus and slash": plus_and_slash,
    "signature cut": lambda f: f.token[:-1],
    "signature of 16 bytes": lambda f: f.token[:-43] + encode(decode(f.parts[2])[:16]),
    "signature longer": lambda f: f.token[:-43] + encode(decode(f.parts[2]) + b"\0"),
    "signature in hexadecimal": lambda f: f.token[:-43] + decode(f.parts[2]).hex(),
    "signature changed": lambda f: f.token[:-43] + other(f.token[-43]) + f.token[-42:],
    "signature of zeros": lambda f: f.token[:-43] + "A" * 43,
    "payload of another": lambda f: ".".join([
        f.parts[0], encode({**f.claims, "sub": str(uuid.uuid4())}), f.parts[2]]),
    "longer than 4 KiB": lambda f: f.make(x="x" * MAX_BYTES),
    "other spelling of the signature 1": lambda f: f.token[:-43] + other_tails(f.parts[2])[0],
    "other spelling of the signature 2": lambda f: f.token[:-43] + other_tails(f.parts[2])[1],
    "other spelling of the signature 3": lambda f: f.token[:-43] + other_tails(f.parts[2])[2],
    "other spelling of the header": lambda f: f.join(other_tails(f.tail(0)[0])[0], f.parts[1]),
    "other spelling of the payload": lambda f: f.join(f.parts[0], other_tails(f.tail(1)[1])[0]),
    # What is no JSON object.
    "header no JSON": lambda f: f.join(encode("alg=HS256"), f.parts[1]),
    "header a list": lambda f: f.join(encode('["HS256"]'), f.parts[1]),
    "header in single quotes": lambda f: f.join(encode("{'alg':'HS256'}"), f.parts[1]),
    "payload no JSON": lambda f: f.join(f.parts[0], encode("sub=1")),
    "payload null": lambda f: f.join(f.parts[0], encode("null")),
    "payload with a tail": lambda f: f.join(f.parts[0], encode(json.dumps(f.claims) + " {}")),
    "payload with a comma": lambda f: f.join(f.parts[0], encode(json.dumps(f.claims)[:-1] + ",}")),
    "payload in Latin-1": lambda f: f.join(f.parts[0],
                                           encode(json.dumps(f.claims)[:-1].encode() + b',"x":"\xe9"}')),
    "payload with a mark": lambda f: f.join(f.parts[0],
                                            encode(b"\xef\xbb\xbf" + json.dumps(f.claims).encode())),
    "payload too deep": lambda f: f.join(f.parts[0], encode(
        json.dumps(f.claims)[:-1] + ',"x":' + "[" * 500 + "]" * 500 + "}")),
    # Other claims.
    "typ refresh": lambda f: f.make(typ="refresh", ctr=0),
    "typ another": lambda f: f.make(typ="id"),
    "typ Access": lambda f: f.make(typ="Access"),
    "no typ": lambda f: f.make(typ=None),
    "typ true": lambda f: f.make(typ=True),
    "iss another": lambda f: f.make(iss="evil"),
    "iss longer": lambda f: f.make(iss=f.claims["iss"] + "\0"),
    "iss a list": lambda f: f.make(iss=[f.claims["iss"]]),
    "no iss": lambda f: f.make(iss=None),
    "aud another": lambda f: f.make(aud="evil"),
    "aud empty": lambda f: f.make(aud=[]),
    "aud others": lambda f: f.make(aud=["evil", "worse"]),
    "aud an object": lambda f: f.make(aud={f.claims["aud"]: True}),
    "no aud": lambda f: f.make(aud=None),
    "sub no id": lambda f: f.make(sub="1"),
    "sub a number": lambda f: f.make(sub=1),
    "sub SQL": lambda f: f.make(sub="' OR '1'='1"),
    "sub longer": lambda f: f.make(sub=f.claims["sub"] + "\0"),
    "no sub": lambda f: f.make(sub=None),
    "sid no id": lambda f: f.make(sid="1"),
    "no sid": lambda f: f.make(sid=None),
    "no email": lambda f: f.make(email=None),
    "email a list": lambda f: f.make(email=[f.claims["email"]]),
    "no exp": lambda f: f.make(exp=None),
    "exp a text": lambda f: f.make(exp=str(f.claims["exp"])),
    "exp true": lambda f: f.make(exp=True),
    "exp negative": lambda f: f.make(exp=-1),
    "exp endless": lambda f: f.join(f.parts[0], encode(json.dumps({**f.claims,
                                                                   "exp": 0}).replace('"exp": 0',
                                                                                      '"exp": 1e999'))),
    "exp in milliseconds": lambda f: f.make(exp=f.claims["exp"] * 1000),
    "iat a text": lambda f: f.make(iat="now"),
    "iat ahead": lambda f: f.make(iat=f.now + 45),
    "nbf ahead": lambda f: f.make(nbf=f.now + 45),
    "nbf a text": lambda f: f.make(nbf="now"),
}
EXPIRED = {
    "exp over": lambda f: f.make(exp=f.now - 31),
    "exp long over": lambda f: f.make(exp=f.now - 86400),
    "exp zero": lambda f: f.make(exp=0),
    "exp with a fraction": lambda f: f.make(exp=f.now - 31.5),
}
REVOKED = {
    "a session that never was": lambda f: f.make(sid=str(uuid.uuid4())),
    "a user who never was": lambda f: f.make(sub=str(uuid.uuid4())),
    "neither": lambda f: f.make(sub=str(uuid.uuid4()), sid=str(uuid.uuid4())),
    "user and session swapped": lambda f: f.make(sub=f.claims["sid"], sid=f.claims["sub"]),
    "the user as the session": lambda f: f.make(sid=f.claims["sub"]),
}
GOOD = {
    "as it came": lambda f: f.token,
    "signed again": lambda f: f.make(),
    "no kid": lambda f: f.make({"kid": None}),
    "no typ in the header": lambda f: f.make({"typ": None}),
    "header in another order": lambda f: f.join(encode(dict(reversed(f.header.items()))), f.parts[1]),
    "white space in the JSON": lambda f: f.join(encode(json.dumps(f.header, indent=1)),
                                                encode(json.dumps(f.claims, indent=2))),
    "other header members": lambda f: f.make({"jku": "https://evil.example", "x5u": "x", "jwk": RSA_KEY,
                                              "cty": "x"}),
    "other claims": lambda f: f.make(name="x", roles=["a"], x={"y": [1, {}]}),
    "aud a list": lambda f: f.make(aud=["other", f.claims["aud"]]),
    "exp within the leeway": lambda f: f.make(exp=int(time.time()) - 20),
    "exp with a fraction": lambda f: f.make(exp=f.now + 60.5),
    "exp far ahead": lambda f: f.make(exp=253402300799),
    "iat within the leeway": lambda f: f.make(iat=int(time.time()) + 25),
    "no iat": lambda f: f.make(iat=None),
    "nbf now": lambda f: f.make(nbf=int(time.time())),
    "nbf within the leeway": lambda f: f.make(nbf=int(time.time()) + 25),
    "ids in upper case": lambda f: f.make(sub=f.claims["sub"].upper(), sid=f.claims["sid"].upper()),
    "nearly 4 KiB": lambda f: f.make(x="x" * ((MAX_BYTES - len(f.make(x=""))) * 3 // 4 - 2)),
}

user = somebody()


@pytest.fixture(scope="module")
def forger(stack, user):
    return Forger(user.access_token, stack.setting("JWT_SECRET_KEY").encode())


def test_there_are_enough_of_them():
    assert len(BAD) + len(EXPIRED) + len(REVOKED) >= 60 and len(GOOD) >= 10


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token(user, forger, name):
    refused(user.with_token(BAD[name](forger) or " ").get("/tasks"), 401, "unauthorized")


@pytest.mark.parametrize("name", EXPIRED)
def test_an_expired_token(user, forger, name):
    refused(user.with_token(EXPIRED[name](forger)).get("/tasks"), 401, "token_expired")


@pytest.mark.parametrize("name", REVOKED)
def test_a_token_of_no_session(user, forger, name):
    refused(user.with_token(REVOKED[name](forger)).get("/tasks"), 401, "session_revoked")


@pytest.mark.parametrize("name", GOOD)
def test_a_good_token(user, forger, name):
    token = GOOD[name](forger)
    assert len(token) <= MAX_BYTES
    answer = user.with_token(token).get("/users/me")
    assert answer.status_code == 200, answer.text
    assert answer.json()["id"] == user.id


def test_a_token_is_valid_by_every_bit(user, forger):
    """Each character of the token matters."""
    session = user.session()
    for place in range(0, len(forger.token), 7):
        token = forger.token[:place] + other(forger.token[place]) + forger.token[place + 1:]
        answer = session.get(user.stack.url + "/api/v1/tasks", headers={"Authorization": f"Bearer {token}"},
                             timeout=10)
        assert answer.status_code == 401, place


def test_claims_are_of_one_user(client, user, forger):
    other = client.new_user()
    theirs = Forger(other.access_token, forger.secret).claims
    refused(user.with_token(forger.make(sub=theirs["sub"])).get("/tasks"), 401, "session_revoked")
    refused(user.with_token(forger.make(sid=theirs["sid"])).get("/tasks"), 401, "session_revoked")
    me = user.with_token(forger.make(email=theirs["email"])).get("/users/me").json()
    assert (me["id"], me["email"]) == (user.id, user.email)


def test_a_token_of_a_revoked_session(client):
    user = client.new_user()
    other = user.another_session()
    assert user.delete(f"/auth/sessions/{other.session_id}").status_code == 204
    refused(other.get("/tasks"), 401, "session_revoked")
    assert user.post("/auth/logout").status_code == 204
    refused(user.get("/tasks"), 401, "session_revoked")
    refused(user.post("/auth/refresh", json={"refresh_token": user.refresh_token}), 401, "session_revoked")


def test_a_token_of_a_deleted_user(client):
    user = client.new_user()
    other = user.another_session()
    assert user.delete("/users/me", json={"password": PASSWORD}).status_code == 204
    for token in [user, other]:
        refused(token.get("/tasks"), 401, "session_revoked")
        refused(token.post("/tasks", json={"title": "x"}), 401, "session_revoked")
        refused(token.post("/auth/refresh", json={"refresh_token": token.refresh_token}), 401, "session_revoked")


# How the token is sent.


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEARER"])
def test_the_scheme_in_any_case(user, scheme):
    answer = user.get("/users/me", headers={"Authorization": f"{scheme} {user.access_token}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("form", ["Bearer  {}", "bearer    {}", "Bearer {} ", "Bearer {}\t", "Bearer  {} \t "])
def test_spaces_before_and_after_the_token(user, form):
    answer = user.get("/users/me", headers={"Authorization": form.format(user.access_token)})
    assert answer.status_code == 200


@pytest.mark.parametrize("form", ["{}", "Bearer", "Bearer ", "Bearer{}", "Bearer:{}", "Bearer={}",
                                  "Bearer\t{}", "Basic {}", "Token {}",
                                  "JWT {}", "Digest {}", "Bearer Bearer {}", "Bearer realm=x, {}",
                                  "Bearer {}, Basic x", "Bearer token={}", "Bearerx {}",
                                  'Bearer "{}"', "Bearer {} x"])
def test_other_forms_of_authorization(user, form):
    refused(user.get("/users/me", headers={"Authorization": form.format(user.access_token)}), 401, "unauthorized")


def test_a_token_anywhere_else_is_none(client, user):
    token = user.access_token
    for name in ["access_token", "token", "authorization", "bearer"]:
        refused(client.get("/tasks", params={name: token}), 401, "unauthorized")
        refused(client.get("/tasks", headers={"Cookie": f"{name}={token}"}), 401, "unauthorized")
        refused(client.get("/tasks", headers={f"X-{name.replace('_', '-')}": token}), 401, "unauthorized")
        refused(client.post("/tasks", json={"title": "x", name: token}), 401, "unauthorized")
        answer = user.get("/tasks", params={name: token})
        assert (answer.status_code, answer.json()["details"][0]["field"]) == (400, name)
    refused(client.post("/tasks", data={"access_token": token}), 401, "unauthorized")
    for path in (user.stack.state / "logs").iterdir():
        assert b"eyJ" not in path.read_bytes(), path.name


# Other tokens, on every operation.


def test_no_other_token_opens_any_operation(client, contract, user, forger):
    none = f"{encode({**forger.header, 'alg': 'none'})}.{forger.parts[1]}."
    checked = 0
    for (method, path), operation in contract.operations():
        if operation.get("security") == []:
            continue
        address = path.replace("{user_id}", user.id)
        while "{" in address:
            address = address[:address.index("{")] + str(uuid.uuid4()) + address[address.index("}") + 1:]
        for token in [None, user.refresh_token, none, forger.make(typ="reset"),
                      forger.make(exp=forger.now - 60)]:
            answer = user.with_token(token).request(method, address, json={})
            refused(answer, 401, "token_expired" if answer.json()["error"] == "token_expired" else "unauthorized")
            checked += 1
    assert checked >= 60


REASONS = {
    "another key": "signature", "kid unknown": "kid", "alg none, signed": "algorithm", "alg RS256": "algorithm",
    "crit": "crit", "two parts": "malformed", "longer than 4 KiB": "malformed", "header no JSON": "malformed",
    "payload no JSON": "malformed", "typ another": "type", "iss another": "issuer", "aud another": "audience",
    "sub no id": "claims", "no exp": "claims", "iat ahead": "not_yet", "nbf ahead": "not_yet",
    "other spelling of the signature 1": "signature",
}


@pytest.mark.parametrize("name", REASONS)
def test_the_log_knows_why(client, stack, forger, name):
    """The client does not."""
    answer = client.with_token(BAD[name](forger)).get("/users/me")
    refused(answer, 401, "unauthorized")
    [line] = stack.log(event="token_refused", request_id=answer.headers["X-Request-Id"])
    assert line["reason"] == REASONS[name]
    assert REASONS[name] not in answer.json()["message"]


def test_the_log_knows_what_has_expired(client, stack, forger):
    answer = client.with_token(forger.make(exp=forger.now - 60)).get("/users/me")
    refused(answer, 401, "token_expired")
    [line] = stack.log(event="token_refused", request_id=answer.headers["X-Request-Id"])
    assert line["reason"] == "expired"


# Refresh tokens.


@pytest.mark.parametrize("path", ["/auth/refresh", "/auth/logout"])
@pytest.mark.parametrize("name", [*(name for name in REASONS if name != "typ another"), "expired", "an access token"])
def test_the_log_knows_why_a_refresh_token_is_refused(client, user, stack, forger, path, name):
    refresher = Forger(user.refresh_token, forger.secret)
    made, reason = {"expired": (refresher.make(exp=refresher.now - 60), "expired"),
                    "an access token": (user.access_token, "type")}.get(name) or (BAD[name](refresher), REASONS[name])
    answer = client.with_token(None).post(path, json={"refresh_token": made})
    refused(answer, 401, "session_expired" if name == "expired" else "unauthorized")
    [line] = stack.log(event="token_refused", request_id=answer.headers["X-Request-Id"])
    assert (line["reason"], line["path"]) == (reason, f"/api/v1{path}")
    assert made not in str(line)


@pytest.mark.parametrize("name", ["alg none", "alg none, signed", "alg RS256", "another key", "kid unknown",
                                  "crit", "two parts", "four parts", "padded",
                                  "other spelling of the signature 1", "other spelling of the signature 2",
                                  "other spelling of the signature 3",
                                  "longer than 4 KiB", "typ another", "no typ", "iss another",
                                  "aud another", "sub no id", "no sid", "no exp", "iat ahead",
                                  "nbf ahead", "a word"])
def test_a_bad_refresh_token(client, user, forger, name):
    made = BAD[name](Forger(user.refresh_token, forger.secret))
    refused(client.post("/auth/refresh", json={"refresh_token": made}), 401, "unauthorized")


def test_an_access_token_refreshes_nothing(client, user, forger):
    refresher = Forger(user.refresh_token, forger.secret)
    refused(client.post("/auth/refresh", json={"refresh_token": user.access_token}), 401, "unauthorized")
    refused(client.post("/auth/refresh", json={"refresh_token": refresher.make(typ="access")}), 401, "unauthorized")
    refused(client.post("/auth/refresh", json={"refresh_token": refresher.make(exp=refresher.now - 31)}),
            401, "session_expired")
    refused(client.post("/auth/refresh", json={"refresh_token": refresher.make(sid=str(uuid.uuid4()))}),
            401, "session_revoked")


@pytest.mark.parametrize("counter", [None, -1, 1.5, "0", True, [0], 2 ** 63, 10 ** 30])
def test_a_counter_that_is_none(client, user, forger, counter):
    made = Forger(user.refresh_token, forger.secret).make(ctr=counter)
    assert client.post("/auth/refresh", json={"refresh_token": made}).status_code == 401


@pytest.mark.parametrize("counter", [1, 7, 2 ** 31, 2 ** 53, 2 ** 63 - 1])
def test_a_counter_from_the_future(client, forger, counter):
    user = client.new_user()
    made = Forger(user.refresh_token, forger.secret).make(ctr=counter)
    assert client.post("/auth/refresh", json={"refresh_token": made}).status_code == 401


@pytest.mark.parametrize("value", ["", "x" * 5000, 1, None, [], {"a": 1}, "\0", "é"])
def test_what_is_no_refresh_token(client, value):
    assert client.post("/auth/refresh", json={"refresh_token": value}).status_code in (400, 401)


def test_the_token_names_its_claims(forger, user):
    assert forger.header == {"alg": "HS256", "typ": "JWT", "kid": "main"}
    assert set(forger.claims) == {"sub", "sid", "jti", "email", "typ", "iss", "aud", "iat", "exp"}
    assert (forger.claims["sub"], forger.claims["sid"]) == (user.id, user.session_id)
    assert forger.claims["exp"] - forger.claims["iat"] == 86400
    refresh = Forger(user.refresh_token, forger.secret)
    assert refresh.claims["typ"] == "refresh" and refresh.claims["exp"] - refresh.claims["iat"] == 604800
    assert refresh.claims["jti"] != forger.claims["jti"]
    assert hashlib.sha256(forger.secret).hexdigest() not in user.access_token
