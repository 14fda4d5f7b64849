/* categories.c -- /categories: labels for tasks, unique by name. */
#include "sql/categories.h"
#include "app.h"
#include "base/uuid.h"
#include "shapes.h"

static const char *const orders[] = { "name", "created_at", "updated_at", NULL };

struct category {
	struct uuid id;
	const char *name, *color;
	struct integer version;
};

static const struct field category_fields[] = {
	FIELD(struct category, id, .access = ON_CREATE, .doc = "Made by the server if absent."),
	FIELD(struct category, name, .required = true, .min = 1, .max = 50, .example = "Errands",
	      .doc = "Unique regardless of case."),
	FIELD(struct category, color, .nullable = true, .format = &format_color,
	      .example = "#1565C0"),
	ANSWER("task_count", KIND_INTEGER),
	FIELD(struct category, version, .access = LOCK, .min = 1, .max = INT64_MAX),
	ANSWER("created_at", KIND_INSTANT),
	ANSWER("updated_at", KIND_INSTANT),
	FIELDS_END,
};

const struct shape category_shape = { "Category", category_fields };

struct category_filter {
	const char *search, *sort_by, *sort_order;
	struct page page;
};

static const struct field category_filters[] = {
	FIELD(struct category_filter, search, .min = 1, .max = 100,
	      .doc = "Only with this text in the name, regardless of case."),
	FIELD(struct category_filter, sort_by, .words = orders, .preset = "name",
	      .doc = "What decides the order; then the id."),
	FIELD(struct category_filter, sort_order, .words = sort_directions, .preset = "asc",
	      .doc = "Rising or falling."),
	PAGE_FIELDS(struct category_filter),
	FIELDS_END,
};

static enum err list_categories(struct request *req)
{
	struct category_filter f = { .sort_by = "name", .sort_order = "asc" };

	TRY(read_page(req, &f, &f.page));
	return reply_page(req, &f.page,
			  sql_category_list(f.search, f.sort_by, f.sort_order, f.page.after_key,
					    f.page.after_id, page_rows(&f.page), f.page.offset),
			  sql_category_count(f.search));
}

static enum err create_category(struct request *req)
{
	struct category in = { .id = uuid_v7() };

	TRY(read_body(req, &in));
	return reply_created(req, sql_category_create(in.id, in.name, in.color),
			     sql_category_get(in.id));
}

static enum err get_category(struct request *req)
{
	return reply_row(req, sql_category_get(req->id));
}

static enum err update_category(struct request *req)
{
	struct category in = { 0 };

	TRY(read_body(req, &in));
	return reply_changed(req,
			     sql_category_update(req->id, req->if_match, req->version, req->sent,
						 in.name, in.color),
			     sql_category_get(req->id));
}

static enum err delete_category(struct request *req)
{
	TRY(read_if_match(req));
	return reply_deleted(req, sql_category_delete(req->id, req->if_match, req->version),
			     sql_category_get(req->id));
}

const struct route categories_routes[] = {
	{ GET, "/categories", USER, list_categories, .query = category_filters,
	  .answer = &category_shape, .list = "categories", .tag = "categories",
	  .tag_doc = "Labels for tasks", .doc = "List categories" },
	{ POST, "/categories", USER, create_category, .body = &category_shape,
	  .answer = &category_shape, .status = 201, .idempotent = true,
	  .refusals = { ERR_NAME_TAKEN }, .tag = "categories", .doc = "Create a category" },
	{ GET, "/categories/{id}", USER, get_category, .answer = &category_shape,
	  .tag = "categories", .doc = "Read a category" },
	{ PUT, "/categories/{id}", USER, update_category, .body = &category_shape,
	  .answer = &category_shape, .merge = true, .refusals = { ERR_NAME_TAKEN },
	  .tag = "categories", .doc = "Change a category" },
	{ PATCH, "/categories/{id}", USER, update_category, .body = &category_shape,
	  .answer = &category_shape, .merge = true, .refusals = { ERR_NAME_TAKEN },
	  .tag = "categories", .doc = "Change a category" },
	{ DELETE, "/categories/{id}", USER, delete_category, .status = 204, .tag = "categories",
	  .doc = "Delete a category; its tasks stay" },
	ROUTES_END,
};
