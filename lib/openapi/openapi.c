#include "openapi/openapi.h"

#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "openapi/openapi_answers.h"

struct writer {
	struct buf *out;
	const struct router *router;
	const char *path;	    /* the path whose operations are being written */
	const struct route *reader; /* what GET does there */
	struct buf done;	    /* the paths and tags that are written, each in quotes */
	struct schemas schemas;
	bool first, first_operation;
};

/* The key of an operation: its method in lower case. */
static const char *verb_of(enum method method)
{
	static const char *const verbs[] = { "get", "post", "put", "patch", "delete" };

	return verbs[__builtin_ctz(method)];
}

/* Appends `_read_task` as `ReadTask`. */
static void put_camel(struct buf *out, const char *name)
{
	for (; *name; name++) {
		if (*name == '_')
			buf_putc(out, (char)toupper((unsigned char)*++name));
		else
			buf_putc(out, *name);
	}
}

/* `updateTask` for PATCH, `putTask` for PUT in the same row, `updateUserTask` below a user. */
static void put_operation_id(struct buf *out, const struct endpoint *endpoint)
{
	const char *name = endpoint->route->name;
	size_t verb = strcspn(name, "_");

	buf_puts(out, "\"operationId\":\"");
	if (endpoint->method == PUT)
		buf_puts(out, "put");
	else
		buf_put(out, name, verb);
	if (strstr(endpoint->path, "{user_id}"))
		buf_puts(out, "User");
	put_camel(out, name + verb);
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
		buf_printf(out,
			   ",\"in\":\"path\",\"required\":true,\"description\":\"%s\","
			   "\"schema\":{\"type\":\"string\",\"format\":\"uuid\"}}",
			   strncmp(at, "{user_id}", 9) == 0 ? "The id of the token's own user."
							    : "Which one.");
	}
}

static void put_query_params(struct buf *out, const struct shape *query, bool *first)
{
	if (!query)
		return;
	EACH_FIELD(field, query)
	{
		put_comma(out, first);
		buf_puts(out, "{\"name\":");
		json_put_text(out, field->name);
		buf_printf(out, ",\"in\":\"query\",\"required\":%s,\"description\":",
			   field->required ? "true" : "false");
		json_put_text(out, field->doc ? field->doc : "");
		buf_puts(out, ",\"schema\":");
		schema_put_field(out, field, false);
		buf_puts(out, field->slow ? ",\"x-slow\":true}" : "}");
	}
}

