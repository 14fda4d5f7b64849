#include "openapi.h"

#include <ctype.h>
#include <string.h>

#include "openapi_schema.h"

struct writer {
	struct buf *out;
	const struct router *router;
	const char *path; /* the path whose operations are being written */
	struct buf done;  /* the paths that are written, each in quotes */
	struct schemas schemas;
	bool first_path, first_operation;
};

static const char *const verbs[] = { "get", "post", "put", "patch", "delete" };

/* `get_tasks_by_id` for GET /api/v1/tasks/{id}: unique, and stable as long as the path is. */
static void put_operation_id(struct buf *out, const struct route *route, const char *path)
{
	buf_printf(out, "\"operationId\":\"%s", verbs[route->method]);
	if (strncmp(path, "/api/v1", 7) == 0)
		path += 7;
	for (; *path; path++) {
		if (*path == '{')
			buf_puts(out, "by_");
		else if (isalnum((unsigned char)*path))
			buf_putc(out, *path);
		else if (*path != '}')
			buf_putc(out, '_');
	}
	buf_puts(out, "\",");
}

static void put_comma(struct buf *out, bool *first)
{
	if (!*first)
		buf_putc(out, ',');
	*first = false;
}

static void put_path_params(struct buf *out, const char *path, bool *first)
{
	for (const char *at = strchr(path, '{'); at; at = strchr(at + 1, '{')) {
		size_t len = strcspn(at + 1, "}");
		put_comma(out, first);
		buf_puts(out, "{\"name\":");
		json_put_string(out, at + 1, len);
		buf_puts(out, ",\"in\":\"path\",\"required\":true,"
			      "\"schema\":{\"type\":\"string\",\"format\":\"uuid\"}}");
	}
}

static void put_query_params(struct buf *out, const struct field *field, bool *first)
{
	for (; field && field->name; field++) {
		put_comma(out, first);
		buf_puts(out, "{\"name\":");
		json_put_text(out, field->name);
		buf_printf(out, ",\"in\":\"query\",\"required\":%s,\"description\":",
			   field->required ? "true" : "false");
		json_put_text(out, field->doc ? field->doc : "");
		buf_puts(out, ",\"schema\":");
		schema_put_field(out, field, false);
		buf_putc(out, '}');
	}
}

static bool refuses(const struct route *route, int status)
{
	for (size_t i = 0; i < sizeof route->refusals / sizeof route->refusals[0]; i++)
		if (route->refusals[i] != OK && err_info(route->refusals[i])->status == status)
			return true;
	return false;
}

static bool takes_if_match(const struct route *route)
{
	return route->merge || refuses(route, 412);
}

static bool takes_if_none_match(const struct route *route)
{
	return route->method == GET && route->audience == USER && route->answer && !route->list;
}

/* Whether the client may choose the id, so that creating twice is harmless. */
static bool takes_id(const struct route *route)
{
	const struct field *id = route->body ? field_find(route->body->fields, "id") : NULL;

	return route->status == 201 && id && id->access == ON_CREATE;
}

static void put_parameters(struct buf *out, const struct route *route, const char *path)
{
	bool first = true;

	buf_puts(out, "\"parameters\":[");
	put_path_params(out, path, &first);
	put_query_params(out, route->query, &first);
	if (takes_if_match(route)) {
		put_comma(out, &first);
		buf_puts(out, "{\"$ref\":\"#/components/parameters/IfMatch\"}");
	}
	if (takes_if_none_match(route)) {
		put_comma(out, &first);
		buf_puts(out, "{\"$ref\":\"#/components/parameters/IfNoneMatch\"}");
	}
	buf_puts(out, "],");
}

static void put_body(struct writer *writer, const struct route *route)
{
	if (!route->body)
		return;
	buf_printf(writer->out,
		   "\"requestBody\":{\"required\":%s,\"content\":{\"application/json\":"
		   "{\"schema\":{\"$ref\":\"#/components/schemas/%s\"}}}},",
		   route->optional_body ? "false" : "true",
		   schemas_add_body(&writer->schemas, route));
}

static void put_answer(struct writer *writer, const struct route *route, int status,
		       const char *description)
{
	struct buf *out = writer->out;

	buf_printf(out, "\"%d\":{\"description\":\"%s\"", status, description);
	if (route->answer)
		buf_printf(out,
			   ",\"content\":{\"application/json\":{\"schema\":"
			   "{\"$ref\":\"#/components/schemas/%s\"}}}",
			   schemas_add_answer(&writer->schemas, route));
	buf_putc(out, '}');
}

