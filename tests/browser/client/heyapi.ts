// A task's life through the client that @hey-api/openapi-ts makes of the OpenAPI document: data or
// an error, which its word tells apart.
import { createTask, listTasks, login, registerUser, updateTask } from "./heyapi/index.js";
import { client } from "./heyapi/client.gen.js";

const [url, name] = process.argv.slice(2);
if (url === undefined || name === undefined) throw new Error("usage: heyapi URL NAME");

/** The data of an answer that must be a success. */
function must<T>(answer: { data?: T | undefined; error?: { error: string; message: string } | undefined }): T {
	if (answer.data === undefined) throw new Error(`${answer.error?.error}: ${answer.error?.message}`);
	return answer.data;
}

function check(fact: boolean, what: string): void {
	if (!fact) throw new Error(`not so: ${what}`);
}

client.setConfig({ baseUrl: url });
const account = { email: `${name}@example.com`, password: "Correct-Horse-7" };
must(await registerUser({ body: { ...account, username: name } }));
const tokens = must(await login({ body: account }));
client.setConfig({ auth: tokens.access_token });

const task = must(await createTask({ body: { title: "dig", priority: "HIGH" } }));
const page = must(await listTasks({ query: { status: ["TODO", "IN_PROGRESS"], sort_by: "title", limit: 10 } }));
check(page.tasks.map((each) => each.title).join() === "dig", "one task is open");

// What was read may be sent back.
const changed = await updateTask({ path: { id: task.id }, body: { ...task, title: "dig deeper" } });
check(must(changed).version === 2, "the task has changed");
const tag = changed.response.headers.get("ETag") ?? "";

const late = await updateTask({ path: { id: task.id }, body: { title: "dig less", version: task.version } });
if (late.error?.error !== "version_conflict") throw new Error(late.error?.message);
check(late.error.current.title === "dig deeper", "the present task is shown");

const stale = await updateTask({ path: { id: task.id }, body: { title: "dig less" }, headers: { "If-Match": '"old"' } });
if (stale.error?.error !== "precondition_failed") throw new Error(stale.error?.message);
check(stale.error.current.version === 2, "the present task is shown");

const done = must(await updateTask({ path: { id: task.id }, body: { completed: true }, headers: { "If-Match": tag } }));
check(done.status === "DONE", "the task is done");

console.log("a whole day");
