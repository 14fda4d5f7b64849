/* categories.c -- /categories: labels for tasks, unique by name. */
#include "sql/categories.h"
#include "app.h"
#include "base/uuid.h"
#include "shapes.h"

static const struct words orders = WORDS("CategorySortBy", "name", "created_at", "updated_at");

struct category {
	struct uuid id;
	const char *name, *color;
	struct integer version;
	struct instant created_at, updated_at;
};

static const struct field category_fields[] = {
	FIELD(struct category, id, .access = ACCESS_ON_CREATE,
	      .doc = "Made by the server if absent."),
	FIELD(struct category, name, .required = true, .min = 1, .max = 50, .example = "Errands",
	      .doc = "Unique regardless of case."),
	FIELD(struct category, color, .nullable = true, .format = &format_color,
	      .example = "#1565C0"),
	ANSWER("task_count", KIND_INTEGER),
	FIELD(struct category, version, .access = ACCESS_LOCK, .min = 1, .max = INT64_MAX),
	FIELD(struct category, created_at, .access = ACCESS_KEPT),
	FIELD(struct category, updated_at, .access = ACCESS_KEPT),
};

const struct shape category_shape = SHAPE(struct category, "Category", category_fields);

struct category_filter {
	const char *search;
	struct page page;
};

static const struct field category_filters[] = {
	FIELD(struct category_filter, search, .slow = true, .min = 1, .max = 100,
	      .doc = "Only with this text in the name, regardless of case and accents."),
	PAGE_FIELDS(struct category_filter, orders, "name", "asc"),
};

static const struct shape category_filters_shape =
	SHAPE(struct category_filter, NULL, category_filters);

static enum err list_categories(struct request *req)
{
	struct category_filter f = { 0 };

	TRY(filter_read_page(req, &f));
	return reply_page(req, &f.page, sql_category_list(f.search, &f.page));
}

static enum err create_category(struct request *req)
{
	struct category in = { .id = uuid_v7() };

	TRY(body_read(req, &in));
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

	TRY(body_read(req, &in));
	return reply_changed(
		req, sql_category_update(req->id, req->body.sent, in.name, in.color, &req->when),
		sql_category_get(req->id));
}

static enum err delete_category(struct request *req)
{
	return reply_deleted(req, sql_category_delete(req->id, &req->when),
			     sql_category_get(req->id));
}

static const struct route categories_routes[] = {
	{ GET, "/categories", USER, HANDLER(list_categories), .query = &category_filters_shape,
	  .answer = &category_shape, .list = "categories", .doc = "List categories",
	  .about = "Each has the count of its tasks." },
	{ POST, "/categories", USER, HANDLER(create_category), .stores = true,
	  .body = &category_shape, .answer = &category_shape, .creates = true,
	  .refusals = { ERR_NAME_TAKEN }, .doc = "Create a category",
	  .about = "Names are unique, regardless of case." },
	{ GET, "/categories/{id}", USER, HANDLER(get_category), .answer = &category_shape,
	  .doc = "Read a category" },
	{ PUT | PATCH, "/categories/{id}", USER, HANDLER(update_category), .stores = true,
	  .body = &category_shape, .answer = &category_shape, .merge = true,
	  .refusals = { ERR_NAME_TAKEN }, .doc = "Change a category",
	  .about = "Names are unique, regardless of case." },
	{ DELETE, "/categories/{id}", USER, HANDLER(delete_category), .status = 204,
	  .doc = "Delete a category; its tasks stay" },
};

const struct resource categories_resource = { .name = "categories",
					      .doc = "Labels for tasks",
					      ROUTES(categories_routes) };
