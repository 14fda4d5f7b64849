#include "openapi/answers.h"

#include <string.h>

#include "openapi/example.h"
#include "openapi/header.h"
#include "openapi/refusals.h"
#include "openapi/schema.h"

/* Passwords and tokens are never compressed: the length of an answer would tell of them. */
static bool may_be_compressed(const struct operation *operation)
{
	return !strstr(operation->path, "/auth/");
}

static bool has_content(const struct route *route, int status)
{
	return status != 304 && (route->answer || route->media_type);
}

static unsigned headers_of(const struct operation *operation, int status)
{
	const struct route *route = operation->route;
	unsigned set = 1U << HEADER_REQUEST_ID | 1U << HEADER_CACHE_CONTROL;

	if (has_content(route, status) && may_be_compressed(operation))
		set |= 1U << HEADER_ENCODING;
	if (operation_answers_etag(operation))
		set |= 1U << HEADER_ETAG;
	if (status == 201)
		set |= 1U << HEADER_LOCATION;
	if (operation_takes_key(operation))
		set |= 1U << HEADER_REPLAYED;
	if (route->attachment)
		set |= 1U << HEADER_DISPOSITION;
	return set;
}

/* An answer that is no object of ours: the media type tells what it is. */
static void put_foreign(struct json *json, const char *media_type)
{
	json_open(json, media_type, '{');
	json_open(json, "schema", '{');
	json_text(json, "type", strstr(media_type, "json") ? "object" : "string");
	json_close(json, '}');
	json_close(json, '}');
}

static void put_own(struct document *doc, const struct route *route)
{
	struct schema *schema = schema_of_answer(doc, route);

	json_open(&doc->json, "application/json", '{');
	document_put_ref(doc, "schema", "schemas", schema->name);
	example_put_ref(doc, schema);
	json_close(&doc->json, '}');
}

static void put_content(struct document *doc, const struct route *route)
{
	json_open(&doc->json, "content", '{');
	if (route->media_type)
		put_foreign(&doc->json, route->media_type);
	else
		put_own(doc, route);
	json_close(&doc->json, '}');
}

static void put_success(struct document *doc, const struct operation *operation, int status,
			const char *description)
{
	json_open(&doc->json, arena_printf(doc->arena, "%d", status), '{');
	json_text(&doc->json, "description", description);
	header_put_refs(doc, headers_of(operation, status));
	if (has_content(operation->route, status))
		put_content(doc, operation->route);
	json_close(&doc->json, '}');
}

static const char *describe(const struct operation *operation)
{
	const struct route *route = operation->route;

	if (route->list)
		return route->unpaged ? "All of them." : "A page.";
	if (route->creates)
		return "It is made, as it is now.";
	return has_content(route, route_status(route)) ? "As it is now." : "Done.";
}

void answers_put(struct document *doc, const struct operation *operation)
{
	const struct route *route = operation->route;

	json_open(&doc->json, "responses", '{');
	if (operation_takes_id(operation))
		put_success(doc, operation, 200, "It was there already, with this content.");
	put_success(doc, operation, route_status(route), describe(operation));
	if (operation->endpoint->method == GET && operation_answers_etag(operation))
		put_success(doc, operation, 304, "It still has the ETag of If-None-Match.");
	refusals_put(doc, operation);
	json_close(&doc->json, '}');
}
