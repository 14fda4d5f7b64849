"""Daybook as front-end developers meet it: types generated from the document, and tokens of their own."""

import json
import time
import uuid

import pytest

import npm

SECRET = "the secret of a front end that has its own login"


def make_types(folder, stack):
    """openapi-typescript: types, for openapi-fetch."""
    del stack
    npm.run(folder, "node_modules/.bin/openapi-typescript", "openapi.json", "--output", "schema.d.ts")


def make_orval(folder, stack):
    """orval: functions over fetch()."""
    config = {"daybook": {"input": "openapi.json", "output": {
        "target": "orval/daybook.ts", "client": "fetch", "mode": "single", "baseUrl": stack.url}}}
    (folder / "orval.config.cjs").write_text(f"module.exports = {json.dumps(config)};")
    npm.run(folder, "node_modules/.bin/orval", "--config", "orval.config.cjs")


def make_heyapi(folder, stack):
    """@hey-api/openapi-ts: functions over fetch(), which answer data or an error."""
    del stack
    npm.run(folder, "node_modules/.bin/openapi-ts", "--file", "openapi-ts.config.mjs")


@pytest.mark.parametrize("generate, program", [
    (make_types, "conversation"), (make_orval, "orval"), (make_heyapi, "heyapi")])
def test_a_typed_client_lives_a_day(stack, workshop, generate, program):
    """Generated, compiled under strict rules without a cast, and run."""
    source = (workshop / f"{program}.ts").read_text()
    assert " as " not in source.replace("import type", "") and ": any" not in source and "@ts-" not in source
    (workshop / "openapi.json").write_text(npm.run(workshop, stack.worker_program(), "--openapi"))
    generate(workshop, stack)
    npm.run(workshop, "node_modules/.bin/tsc", "--project", f"tsconfig.{program}.json")
    arguments = [*([] if generate is make_orval else [stack.url]), f"day{uuid.uuid4().hex[:12]}"]
    said = npm.run(workshop, "node", f"out/{program}.js", *arguments,
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
