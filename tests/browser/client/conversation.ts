// A day with Daybook, through a client whose types are generated from the OpenAPI document. It
// compiles under "strict" without a cast: what the document promises is enough to work with.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Task = components["schemas"]["Task"];

const [url, name] = process.argv.slice(2);
if (url === undefined || name === undefined) throw new Error("usage: conversation URL NAME");

const email = `${name}@example.com`;
const password = "Correct-Horse-7";
// Errors are plain JSON unless a client accepts application/problem+json.
const api = createClient<paths, "application/json">({ baseUrl: url });

/** The data of an answer that must be a success. */
function must<T>(answer: { data?: T; error?: { error: string; message: string }; response: Response }): T {
	if (answer.data === undefined) {
		throw new Error(`${answer.response.url}: ${answer.error?.error}: ${answer.error?.message}`);
	}
	return answer.data;
}

function check(fact: boolean, what: string): void {
	if (!fact) throw new Error(`not so: ${what}`);
}

const user = must(await api.POST("/api/v1/auth/register", {
	body: { email, username: name, password, timezone: "Europe/Berlin" },
}));
check(user.email === email && !user.email_verified, "the user is registered");

const tokens = must(await api.POST("/api/v1/auth/login", { body: { email, password } }));
api.use({
	onRequest({ request }) {
		request.headers.set("Authorization", `Bearer ${tokens.access_token}`);
		return request;
	},
});

const project = must(await api.POST("/api/v1/projects", { body: { name: "Garden", color: "#228B22" } }));
const titles = ["dig", "sow", "water"];
const tasks: Task[] = [];
for (const title of titles) {
	tasks.push(must(await api.POST("/api/v1/projects/{id}/tasks", {
		params: { path: { id: project.id } },
		body: { title, priority: "HIGH", due_date: "2030-04-01T18:00:00+02:00" },
	})));
}
const [first, , last] = tasks;
if (first === undefined || last === undefined) throw new Error("three tasks were made");

const moved = must(await api.POST("/api/v1/tasks/{id}/move", {
	params: { path: { id: last.id } },
	body: { after: null, version: last.version },
}));
check(moved.position < first.position, "the last task is the first now");

const started = must(await api.POST("/api/v1/tasks/{id}/move", {
	params: { path: { id: last.id }, header: { "Idempotency-Key": `${name}-1` } },
	body: { status: "IN_PROGRESS" },
}));
check(started.status === "IN_PROGRESS", "the task has changed its column");

const done = must(await api.PATCH("/api/v1/tasks/{id}", {
	params: { path: { id: first.id } },
	body: { completed: true, description: null },
}));
check(done.status === "DONE" && done.completed_at !== null, "the task is done");

const open = must(await api.GET("/api/v1/tasks", {
	params: { query: { project_id: project.id, completed: false, sort_by: "position", sort_order: "asc", limit: 10 } },
}));
check(open.tasks.map((task) => task.title).join() === "sow,water", "two tasks are open, in the board's order");
check(open.next_cursor === null, "there is no further page");

const mood = must(await api.POST("/api/v1/moods", { body: { score: 5, emotions: ["calm", "proud"] } }));
const entry = must(await api.POST("/api/v1/journals", {
	body: { content: "The beds are ready.", tags: ["Garden", "spring"], mood_id: mood.id },
}));
check(entry.tags.join() === "garden,spring", "tags are kept in lower case");

const week = must(await api.GET("/api/v1/moods/stats", { params: { query: { period: "week" } } }));
check(week.average === 5 && week.days.length === 7 && week.change === null, "the week has one mood");

const dashboard = must(await api.GET("/api/v1/dashboard", {}));
check(dashboard.tasks.task_counts.done === 1 && dashboard.tasks.completion_rate === 0.33, "one in three is done");
check(dashboard.tasks.recent_projects[0]?.name === "Garden", "the garden is the last active project");
check(dashboard.activity.current_streak === 1, "today counts");

const feed = must(await api.POST("/api/v1/users/me/calendar-feed", {}));
const secret = feed.url.split("/").pop()?.replace(".ics", "") ?? "";
const calendar = must(await api.GET("/api/v1/feeds/{secret}.ics", {
	params: { path: { secret }, query: { type: "todo" } },
	parseAs: "text",
}));
check(calendar.startsWith("BEGIN:VCALENDAR"), "the feed is a calendar");
await api.DELETE("/api/v1/users/me/calendar-feed", {});
const state = must(await api.GET("/api/v1/users/me/calendar-feed", {}));
check(!state.active && state.created_at === null, "the feed is revoked");

// A copy of all tasks, by type: what a change has in it follows from its type.
const copy = new Map<string, Task>();
for (let since: string | undefined, more = true; more || copy.size < titles.length;) {
	const page = must(await api.GET("/api/v1/changes", { params: { query: { ...(since && { since }), limit: 2 } } }));
	for (const change of page.changes) {
		if (change.type === "task" && change.resource) copy.set(change.id, change.resource);
		if (change.type === "mood" && change.resource) check(change.resource.score === 5, "a mood has its score");
		if (change.type === "user") check(change.resource?.email === email, "the user is a change, too");
	}
	[since, more] = [page.next_cursor, page.has_more];
}
check(copy.get(last.id)?.title === "water" && copy.get(first.id)?.status === "DONE", "the copy has what the lists show");

// What was read may be sent back; a change that knows another version, or another ETag, is refused.
const path = { id: last.id };
const renamed = await api.PATCH("/api/v1/tasks/{id}", { params: { path }, body: { ...started, title: "water well" } });
const tag = renamed.response.headers.get("ETag") ?? "";
check(must(renamed).title === "water well", "the task has another title");
const late = await api.PATCH("/api/v1/tasks/{id}", {
	params: { path },
	body: { title: "water less", version: started.version },
});
if (late.error?.error !== "version_conflict") throw new Error(late.error?.message);
check(late.error.current.title === "water well", "the present task is shown");
const stale = await api.PATCH("/api/v1/tasks/{id}", {
	params: { path, header: { "If-Match": '"old"' } },
	body: { title: "water less" },
});
if (stale.error?.error !== "precondition_failed") throw new Error(stale.error?.message);
check(stale.error.current.id === last.id, "the present task is shown");
const kept = await api.PATCH("/api/v1/tasks/{id}", { params: { path, header: { "If-Match": tag } }, body: {} });
check(must(kept).title === "water well", "the ETag is that of the last change");

const refused = await api.GET("/api/v1/tasks/{id}", { params: { path: { id: project.id } } });
check(refused.error?.error === "not_found" && refused.error.details.length === 0, "errors have their type, too");

console.log("a whole day");
