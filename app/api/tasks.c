/* tasks.c -- /tasks: what is to be done, on a board of three columns. */
#include <string.h>

#include "api/repeat.h"
#include "app.h"
#include "base/uuid.h"
#include "shapes.h"
#include "sql/projects.h"
#include "sql/tasks.h"

const struct words task_statuses = WORDS("TaskStatus", "TODO", "IN_PROGRESS", "DONE");
const struct words task_priorities = WORDS("TaskPriority", "LOW", "MEDIUM", "HIGH", "URGENT");
const struct words recurrence_starts = WORDS("RecurrenceStart", "DUE", "COMPLETION");
static const struct words orders = WORDS("TaskSortBy", "created_at", "updated_at", "due_date",
					 "priority", "position", "title");

#define TASK(...) __VA_ARGS__
#define ELEMENT(...)
static const struct field task_fields[] = { TASK_FIELDS(struct task, , TASK, ELEMENT) };

bool task_is_done(const struct task *task)
{
	return task->completed.value || (task->status && strcmp(task->status, "DONE") == 0);
}

void task_check(const void *in, const struct strings *sent, struct faults *faults)
{
	const struct task *task = in;

	if (strings_have(sent, "completed") && strings_have(sent, "status") &&
	    task->completed.value != (strcmp(task->status, "DONE") == 0))
		fault_add(faults, "completed",
			  (struct fault){ FAULT_CONFLICT, "must agree with status",
					  .with = "status" });
	if (task->completed_at.set && !task_is_done(task))
		fault_add(faults, "completed_at",
			  (struct fault){ FAULT_CONFLICT, "must be null unless it is done",
					  .with = "status" });
	repeat_check(task, faults);
}

const struct shape task_shape = SHAPE(struct task, "Task", task_fields, .check = task_check);

struct completion {
	struct boolean completed;
	struct integer version;
};

static const struct field completion_fields[] = {
	FIELD(struct completion, completed, .required = true, .example = "true"),
	FIELD(struct completion, version, .access = ACCESS_LOCK, .min = 1, .max = INT64_MAX),
};

static const struct shape completion_shape =
	SHAPE(struct completion, "Completion", completion_fields);

struct task_filter {
	struct strings status, priority;
	struct boolean completed;
	struct reference project_id, category_id;
	struct moment due_date_from, due_date_to;
	struct boolean archived, recurring;
	struct uuid recurrence_of;
	const char *search;
	struct page page;
};

/* Everything but the project, which a path may name. */
#define TASK_FILTERS                                                                               \
	FIELD(struct task_filter, status, .words = &task_statuses, .max_items = 3,                 \
	      .doc = "Only these; repeated, or separated by commas."),                             \
		FIELD(struct task_filter, priority, .words = &task_priorities, .max_items = 4,     \
		      .doc = "Only these; repeated, or separated by commas."),                     \
		FIELD(struct task_filter, completed, .doc = "Only done ones, or only open ones."), \
		FIELD(struct task_filter, category_id,                                             \
		      .doc = "Only in this category, or `none`."),                                 \
		FIELD(struct task_filter, due_date_from,                                           \
		      .doc = "Due then or later; a date is a local day."),                         \
		FIELD(struct task_filter, due_date_to,                                             \
		      .doc = "Due then or before; a date is a local day."),                        \
		FIELD(struct task_filter, recurring,                                               \
		      .doc = "Only those that repeat, or only others."),                           \
		FIELD(struct task_filter, recurrence_of,                                           \
		      .doc = "Only the later tasks of the series that began with this one."),      \
		FIELD(struct task_filter, search, .slow = true, .min = 1, .max = 100,              \
		      .doc = "Only with this text in title or description, regardless of case "    \
			     "and accents."),                                                      \
		PAGE_FIELDS(struct task_filter, orders, "created_at", "desc")

static const struct field task_filters[] = {
	FIELD(struct task_filter, project_id, .doc = "Only in this project, or `none`."),
	FIELD(struct task_filter, archived, .preset = "false",
	      .doc = "Also the tasks of archived projects."),
	TASK_FILTERS,
};

static const struct shape task_filters_shape = SHAPE(struct task_filter, NULL, task_filters);

static const struct field project_task_filters[] = {
	FIELD(struct task_filter, archived, .preset = "true",
	      .doc = "`false`: not those of an archived project."),
	TASK_FILTERS,
};

static const struct shape project_task_filters_shape =
	SHAPE(struct task_filter, NULL, project_task_filters);

static bool is_set(const struct moment *moment)
{
	return moment->date.set || moment->instant.set;
}

/* A day and an instant are compared as days, which takes the user's zone. */
static enum err read_is_backwards(struct request *req, const struct moment *from,
				  const struct moment *to, bool *out)
{
	struct result rows;

	if (!is_set(from) || !is_set(to))
		return OK;
	if (from->date.set && to->date.set) {
		*out = from->date.days > to->date.days;
		return OK;
	}
	if (from->instant.set && to->instant.set) {
		*out = from->instant.us > to->instant.us;
		return OK;
	}
	TRY(ask(req, sql_task_due_range(from->instant, to->instant, from->date, to->date), &rows));
	*out = result_bool(&rows, 0, "_backwards");
	return OK;
}

static enum err reply_tasks(struct request *req, struct task_filter f)
{
	bool is_backwards = false;