static void put_parameters(struct buf *out, const struct operation *operation)
{
	const struct route *route = operation->route;
	bool first = true;

	buf_puts(out, "\"parameters\":[");
	put_path_params(out, operation->path, &first);
	put_query_params(out, route->query, &first);
	if (takes_if_match(operation)) {
		put_comma(out, &first);
		buf_puts(out, "{\"$ref\":\"#/components/parameters/IfMatch\"}");
	}
	if (route->methods == GET && answers_etag(route)) {
		put_comma(out, &first);
		buf_puts(out, "{\"$ref\":\"#/components/parameters/IfNoneMatch\"}");
	}
	if (route_is_idempotent(route)) {
		put_comma(out, &first);
		buf_puts(out, "{\"$ref\":\"#/components/parameters/IdempotencyKey\"}");
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

static void put_operation(const struct endpoint *endpoint, void *context)
{
	const struct route *route = endpoint->route;
	const char *path = endpoint->path;
	struct writer *writer = context;
	struct operation operation = { route, path, writer->reader };
	struct buf *out = writer->out;

	if (strcmp(path, writer->path) != 0)
		return;
	put_comma(out, &writer->first_operation);
	buf_printf(out, "\"%s\":{", verb_of(endpoint->method));
	put_operation_id(out, endpoint);
	buf_puts(out, "\"summary\":");
	json_put_text(out, route->doc);
	buf_printf(out, ",\"tags\":[\"%s\"],", endpoint->resource->name);
	if (route->audience == ANYBODY)
		buf_puts(out, "\"security\":[],");
	if (route->audience == MAYBE_USER)
		buf_puts(out, "\"security\":[{\"bearer\":[]},{}],");
	if (route->slow)
		buf_puts(out, "\"x-slow\":true,");
	put_parameters(out, &operation);
	put_body(writer, route);
	answers_put(out, &writer->schemas, &operation);
	buf_putc(out, '}');
}

static void find_reader(const struct endpoint *endpoint, void *context)
{
	struct writer *writer = context;

	if (endpoint->method == GET && strcmp(endpoint->path, writer->path) == 0)
		writer->reader = endpoint->route;
}

/* Notes a text; false when it was noted before. */
static bool is_new(struct buf *done, const char *text)
{
	size_t before = done->len;

	json_put_text(done, text);
	if (!memmem(done->data, before, done->data + before, done->len - before))
		return true;
	done->len = before;
	return false;
}

/* A path is written when it is first met, with the operations of all its routes. */
static void put_path(const struct endpoint *endpoint, void *context)
{
	struct writer *writer = context;
	const char *path = endpoint->path;

	if (!is_new(&writer->done, path))
		return;
	put_comma(writer->out, &writer->first);
	json_put_text(writer->out, path);
	buf_puts(writer->out, ":{");
	writer->path = path;
	writer->reader = NULL;
	writer->first_operation = true;
	router_each(writer->router, find_reader, writer);
	router_each(writer->router, put_operation, writer);
	buf_putc(writer->out, '}');
}

static void put_tag(const struct endpoint *endpoint, void *context)
{
	struct writer *writer = context;
	const struct resource *resource = endpoint->resource;

	if (!resource->doc || !is_new(&writer->done, resource->name))
		return;
	put_comma(writer->out, &writer->first);
	buf_printf(writer->out, "{\"name\":\"%s\",\"description\":", resource->name);
	json_put_text(writer->out, resource->doc);
	buf_putc(writer->out, '}');
}

static const char about[] =
	"JSON over HTTPS. Get a token from `/api/v1/auth/login` and send it as `Authorization: "
	"Bearer "
	"…`.\n\n"
	"**Bodies** are JSON objects in UTF-8. Members that the server itself returns may be sent "
	"back and are ignored; unknown ones are refused. Enums are taken in any case. Times are "
	"RFC "
	"3339 with any offset, and answered in UTC.\n\n"
	"**Changes** (PUT and PATCH alike) merge: an absent member keeps its value, `null` clears "
	"an optional one. Send the `version` or the ETag (`If-Match`) that you know, and a change "
	"that would undo somebody else's is refused with 412 and the resource as it is.\n\n"
	"**Lists** come in pages: go on with `cursor=` and the `next_cursor` of the page "
	"before.\n\n"
	"**Errors** all have one form, with a stable word in `error`; with `Accept: "
	"application/problem+json` the form of RFC 9457. Beyond those listed: 405 "
	"`method_not_allowed`, 414 `uri_too_long`, 431 `headers_too_large`, 500 `internal_error`.";

static void put_info(struct buf *out, const char *version)
{
	buf_puts(out, "\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Daybook\",\"summary\":"
		      "\"A self-hosted backend for a person's day.\",\"description\":");
	json_put_text(out, about);
	buf_puts(out, ",\"version\":");
	json_put_text(out, version);
	buf_puts(out, "},\"servers\":[{\"url\":\"/\",\"description\":\"This server\"}],"
		      "\"security\":[{\"bearer\":[]}],");
}

static void put_shared(struct buf *out, struct schemas *schemas)
{
	buf_puts(out,
		 "\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\","
		 "\"bearerFormat\":\"JWT\",\"description\":\"The `access_token` of a login.\"}},"
		 "\"parameters\":{"
		 "\"IfMatch\":{\"name\":\"If-Match\",\"in\":\"header\",\"description\":"
		 "\"Change only what still has this ETag; else 412 with the current resource.\","
		 "\"schema\":{\"type\":\"string\"}},"
		 "\"IfNoneMatch\":{\"name\":\"If-None-Match\",\"in\":\"header\",\"description\":"
		 "\"Answer 304 if the resource still has this ETag.\","
		 "\"schema\":{\"type\":\"string\"}},"
		 "\"IdempotencyKey\":{\"name\":\"Idempotency-Key\",\"in\":\"header\","
		 "\"description\":"
		 "\"The same key with the same body within 24 h gets the first answer again.\","
		 "\"schema\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":128,"
		 "\"pattern\":\"^[!-~]+$\"}}},");
	answers_put_shared(out, schemas);
}

void openapi_write(const struct router *router, const char *version, struct buf *out)
{
	struct writer writer = { .out = out, .router = router, .first = true };

	buf_putc(out, '{');
	put_info(out, version);
	buf_puts(out, "\"tags\":[");
	router_each(router, put_tag, &writer);
	buf_puts(out, "],\"paths\":{");
	writer.first = true;
	router_each(router, put_path, &writer);
	buf_puts(out, "},\"components\":{");
	put_shared(out, &writer.schemas);
	schemas_put(&writer.schemas, out);
	buf_puts(out, "}}");
	buf_free(&writer.done);
}
