"""Daybook as front-end developers meet it: types generated from the document, and tokens of their own."""

import json
import time
import uuid

import npm

SECRET = "the secret of a front end that has its own login"


def test_a_typed_client_lives_a_day(stack, workshop):
    """Generated, compiled under strict rules without a cast, and run."""
    source = (workshop / "conversation.ts").read_text()
    assert " as " not in source.replace("import type", "") and ": any" not in source and "@ts-" not in source
    document = workshop / "openapi.json"
    document.write_text(npm.run(workshop, stack.worker_program(), "--openapi"))
    npm.run(workshop, "node_modules/.bin/openapi-typescript", document, "--output", workshop / "schema.d.ts")
    npm.run(workshop, "node_modules/.bin/tsc", "--project", workshop)
    said = npm.run(workshop, "node", "out/conversation.js", stack.url, f"day{uuid.uuid4().hex[:12]}",
                   env={"PATH": "/usr/local/bin:/usr/bin:/bin", "NODE_EXTRA_CA_CERTS": str(stack.certificate)})
    assert said == "a whole day\n"


def test_tokens_of_jose_and_jsonwebtoken(start_stack, workshop):
    """Both libraries' tokens are taken, and mean the same user, who is made at first sight."""
    import requests

    stack = start_stack(settings={"BETTER_AUTH_SECRET": SECRET})
    claims = {"sub": str(uuid.uuid4()), "email": "front@example.com", "exp": int(time.time()) + 600}
    tokens = npm.run(workshop, "node", "tokens.mjs", SECRET, json.dumps(claims)).split()
    assert len(set(tokens)) == 2
    for token in tokens:
        answer = requests.get(stack.url + "/api/v1/users/me", verify=stack.certificate, timeout=10,
                              headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        assert (answer.json()["id"], answer.json()["email"]) == (claims["sub"], claims["email"])
