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

static void put_parameters(struct buf *out, const struct route *route, const char *path)
{
	bool first = true;

	buf_puts(out, "\"parameters\":[");
	put_path_params(out, path, &first);
	put_query_params(out, route->query, &first);
	if (route->merge || (route->method == DELETE && strstr(path, "{id}"))) {
		put_comma(out, &first);
		buf_puts(out, "{\"$ref\":\"#/components/parameters/IfMatch\"}");
	}
	if (route->method == GET && route->answer && !route->list && !route->raw) {
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

static void put_success(struct writer *writer, const struct route *route)
{
	struct buf *out = writer->out;
	int status = route->status ? route->status : 200;

	buf_printf(out, "\"%d\":{\"description\":", status);
	json_put_text(out, status == 204 ? "Done." : "Success.");
	if (route->answer)
		buf_printf(out,
			   ",\"content\":{\"application/json\":{\"schema\":"
			   "{\"$ref\":\"#/components/schemas/%s\"}}}",
			   schemas_add_answer(&writer->schemas, route));
	buf_puts(out, "}");
}

static void put_refusals(struct buf *out, const struct route *route, const char *path)
{
	const struct {
		const char *status;
		bool applies;
	} refusals[] = {
		{ "400", true },
		{ "401", route->audience == USER },
		{ "403", strstr(path, "id}") },
		{ "404", strstr(path, "{") },
		{ "412", route->merge },
		{ "413", route->body },
		{ "415", route->body },
		{ "429", true },
		{ "503", true },
	};

	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
		if (refusals[i].applies)
			buf_printf(out, ",\"%s\":{\"$ref\":\"#/components/responses/Error\"}",
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
	put_success(writer, route);
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
