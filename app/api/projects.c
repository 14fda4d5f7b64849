/* projects.c -- /projects: what tasks belong to, with their counts. */
#include "sql/projects.h"
#include "app.h"
#include "base/uuid.h"
#include "shapes.h"

static const char *const orders[] = { "name", "created_at", "updated_at", NULL };
static const char *const archived_words[] = { "true", "false", "all", NULL };

struct project {
	struct uuid id;
	const char *name, *description, *color;
	struct boolean archived;
	struct integer version;
};

static const struct field count_fields[] = {
	ANSWER("todo", KIND_INTEGER),
	ANSWER("in_progress", KIND_INTEGER),
	ANSWER("done", KIND_INTEGER),
	FIELDS_END,
};

const struct shape task_counts_shape = { "TaskCounts", count_fields };

static const struct field project_fields[] = {
	FIELD(struct project, id, .access = ON_CREATE, .doc = "Made by the server if absent."),
	FIELD(struct project, name, .required = true, .min = 1, .max = 100,
	      .example = "Spring in the garden"),
	FIELD(struct project, description, .nullable = true, .max = 2000),
	FIELD(struct project, color, .nullable = true, .format = &format_color,
	      .example = "#2E7D32"),
	FIELD(struct project, archived, .preset = "false",
	      .doc = "Put away with its tasks, which stay."),
	ANSWER("task_count", KIND_INTEGER),
	ANSWER("task_counts", KIND_OBJECT, .shape = &task_counts_shape),
	FIELD(struct project, version, .access = LOCK, .min = 1, .max = INT64_MAX),
	ANSWER("created_at", KIND_INSTANT),
	ANSWER("updated_at", KIND_INSTANT),
	FIELDS_END,
};

const struct shape project_shape = { "Project", project_fields };

struct project_filter {
	const char *archived, *search, *sort_by, *sort_order;
	struct page page;
};

static const struct field project_filters[] = {
	FIELD(struct project_filter, archived, .words = archived_words, .preset = "false",
	      .doc = "Archived ones only, live ones only, or all."),
	FIELD(struct project_filter, search, .min = 1, .max = 100,
	      .doc = "Only with this text in name or description, regardless of case."),
	FIELD(struct project_filter, sort_by, .words = orders, .preset = "name",
	      .doc = "What decides the order; then the id."),
	FIELD(struct project_filter, sort_order, .words = sort_directions, .preset = "asc",
	      .doc = "Rising or falling."),
	PAGE_FIELDS(struct project_filter),
	FIELDS_END,
};

static enum err list_projects(struct request *req)
{
	struct project_filter f = { .archived = "false", .sort_by = "name", .sort_order = "asc" };

	TRY(read_page(req, &f, &f.page));
	return reply_page(req, &f.page,
			  sql_project_list(f.archived, f.search, f.sort_by, f.sort_order,
					   f.page.after_key, f.page.after_id, page_rows(&f.page),
					   f.page.offset),
			  sql_project_count(f.archived, f.search));
}

static enum err create_project(struct request *req)
{
	struct project in = { .id = uuid_v7() };

	TRY(read_body(req, &in));
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

	TRY(read_body(req, &in));
	return reply_changed(req,
			     sql_project_update(req->id, req->if_match, req->version, req->sent,
						in.name, in.description, in.color, in.archived),
			     sql_project_get(req->id));
}

static enum err delete_project(struct request *req)
{
	TRY(read_if_match(req));
	return reply_deleted(req, sql_project_delete(req->id, req->if_match, req->version),
			     sql_project_get(req->id));
}

const struct route projects_routes[] = {
	{ GET, "/projects", USER, list_projects, .query = project_filters, .answer = &project_shape,
	  .list = "projects", .tag = "projects", .tag_doc = "What tasks belong to",
	  .doc = "List projects" },
	{ POST, "/projects", USER, create_project, .body = &project_shape, .answer = &project_shape,
	  .status = 201, .idempotent = true, .tag = "projects", .doc = "Create a project" },
	{ GET, "/projects/{id}", USER, get_project, .answer = &project_shape, .tag = "projects",
	  .doc = "Read a project" },
	{ PUT, "/projects/{id}", USER, update_project, .body = &project_shape,
	  .answer = &project_shape, .merge = true, .tag = "projects", .doc = "Change a project" },
	{ PATCH, "/projects/{id}", USER, update_project, .body = &project_shape,
	  .answer = &project_shape, .merge = true, .tag = "projects", .doc = "Change a project" },
	{ DELETE, "/projects/{id}", USER, delete_project, .status = 204, .tag = "projects",
	  .doc = "Delete a project with its tasks" },
	ROUTES_END,
};
