#include "openapi/paths.h"

#include <ctype.h>
#include <string.h>

#include "openapi/answers.h"
#include "openapi/example.h"
#include "openapi/operation.h"
#include "openapi/schema.h"
#include "openapi/value.h"

#define TAG "(W/)?\"[^\"]*\""
#define TAGS_PATTERN "^(\\*|" TAG "( *, *" TAG ")*)$"
#define TAG_EXAMPLE "\"9a4b3c1e-5d0f-4e58-8f43-0c8e6f7a2b10\""

static bool is_conditional_read(const struct operation *operation)
{
	return operation->endpoint->method == GET && operation_answers_etag(operation);
}

static bool is_conditional_deletion(const struct operation *operation)
{
	return operation->endpoint->method == DELETE && operation_takes_conditions(operation);
}

/* The headers that make a request conditional or repeatable. */
static const struct {
	const char *component, *name, *pattern, *example, *doc;
	operation_test *taken;
	int max;
} headers[] = {
	{ "IfMatch", "If-Match", TAGS_PATTERN, TAG_EXAMPLE,
	  "Change only what has one of these ETags; else 412 with the resource as it is.",
	  operation_takes_conditions },
	{ "UnlessMatch", "If-None-Match", TAGS_PATTERN, TAG_EXAMPLE,
	  "Change only what has none of these ETags; else 412. `*` matches whatever exists.",
	  operation_takes_conditions },
	{ "IfNoneMatch", "If-None-Match", TAGS_PATTERN, TAG_EXAMPLE,
	  "Answer 304 without a body if the resource still has one of these ETags.",
	  is_conditional_read },
	{ "IdempotencyKey", "Idempotency-Key", "^[!-~]{1,128}$", "8c5f-pay-the-rent",
	  "The same key with the same body within 24 h gets the first answer again.",
	  operation_takes_key, 128 },
};

enum { HEADERS = sizeof headers / sizeof *headers };

/* What follows from an operation's row, in words. */
static const struct {
	operation_test *holds;
	const char *sentence;
} notes[] = {
	{ operation_answers_page,
	  "`next_cursor` leads to the next page, in the same order whatever changes meanwhile." },
	{ operation_takes_id, "A client may choose the `id`. If it is there already, the answer "
			      "is 200 when it has the content of this body, else 409." },
	{ operation_merges, "An absent member keeps its value, and `null` clears one that may be "
			    "null; `{}` changes nothing." },
	{ operation_takes_version, "With `version` or If-Match a change is refused when somebody "
				   "else has made one; `current` is the resource then." },
	{ operation_takes_key, "With an Idempotency-Key it may be sent again without being done "
			       "again." },
	{ is_conditional_read, "With If-None-Match the answer is 304 while nothing has changed." },
	{ is_conditional_deletion, "With If-Match only what nobody has changed since is deleted." },
	{ operation_is_slow,
	  "It may take long: two of a user run at once, and a third one waits." },
	{ operation_names_user, "The user must be that of the token; else 403." },
};

enum { NOTES = sizeof notes / sizeof *notes };

/* `updateTask` for PATCH, `putTask` for PUT in the same row, `updateUserTask` below a user. */
static const char *operation_id(struct document *doc, const struct operation *operation)
{
	const char *name = operation->route->name;
	size_t verb = strcspn(name, "_");

	return arena_printf(
		doc->arena, "%.*s%s%s", operation->endpoint->method == PUT ? 3 : (int)verb,
		operation->endpoint->method == PUT ? "put" : name,
		operation_names_user(operation) ? "User" : "", document_pascal(doc, name + verb));
}

static const char *describe(struct document *doc, const struct operation *operation)
{
	const char *text = operation->route->about;

	for (size_t i = 0; i < NOTES; i++)
		if (notes[i].holds(operation))
			text = arena_printf(doc->arena, "%s%s%s", text ? text : "", text ? " " : "",
					    notes[i].sentence);
	return text ? text : arena_printf(doc->arena, "%s.", operation->route->doc);
}

static const char *describe_param(struct document *doc, const char *path, const char *name)
{
	if (strncmp(name, ROUTE_SECRET, strlen(ROUTE_SECRET)) == 0)
		return "The secret of an address that the server gave out.";
	if (strncmp(name, "{user_id}", strlen("{user_id}")) == 0)
		return "The id of the token's own user.";
	return arena_printf(doc->arena, "An id that `%.*s` lists.", (int)(name - path - 1), path);
}

/* A {name} of the path: an id, whose description says whose it is, or a secret. */
static void put_param(struct document *doc, const char *path, const char *name)
{
	bool secret = strncmp(name, ROUTE_SECRET, strlen(ROUTE_SECRET)) == 0;
	struct json *json = &doc->json;

	json_open(json, NULL, '{');
	json_text(json, "name", arena_copy(doc->arena, name + 1, strcspn(name, "}") - 1));
	json_text(json, "in", "path");
	json_boolean(json, "required", true);
	json_text(json, "description", describe_param(doc, path, name));
	json_open(json, "schema", '{');
	json_text(json, "type", "string");
	json_text(json, secret ? "pattern" : "format", secret ? "^[A-Za-z0-9_-]{43}$" : "uuid");
	json_close(json, '}');
	json_close(json, '}');
}

static void put_params(struct document *doc, const char *path)
{
	for (const char *at = strchr(path, '{'); at; at = strchr(at + 1, '{'))
		put_param(doc, path, at);
}

