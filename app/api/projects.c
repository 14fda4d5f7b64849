/* projects.c -- /projects: what tasks belong to, with their counts. */
#include "sql/projects.h"
#include "app.h"
#include "base/uuid.h"
#include "shapes.h"

static const struct words orders = WORDS("ProjectSortBy", "name", "created_at", "updated_at");
static const struct words archived_words = WORDS("ArchivedFilter", "true", "false", "all");

struct project {
	struct uuid id;
	const char *name, *description, *color;
	struct boolean archived;
	struct integer version;
	struct instant created_at, updated_at;
};

static const struct field count_fields[] = {
	ANSWER("todo", KIND_INTEGER),
	ANSWER("in_progress", KIND_INTEGER),
	ANSWER("done", KIND_INTEGER),
};

const struct shape task_counts_shape = ANSWER_SHAPE("TaskCounts", count_fields);

static const struct field project_fields[] = {
	FIELD(struct project, id, .access = ACCESS_ON_CREATE,
	      .doc = "Made by the server if absent."),
	FIELD(struct project, name, .required = true, .min = 1, .max = 100,
	      .example = "Spring in the garden"),
	FIELD(struct project, description, .nullable = true, .max = 2000),
	FIELD(struct project, color, .nullable = true, .format = &format_color,
	      .example = "#2E7D32"),
	FIELD(struct project, archived, .preset = "false",
	      .doc = "Put away with its tasks, which stay."),
	ANSWER("task_count", KIND_INTEGER),
	ANSWER("task_counts", KIND_OBJECT, .shape = &task_counts_shape),
	FIELD(struct project, version, .access = ACCESS_LOCK, .min = 1, .max = INT64_MAX),
	FIELD(struct project, created_at, .access = ACCESS_KEPT),
	FIELD(struct project, updated_at, .access = ACCESS_KEPT),
};

const struct shape project_shape = SHAPE(struct project, "Project", project_fields);

struct project_filter {
	const char *archived, *search;
	struct page page;
};

static const struct field project_filters[] = {
	FIELD(struct project_filter, archived, .words = &archived_words, .preset = "false",
	      .doc = "Archived ones only, live ones only, or all."),
	FIELD(struct project_filter, search, .slow = true, .min = 1, .max = 100,
	      .doc = "Only with this text in name or description, regardless of case and accents."),
	PAGE_FIELDS(struct project_filter, orders, "name", "asc"),
};

static const struct shape project_filters_shape =
	SHAPE(struct project_filter, NULL, project_filters);

static enum err list_projects(struct request *req)
{
	struct project_filter f = { 0 };

	TRY(filter_read_page(req, &f));
	return reply_page(req, &f.page, sql_project_list(f.archived, f.search, &f.page));
}

static enum err create_project(struct request *req)
{
	struct project in = { .id = uuid_v7() };

	TRY(body_read(req, &in));
	return reply_created(
		req, sql_project_create(in.id, in.name, in.description, in.color, in.archived),
		sql_project_get(in.id));
}

static enum err get_project(struct request *req)
{
	return reply_row(req, sql_project_get(req->id));
}

static enum err update_project(struct request *req)
{
	struct project in = { 0 };

	TRY(body_read(req, &in));
	return reply_changed(req,
			     sql_project_update(req->id, req->body.sent, in.name, in.description,
						in.color, in.archived, &req->when),
			     sql_project_get(req->id));
}

static enum err delete_project(struct request *req)
{
	return reply_deleted(req, sql_project_delete(req->id, &req->when),
			     sql_project_get(req->id));
}

static const struct route projects_routes[] = {
	{ GET, "/projects", USER, HANDLER(list_projects), .query = &project_filters_shape,
	  .answer = &project_shape, .list = "projects", .doc = "List projects",
	  .about = "Each has the counts of its tasks. Archived ones are left out unless `archived` "
		   "says otherwise." },
	{ POST, "/projects", USER, HANDLER(create_project), .stores = true, .body = &project_shape,
	  .answer = &project_shape, .creates = true, .doc = "Create a project",
	  .about = "Names need not be unique." },
	{ GET, "/projects/{id}", USER, HANDLER(get_project), .answer = &project_shape,
	  .doc = "Read a project" },
	{ PUT | PATCH, "/projects/{id}", USER, HANDLER(update_project), .stores = true,
	  .body = &project_shape, .answer = &project_shape, .merge = true,
	  .doc = "Change a project",
	  .about = "`archived` puts it away with its tasks: lists leave them out." },
	{ DELETE, "/projects/{id}", USER, HANDLER(delete_project), .status = 204,
	  .doc = "Delete a project with its tasks",
	  .about = "To keep the tasks, archive the project instead." },
};

const struct resource projects_resource = { .name = "projects",
					    .doc = "What tasks belong to",
					    ROUTES(projects_routes) };
