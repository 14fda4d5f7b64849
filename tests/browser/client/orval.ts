// A task's life through the client that orval makes of the OpenAPI document: functions over fetch(),
// whose answers are told apart by their status.
import { createTask, listTasks, login, registerUser, updateTask } from "./orval/daybook.js";

const [name] = process.argv.slice(2);
if (name === undefined) throw new Error("usage: orval NAME");

function check(fact: boolean, what: string): void {
	if (!fact) throw new Error(`not so: ${what}`);
}

const account = { email: `${name}@example.com`, password: "Correct-Horse-7" };
check((await registerUser({ ...account, username: name })).status === 201, "the user is registered");
const tokens = await login(account);
if (tokens.status !== 200) throw new Error(tokens.data.error);
const authorization = { Authorization: `Bearer ${tokens.data.access_token}` };

const made = await createTask({ title: "dig", priority: "HIGH" }, { headers: authorization });
if (made.status !== 201) throw new Error(`${made.status}`);
const task = made.data;

const page = await listTasks({ status: ["TODO", "IN_PROGRESS"], sort_by: "title", limit: 10 }, { headers: authorization });
if (page.status !== 200) throw new Error(page.data.error);
check(page.data.tasks.map((each) => each.title).join() === "dig", "one task is open");

// What was read may be sent back.
const changed = await updateTask(task.id, { ...task, title: "dig deeper" }, { headers: authorization });
if (changed.status !== 200) throw new Error(changed.data.error);
const tag = changed.headers.get("ETag") ?? "";

const late = await updateTask(task.id, { title: "dig less", version: task.version }, { headers: authorization });
if (late.status !== 409) throw new Error(`${late.status}`);
check(late.data.error === "version_conflict" && late.data.current.title === "dig deeper", "the present task is shown");

const stale = await updateTask(task.id, { title: "dig less" }, { headers: { ...authorization, "If-Match": '"old"' } });
if (stale.status !== 412) throw new Error(`${stale.status}`);
check(stale.data.error === "precondition_failed" && stale.data.current.version === 2, "the present task is shown");

const kept = await updateTask(task.id, { completed: true }, { headers: { ...authorization, "If-Match": tag } });
check(kept.status === 200 && kept.data.status === "DONE", "the task is done");

console.log("a whole day");