static void put_successes(struct writer *writer, const struct route *route)
{
	if (takes_id(route)) {
		put_answer(writer, route, 200, "The same resource, made before.");
		buf_putc(writer->out, ',');
	}
	put_answer(writer, route, route->status ? route->status : 200,
		   route->status == 204 ? "Done." : "Success.");
	if (takes_if_none_match(route))
		buf_puts(writer->out, ",\"304\":{\"description\":\"Unchanged.\"}");
}

static void put_refusals(struct buf *out, const struct route *route, const char *path)
{
	const struct {
		int status;
		bool applies;
	} refusals[] = {
		{ 400, true },
		{ 401, route->audience == USER },
		{ 403, strstr(path, "id}") },
		{ 404, strstr(path, "{") },
		{ 409, takes_id(route) },
		{ 412, route->merge },
		{ 413, route->body },
		{ 415, route->body },
		{ 429, true },
		{ 503, true },
	};

	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
		if (refusals[i].applies || refuses(route, refusals[i].status))
			buf_printf(out, ",\"%d\":{\"$ref\":\"#/components/responses/Error\"}",
				   refusals[i].status);
}

static void put_operation(const struct route *route, const char *path, void *context)
{
	struct writer *writer = context;
	struct buf *out = writer->out;

	if (strcmp(path, writer->path) != 0)
		return;
	put_comma(out, &writer->first_operation);
	buf_printf(out, "\"%s\":{", verbs[route->method]);
	put_operation_id(out, route, path);
	buf_puts(out, "\"summary\":");
	json_put_text(out, route->doc);
	buf_printf(out, ",\"tags\":[\"%s\"],", route->tag);
	if (route->audience == ANYBODY)
		buf_puts(out, "\"security\":[],");
	put_parameters(out, route, path);
	put_body(writer, route);
	buf_puts(out, "\"responses\":{");
	put_successes(writer, route);
	put_refusals(out, route, path);
	buf_puts(out, "}}");
}

/* A path is written when it is first met, with the operations of all its routes. */
static void put_path(const struct route *route, const char *path, void *context)
{
	struct writer *writer = context;
	struct buf key = { 0 };

	(void)route;
	json_put_text(&key, path);
	if (!memmem(writer->done.data, writer->done.len, key.data, key.len)) {
		buf_put(&writer->done, key.data, key.len);
		put_comma(writer->out, &writer->first_path);
		buf_put(writer->out, key.data, key.len);
		buf_puts(writer->out, ":{");
		writer->path = path;
		writer->first_operation = true;
		router_each(writer->router, put_operation, writer);
		buf_putc(writer->out, '}');
	}
	buf_free(&key);
}

static void put_info(struct buf *out, const char *version)
{
	buf_puts(out, "\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Daybook\",\"summary\":"
		      "\"A self-hosted backend for a person's day.\",\"description\":"
		      "\"JSON over HTTPS. Members that the server itself returns may be sent back "
		      "and are "
		      "ignored; unknown ones are refused. Every error has the form of the schema "
		      "Error, or "
		      "of RFC 9457 with `Accept: application/problem+json`.\",\"version\":");
	json_put_text(out, version);
	buf_puts(out, "},\"servers\":[{\"url\":\"/\"}],\"security\":[{\"bearer\":[]}],");
}

static void put_shared(struct buf *out)
{
	buf_puts(out,
		 "\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\","
		 "\"bearerFormat\":\"JWT\"}},"
		 "\"parameters\":{"
		 "\"IfMatch\":{\"name\":\"If-Match\",\"in\":\"header\",\"description\":"
		 "\"Change only what still has this ETag; else 412 with the current resource.\","
		 "\"schema\":{\"type\":\"string\"}},"
		 "\"IfNoneMatch\":{\"name\":\"If-None-Match\",\"in\":\"header\",\"description\":"
		 "\"Answer 304 if the resource still has this ETag.\","
		 "\"schema\":{\"type\":\"string\"}}},"
		 "\"responses\":{\"Error\":{\"description\":\"Refused.\",\"content\":{"
		 "\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Error\"}},"
		 "\"application/problem+json\":{\"schema\":{\"type\":\"object\"}}}}},");
}

void openapi_write(const struct router *router, const char *version, struct buf *out)
{
	struct writer writer = { .out = out, .router = router, .first_path = true };

	buf_putc(out, '{');
	put_info(out, version);
	buf_puts(out, "\"paths\":{");
	router_each(router, put_path, &writer);
	buf_puts(out, "},\"components\":{");
	put_shared(out);
	schemas_put(&writer.schemas, out);
	buf_puts(out, "}}");
	buf_free(&writer.done);
}