	TRY(filter_read_page(req, &f));
	TRY(read_is_backwards(req, &f.due_date_from, &f.due_date_to, &is_backwards));
	if (is_backwards)
		return refuse_field(req, ERR_VALIDATION, "due_date_to",
				    (struct fault){ FAULT_CONFLICT,
						    "must not be before due_date_from",
						    .with = "due_date_from" });
	struct boolean live_only = { true, !f.archived.value };
	return reply_page(req, &f.page,
			  sql_task_list(f.status, f.priority, f.completed, f.project_id.id,
					f.project_id.none, f.category_id.id, f.category_id.none,
					live_only, f.due_date_from.instant, f.due_date_to.instant,
					f.due_date_from.date, f.due_date_to.date, f.recurring,
					f.recurrence_of, f.search, &f.page));
}

static enum err list_tasks(struct request *req)
{
	return reply_tasks(req, (struct task_filter){ 0 });
}

static enum err create(struct request *req, const struct task *in, struct query existing)
{
	return reply_created(req,
			     sql_task_create(in->id, in->title, in->description,
					     in->completed.value ? "DONE" : in->status,
					     in->priority, in->due_date.instant, in->due_date.date,
					     in->remind_at, in->recurrence, in->recurrence_from,
					     in->project_id, in->category_id),
			     existing);
}

static enum err create_task(struct request *req)
{
	struct task in = { .id = uuid_v7() };

	TRY(body_read(req, &in));
	return create(req, &in, sql_task_get(in.id));
}

/* The tasks of a project, which must be there; of an archived one, too. */
static enum err list_project_tasks(struct request *req)
{
	TRY(ask_row(req, sql_project_exists(req->id)));
	return reply_tasks(req, (struct task_filter){ .project_id.id = req->id });
}

static enum err create_project_task(struct request *req)
{
	struct task in = { .id = uuid_v7() };

	TRY(body_read(req, &in));
	if (body_has(req, "project_id") && !uuid_equal(&in.project_id, &req->id))
		return refuse_field(
			req, ERR_VALIDATION, "project_id",
			(struct fault){ FAULT_CONFLICT, "must be the project of the path" });
	TRY(ask_row(req, sql_project_exists(req->id)));
	in.project_id = req->id;
	return create(req, &in, sql_task_get_inside(in.id, in.project_id));
}

static enum err get_task(struct request *req)
{
	return reply_row(req, sql_task_get(req->id));
}

static enum err write_task(struct request *req, const void *members)
{
	const struct task *in = members;

	return reply_changed(req,
			     sql_task_update(req->id, req->body.sent, in->title, in->description,
					     in->status, in->completed, in->priority,
					     in->due_date.instant, in->due_date.date, in->remind_at,
					     in->recurrence, in->recurrence_from, in->project_id,
					     in->category_id, &req->when),
			     sql_task_get(req->id));
}

/* One that is done by it may have a next one. */
static enum err change_task(struct request *req, const struct task *in)
{
	return task_is_done(in) ? repeat_around(req, repeat_ids(req), write_task, in)
				: write_task(req, in);
}

static enum err update_task(struct request *req)
{
	struct task in = { 0 };

	TRY(body_read(req, &in));
	return change_task(req, &in);
}

static enum err complete_task(struct request *req)
{
	struct completion in = { 0 };

	TRY(body_read(req, &in));
	return change_task(req, &(struct task){ .completed = in.completed });
}

static enum err delete_task(struct request *req)
{
	return reply_deleted(req, sql_task_delete(req->id, &req->when), sql_task_get(req->id));
}

static const struct route tasks_routes[] = {
	{ GET, "/tasks", USER, HANDLER(list_tasks), .query = &task_filters_shape,
	  .answer = &task_shape, .list = "tasks", .user_scoped = true, .doc = "List tasks",
	  .about = "All filters must match. Tasks of archived projects are left out unless "
		   "`archived` is `true`." },
	{ POST, "/tasks", USER, HANDLER(create_task), .stores = true, .body = &task_shape,
	  .answer = &task_shape, .creates = true, .user_scoped = true, .doc = "Create a task",
	  .about = "It goes to the end of its column." },
	{ GET, "/projects/{id}/tasks", USER, HANDLER(list_project_tasks),
	  .query = &project_task_filters_shape, .answer = &task_shape, .list = "tasks",
	  .table = "projects", .doc = "List the tasks of a project",
	  .about = "As `/tasks`, in one project, which may be an archived one." },
	{ POST, "/projects/{id}/tasks", USER, HANDLER(create_project_task), .stores = true,
	  .body = &task_shape, .answer = &task_shape, .creates = true, .table = "projects",
	  .location = "/api/v1/tasks", .doc = "Create a task in a project",
	  .about = "As for `/tasks`; a `project_id` in the body must be that of the path." },
	{ GET, "/tasks/{id}", USER, HANDLER(get_task), .answer = &task_shape, .user_scoped = true,
	  .doc = "Read a task" },
	{ PUT | PATCH, "/tasks/{id}", USER, HANDLER(update_task), .stores = true,
	  .body = &task_shape, .answer = &task_shape, .merge = true, .user_scoped = true,
	  .doc = "Change a task",
	  .about = "A new status or project puts it at the end of that column." },
	{ DELETE, "/tasks/{id}", USER, HANDLER(delete_task), .status = 204, .user_scoped = true,
	  .doc = "Delete a task" },
	{ PATCH, "/tasks/{id}/complete", USER, HANDLER(complete_task), .stores = true,
	  .body = &completion_shape, .answer = &task_shape, .user_scoped = true,
	  .doc = "Mark a task as done or open",
	  .about = "`true` is the status DONE; `false` puts a task that is done back to TODO." },
};

const struct resource tasks_resource = { .name = "tasks",
					 .doc = "What is to be done, on a board of three columns",
					 ROUTES(tasks_routes) };
