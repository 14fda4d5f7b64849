// The client of the guide, as it stands there, through what a page may meet.
// Usage: node guide.mjs EMAIL PASSWORD SECRET
import assert from "node:assert/strict";
import jwt from "jsonwebtoken";
import { daybook, logIn } from "./daybook.mjs";

const [email, password, secret] = process.argv.slice(2);
const asked = [];
const realFetch = fetch;
let spoil = (answer) => answer;

globalThis.fetch = async (url, options) => {
	asked.push(`${options.method ?? "GET"} ${new URL(url).pathname}`);
	return spoil(await realFetch(url, options));
};

/** The same tokens, but the access token has expired an hour ago. */
async function expired(response) {
	const tokens = await response.json();
	const { header, payload } = jwt.decode(tokens.access_token, { complete: true });
	const late = { ...payload, iat: payload.iat - 7200, exp: payload.iat - 3600 };
	return Response.json({ ...tokens, access_token: jwt.sign(late, secret, { keyid: header.kid }) });
}

await assert.rejects(logIn(email, "Wrong-Horse-7"), { error: "invalid_credentials", code: 401 });
await logIn(email, password);

const made = await daybook("/tasks", { method: "POST", body: { title: "Water the plants" } });
assert.equal(made.status, 201);
const path = `/tasks/${made.body.id}`;
const changed = await daybook(path, { method: "PATCH", headers: { "If-Match": made.etag }, body: { priority: "HIGH" } });
assert.equal(changed.body.priority, "HIGH");
await assert.rejects(daybook(path, { method: "PATCH", headers: { "If-Match": made.etag }, body: { title: "late" } }),
	(error) => error.error === "precondition_failed" && error.current.priority === "HIGH" && error.message !== "");

const { shown, now } = await import("./poll.mjs");
assert.equal(now.status, 304);
assert.equal(now.body, null);
assert.equal(shown.status, 200);

const gone = await daybook(path, { method: "DELETE" });
assert.deepEqual([gone.status, gone.body], [204, null]);

spoil = expired;
await logIn(email, password);
spoil = (answer) => answer;
asked.length = 0;
const five = await Promise.all(Array.from({ length: 5 }, () => daybook("/users/me")));
assert(five.every((answer) => answer.body.email === email));
assert.equal(asked.filter((call) => call === "POST /api/v1/auth/refresh").length, 1);

await daybook("/auth/logout", { method: "POST" });
await assert.rejects(daybook("/users/me"), { error: "session_revoked" });
console.log("all of it");
