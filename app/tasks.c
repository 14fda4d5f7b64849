/* tasks.c -- /tasks: what is to be done, on a board of three columns. */
#include <string.h>

#include "app.h"
#include "sql/tasks.h"
#include "uuid.h"

static const char *const statuses[] = { "TODO", "IN_PROGRESS", "DONE", NULL };
static const char *const priorities[] = { "LOW", "MEDIUM", "HIGH", "URGENT", NULL };
static const char *const orders[] = { "created_at", "updated_at", "due_date", "priority",
				      "position",   "title",	  NULL };
static const char *const directions[] = { "asc", "desc", NULL };

struct task {
	struct uuid id;
	const char *title, *description, *status, *priority;
	struct boolean completed;
	struct instant due_date, remind_at;
	struct integer version;
};

static const struct field task_fields[] = {
	FIELD(struct task, id, .access = ON_CREATE, .doc = "Made by the server if absent."),
	FIELD(struct task, title, .required = true, .min = 1, .max = 200,
	      .example = "Water the plants"),
	FIELD(struct task, description, .nullable = true, .max = 2000),
	FIELD(struct task, status, .words = statuses, .preset = "TODO"),
	FIELD(struct task, priority, .words = priorities, .preset = "MEDIUM", .example = "HIGH"),
	FIELD(struct task, completed, .doc = "The same fact as the status DONE."),
	ANSWER("completed_at", KIND_INSTANT, .nullable = true),
	FIELD(struct task, due_date, .nullable = true, .example = "2027-04-01T18:00:00+02:00"),
	FIELD(struct task, remind_at, .nullable = true),
	ANSWER("position", KIND_INTEGER, .doc = "A number that orders tasks within a status."),
	FIELD(struct task, version, .access = LOCK, .min = 1, .max = INT64_MAX),
	ANSWER("created_at", KIND_INSTANT),
	ANSWER("updated_at", KIND_INSTANT),
	FIELDS_END,
};

/* `completed` and `status` are one fact; a body in which they disagree is wrong. */
static const char *task_fault(const void *in, const struct strings *sent, const char **field)
{
	const struct task *task = in;

	if (!strings_have(sent, "completed") || !strings_have(sent, "status") ||
	    task->completed.value == (strcmp(task->status, "DONE") == 0))
		return NULL;
	*field = "completed";
	return "must agree with status";
}

static const struct shape task_shape = { "Task", task_fields, task_fault };

struct completion {
	struct boolean completed;
	struct integer version;
};

static const struct field completion_fields[] = {
	FIELD(struct completion, completed, .required = true, .example = "true"),
	FIELD(struct completion, version, .access = LOCK, .min = 1, .max = INT64_MAX),
	FIELDS_END,
};

static const struct shape completion_shape = { "Completion", completion_fields };

struct task_filter {
	struct strings status, priority;
	struct boolean completed;
	struct moment due_date_from, due_date_to;
	const char *search, *sort_by, *sort_order;
	struct page page;
};

static const struct field task_filters[] = {
	FIELD(struct task_filter, status, .words = statuses, .max_items = 3,
	      .doc = "Only these; repeated, or separated by commas."),
	FIELD(struct task_filter, priority, .words = priorities, .max_items = 4,
	      .doc = "Only these; repeated, or separated by commas."),
	FIELD(struct task_filter, completed, .doc = "Only done ones, or only open ones."),
	FIELD(struct task_filter, due_date_from,
	      .doc = "Due then or later; a date is a local day."),
	FIELD(struct task_filter, due_date_to, .doc = "Due then or before; a date is a local day."),
	FIELD(struct task_filter, search, .min = 1, .max = 100,
	      .doc = "Only with this text in title or description, regardless of case."),
	FIELD(struct task_filter, sort_by, .words = orders, .preset = "created_at",
	      .doc = "What decides the order; then the id."),
	FIELD(struct task_filter, sort_order, .words = directions, .preset = "desc",
	      .doc = "Rising or falling."),
	PAGE_FIELDS(struct task_filter),
	FIELDS_END,
};

