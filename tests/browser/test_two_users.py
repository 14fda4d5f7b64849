"""Two people share a browser, one after the other: its cache shows nobody what is the other's."""

import pytest

from client import PASSWORD
from waiting import wait_for

CONVERSATION = """
const done = arguments[arguments.length - 1];
async function call(path, token, method, body) {
	const answer = await fetch("/api/v1" + path, {
		method: method || "GET",
		headers: { "Content-Type": "application/json", ...(token && { Authorization: "Bearer " + token }) },
		body: body && JSON.stringify(body),
	});
	return answer.status === 204 ? null : answer.json();
}
async function visit(email, password, paths) {
	const { access_token } = await call("/auth/login", null, "POST", { email, password });
	const seen = [];
	for (const path of paths) seen.push(await call(path, access_token));
	await call("/auth/logout", access_token, "POST", {});
	return seen;
}
const [visitors, password, paths] = arguments;
(async () => {
	const seen = [];
	for (const email of visitors) seen.push(await visit(email, password, paths));
	return { seen };
})().catch((error) => ({ error: String(error) })).then(done);
"""
SHARED = "0190f3c0-0000-7000-8000-00000000b0b0"


@pytest.fixture
def two(client):
    """Both have a task with the same id."""
    users = [client.new_user(name=name) for name in ["Ada", "Bob"]]
    for user in users:
        assert user.post("/tasks", json={"id": SHARED, "title": f"a task of {user.email}"}).status_code == 201
    return users


def test_nobody_sees_what_the_cache_kept_of_another(page, stack, two):
    page.open("/docs")
    paths = ["/users/me", f"/tasks/{SHARED}", "/users/me", f"/tasks/{SHARED}"]
    ada, bob = two
    found = page.driver.execute_async_script(CONVERSATION, [ada.email, bob.email, ada.email], PASSWORD, paths)
    assert "error" not in found
    for user, seen in zip([ada, bob, ada], found["seen"]):
        profile, task = user.get("/users/me").json(), user.get(f"/tasks/{SHARED}").json()
        assert seen == [profile, task, profile, task]
        assert task["title"] == f"a task of {user.email}"
    # The browser did ask conditionally, so the tags were what kept the two apart.
    for user in two:
        wait_for(lambda user=user: stack.log(event="request", user=user.id, status=304))