static void put_query(struct document *doc, const struct shape *query)
{
	EACH_FIELD(field, query)
	{
		json_open(&doc->json, NULL, '{');
		json_text(&doc->json, "name", field->name);
		json_text(&doc->json, "in", "query");
		if (field->required)
			json_boolean(&doc->json, "required", true);
		json_text(&doc->json, "description", field->doc);
		if (field->slow)
			json_boolean(&doc->json, "x-slow", true);
		value_put_parameter(doc, "schema", field);
		json_close(&doc->json, '}');
	}
}

static void put_parameters(struct document *doc, const struct operation *operation)
{
	json_open(&doc->json, "parameters", '[');
	put_params(doc, operation->path);
	if (operation->route->query)
		put_query(doc, operation->route->query);
	for (size_t i = 0; i < HEADERS; i++)
		if (headers[i].taken(operation))
			document_put_ref(doc, NULL, "parameters", headers[i].component);
	json_close(&doc->json, ']');
}

static void put_body(struct document *doc, const struct route *route)
{
	struct schema *schema = schema_of_body(doc, route);
	struct json *json = &doc->json;

	json_open(json, "requestBody", '{');
	json_boolean(json, "required", !route->optional_body);
	json_open(json, "content", '{');
	json_open(json, "application/json", '{');
	document_put_ref(doc, "schema", "schemas", schema->name);
	example_put_ref(doc, schema);
	json_close(json, '}');
	json_close(json, '}');
	json_close(json, '}');
}

/* Without a member `security` an operation needs a token. */
static void put_security(struct json *json, enum audience audience)
{
	json_open(json, "security", '[');
	if (audience == MAYBE_USER) {
		json_open(json, NULL, '{');
		json_open(json, "bearer", '[');
		json_close(json, ']');
		json_close(json, '}');
		json_open(json, NULL, '{');
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void put_operation(struct document *doc, const struct operation *operation)
{
	const struct route *route = operation->route;
	struct json *json = &doc->json;
	char *verb = arena_printf(doc->arena, "%s", method_name(operation->endpoint->method));

	for (char *c = verb; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	json_open(json, verb, '{');
	json_text(json, "operationId", operation_id(doc, operation));
	json_text(json, "summary", route->doc);
	json_text(json, "description", describe(doc, operation));
	json_open(json, "tags", '[');
	json_text(json, NULL, operation->endpoint->resource->name);
	json_close(json, ']');
	if (route->audience != USER)
		put_security(json, route->audience);
	if (route->slow)
		json_boolean(json, "x-slow", true);
	if (route->password)
		json_boolean(json, "x-password", true);
	put_parameters(doc, operation);
	if (route->body)
		put_body(doc, route);
	answers_put(doc, operation);
	json_close(json, '}');
}

struct walk {
	struct document *doc;
	const struct endpoint **endpoints;
	size_t count;
};

static void note_endpoint(const struct endpoint *endpoint, void *context)
{
	struct walk *walk = context;

	if (endpoint->route->page)
		return; /* for people */
	if (walk->endpoints)
		walk->endpoints[walk->count] = endpoint;
	walk->count++;
}

/* All endpoints of the path of the first one; `done` are those whose paths are written. */
static void put_path(struct document *doc, const struct walk *all, size_t first)
{
	const char *path = all->endpoints[first]->path;
	const struct route *reader = NULL;

	for (size_t i = first; i < all->count; i++)
		if (all->endpoints[i]->method == GET && strcmp(all->endpoints[i]->path, path) == 0)
			reader = all->endpoints[i]->route;
	json_open(&doc->json, path, '{');
	for (size_t i = first; i < all->count; i++) {
		const struct endpoint *endpoint = all->endpoints[i];
		if (strcmp(endpoint->path, path) == 0)
			put_operation(doc, &(struct operation){ endpoint, endpoint->route, path,
								reader });
	}
	json_close(&doc->json, '}');
}

static bool is_first_of_path(const struct walk *all, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(all->endpoints[i]->path, all->endpoints[at]->path) == 0)
			return false;
	return true;
}

void paths_put(struct document *doc, const struct router *router)
{
	struct walk all = { .doc = doc };

	router_each(router, note_endpoint, &all);
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): the elements are pointers */
	all.endpoints = arena_alloc(doc->arena, all.count * sizeof *all.endpoints);
	all.count = 0;
	router_each(router, note_endpoint, &all);
	json_open(&doc->json, "paths", '{');
	for (size_t i = 0; i < all.count; i++)
		if (is_first_of_path(&all, i))
			put_path(doc, &all, i);
	json_close(&doc->json, '}');
}

void paths_put_parameters(struct document *doc)
{
	struct json *json = &doc->json;

	json_open(json, "parameters", '{');
	for (size_t i = 0; i < HEADERS; i++) {
		json_open(json, headers[i].component, '{');
		json_text(json, "name", headers[i].name);
		json_text(json, "in", "header");
		json_text(json, "description", headers[i].doc);
		json_open(json, "schema", '{');
		json_text(json, "type", "string");
		if (headers[i].max > 0)
			json_integer(json, "maxLength", headers[i].max);
		json_text(json, "pattern", headers[i].pattern);
		json_close(json, '}');
		json_text(json, "example", headers[i].example);
		json_close(json, '}');
	}
	json_close(json, '}');
}
