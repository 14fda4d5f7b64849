"""What the guides tell front-end developers, done as they say."""

import os
import re
import uuid

import npm
import pytest
import requests

from nginx import Nginx
from private_pg import ROOT

PASSWORD = "Correct-Horse-7"


def blocks(page, kind):
    """The blocks of one kind in a guide."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", (ROOT / "docs" / page).read_text(), re.MULTILINE | re.DOTALL)


def client_of_the_guide(api):
    """Its module, for this API, and what it says about polling."""
    module, poll = blocks("api-guide.md", "js")
    assert '"https://daybook.example/api/v1"' in module
    return module.replace('"https://daybook.example/api/v1"', f'"{api}"'), poll


@pytest.fixture
def account(stack):
    """The address of somebody new."""
    name = f"guide{uuid.uuid4().hex[:12]}"
    answer = requests.post(stack.url + "/api/v1/auth/register", verify=stack.certificate, timeout=10, json={
        "email": f"{name}@example.com", "username": name, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return f"{name}@example.com"


def test_the_client_of_the_guide(stack, workshop, account):
    module, poll = client_of_the_guide(stack.url + "/api/v1")
    (workshop / "daybook.mjs").write_text(module)
    (workshop / "poll.mjs").write_text(
        f'import {{ daybook }} from "./daybook.mjs";\n{poll}\nexport {{ now, shown }};\n')
    said = npm.run(workshop, "node", "guide.mjs", account, PASSWORD, stack.setting("JWT_SECRET_KEY"),
                   env={"PATH": os.environ["PATH"], "NODE_EXTRA_CA_CERTS": str(stack.certificate)})
    assert said == "all of it\n"


def test_types_by_the_command_of_the_guide(stack, workshop):
    """As it stands there, in a shell; the package is installed here, so npx need not fetch it."""
    [command] = [text for text in blocks("api-guide.md", "console") if "openapi-typescript" in text]
    command = command.replace("localhost:8443", f"localhost:{stack.port}").replace("build/run", str(stack.state))
    npm.run(workshop, "sh", "-ec", command, env={"PATH": os.environ["PATH"], "HOME": str(workshop)})
    types = (workshop / "daybook.d.ts").read_text()
    assert "export interface paths" in types and '"/api/v1/tasks/{id}"' in types


@pytest.fixture
def front_end(stack, account):
    """nginx as the guide says, with a small front end, which uses the guide's client."""
    [recipe] = [text for text in blocks("operations.md", "nginx") if "daybook-app" in text]
    app = stack.state / "app"
    app.mkdir()
    module, _ = client_of_the_guide("/api/v1")
    (app / "daybook.js").write_text(module)
    (app / "app.js").write_text(f"""
        import {{ daybook, logIn }} from "/daybook.js";
        await logIn("{account}", "{PASSWORD}");
        await daybook("/tasks", {{ method: "POST", body: {{ title: "From the same origin" }} }});
        const tasks = (await daybook("/tasks")).body.tasks;
        document.querySelector("h1").textContent = tasks.map((task) => task.title).join();
    """)
    (app / "index.html").write_text('<!doctype html><link rel="icon" href="data:,"><h1></h1>'
                                    '<script type="module" src="/app.js"></script>')
    recipe = recipe.replace("/srv/daybook-app", str(app)).replace("\\", "\\\\")
    with Nginx(stack, [(r"^\t\tlocation / \{\n\t\t\tfastcgi_pass \$pool;\n\t\t\}\n", recipe)]) as nginx:
        yield nginx


def test_a_front_end_at_the_same_address(front_end, page):
    """At / and at an address of its own router; the API and the pages are where they were."""
    page.origin = f"https://localhost:{front_end.port}"
    for path, title in [("/", "From the same origin"), ("/board/today", ",".join(["From the same origin"] * 2))]:
        page.open(path)
        page.wait.until(lambda driver, title=title: page.find("h1").text == title)
    said, asked = page.drain()
    assert said == [] and all(url.startswith((page.origin + "/", "data:")) for url in asked)

    def get(path):
        return requests.get(front_end.url + path, verify=front_end.certificate, timeout=10)

    assert get("/health").json()["status"] == "ok" and get("/ready").status_code == 200
    assert get("/api/nothing").json()["error"] == "not_found"
    assert get("/metrics").status_code == 200
    assert "guide" in get("/guides").text.lower() and "swagger" in get("/docs").text.lower()
    assert get("/").headers["Content-Security-Policy"].startswith("default-src 'self'")