static bool is_backwards(const struct moment *from, const struct moment *to)
{
	if (from->date.set && to->date.set)
		return from->date.days > to->date.days;
	return from->instant.set && to->instant.set && from->instant.us > to->instant.us;
}

static enum err list_tasks(struct request *req)
{
	struct task_filter f = { .sort_by = "created_at", .sort_order = "desc" };

	TRY(read_page(req, &f, &f.page));
	if (is_backwards(&f.due_date_from, &f.due_date_to))
		return refuse(req, ERR_VALIDATION, "due_date_to",
			      "must not be before due_date_from");
	return reply_page(req, &f.page,
			  sql_task_list(f.status, f.priority, f.completed, f.due_date_from.instant,
					f.due_date_to.instant, f.due_date_from.date,
					f.due_date_to.date, f.search, f.sort_by, f.sort_order,
					f.page.after_key, f.page.after_id, page_rows(&f.page),
					f.page.offset),
			  sql_task_count(f.status, f.priority, f.completed, f.due_date_from.instant,
					 f.due_date_to.instant, f.due_date_from.date,
					 f.due_date_to.date, f.search));
}

static enum err create_task(struct request *req)
{
	struct task in = { 0 };

	TRY(read_body(req, &in));
	if (!in.id.set)
		in.id = uuid_v7();
	return reply_created(req,
			     sql_task_create(in.id, in.title, in.description,
					     in.completed.value ? "DONE" : in.status, in.priority,
					     in.due_date, in.remind_at),
			     sql_task_get(in.id));
}

static enum err get_task(struct request *req)
{
	return reply_row(req, sql_task_get(req->id));
}

static enum err change_task(struct request *req, const struct task *in)
{
	return reply_changed(req,
			     sql_task_update(req->id, req->if_match, req->version, req->sent,
					     in->title, in->description, in->status, in->completed,
					     in->priority, in->due_date, in->remind_at),
			     sql_task_get(req->id));
}

static enum err update_task(struct request *req)
{
	struct task in = { 0 };

	TRY(read_body(req, &in));
	return change_task(req, &in);
}

static enum err complete_task(struct request *req)
{
	struct completion in = { 0 };

	TRY(read_body(req, &in));
	return change_task(req, &(struct task){ .completed = in.completed });
}

static enum err delete_task(struct request *req)
{
	TRY(read_if_match(req));
	return reply_deleted(req, sql_task_delete(req->id, req->if_match, req->version),
			     sql_task_get(req->id));
}

const struct route tasks_routes[] = {
	{ GET, "/tasks", USER, list_tasks, .query = task_filters, .answer = &task_shape,
	  .list = "tasks", .user_scoped = true, .tag = "tasks",
	  .tag_doc = "What is to be done, on a board of three columns", .doc = "List tasks" },
	{ POST, "/tasks", USER, create_task, .body = &task_shape, .answer = &task_shape,
	  .status = 201, .idempotent = true, .user_scoped = true, .tag = "tasks",
	  .doc = "Create a task" },
	{ GET, "/tasks/{id}", USER, get_task, .answer = &task_shape, .user_scoped = true,
	  .tag = "tasks", .doc = "Read a task" },
	{ PUT, "/tasks/{id}", USER, update_task, .body = &task_shape, .answer = &task_shape,
	  .merge = true, .user_scoped = true, .tag = "tasks", .doc = "Change a task" },
	{ PATCH, "/tasks/{id}", USER, update_task, .body = &task_shape, .answer = &task_shape,
	  .merge = true, .user_scoped = true, .tag = "tasks", .doc = "Change a task" },
	{ DELETE, "/tasks/{id}", USER, delete_task, .status = 204, .user_scoped = true,
	  .tag = "tasks", .doc = "Delete a task" },
	{ PATCH, "/tasks/{id}/complete", USER, complete_task, .body = &completion_shape,
	  .answer = &task_shape, .user_scoped = true,
	  .tag = "tasks", .doc = "Mark a task as done or open" },
	ROUTES_END,
};
