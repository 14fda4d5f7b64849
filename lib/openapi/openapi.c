#include "openapi/openapi.h"

#include <string.h>

#include "openapi/document.h"
#include "openapi/example.h"
#include "openapi/forms.h"
#include "openapi/header.h"
#include "openapi/paths.h"
#include "openapi/schema.h"

static const char about[] =
	"JSON over HTTPS. Get a token from `/api/v1/auth/login` and send it as "
	"`Authorization: Bearer …`.\n\n"
	"**Bodies** are JSON objects in UTF-8. What only the server sets may be sent back and is "
	"ignored; what is not known is refused. Texts hold no U+0000. Words in upper case, and "
	"ids, are taken in any case.\n\n"
	"**Times** are RFC 3339 with any offset, in the years 1 to 9999, without leap seconds; "
	"they are answered in UTC.\n\n"
	"**Changes** (PUT and PATCH alike) merge: an absent member keeps its value, `null` clears "
	"one that may be null. Send the `version` or the ETag (`If-Match`) that you know, and a "
	"change that would undo somebody else's is refused with the resource as it is.\n\n"
	"**Lists** come in pages: go on with `cursor=` and the `next_cursor` of the page "
	"before.\n\n"
	"**Errors** all have one form, with a stable word in `error` to branch on; with `Accept: "
	"application/problem+json` it is that of RFC 9457. Methods that a path has not are "
	"refused with 405 `method_not_allowed`.";

static void put_info(struct json *json, const char *version)
{
	json_text(json, "openapi", "3.1.0");
	json_open(json, "info", '{');
	json_text(json, "title", "Daybook");
	json_text(json, "summary", "A self-hosted backend for a person's day.");
	json_text(json, "description", about);
	json_text(json, "version", version);
	json_close(json, '}');
	json_open(json, "servers", '[');
	json_open(json, NULL, '{');
	json_text(json, "url", "/");
	json_text(json, "description", "This server");
	json_close(json, '}');
	json_close(json, ']');
	json_open(json, "security", '[');
	json_open(json, NULL, '{');
	json_open(json, "bearer", '[');
	json_close(json, ']');
	json_close(json, '}');
	json_close(json, ']');
}

struct tags {
	struct json *json;
	const struct resource *last; /* the one whose endpoints are being visited */
};

/* The endpoints of a resource follow one another, and one resource of a name describes it. */
static void put_tag(const struct endpoint *endpoint, void *context)
{
	struct tags *tags = context;
	const struct resource *resource = endpoint->resource;

	if (resource == tags->last || !resource->doc)
		return;
	tags->last = resource;
	json_open(tags->json, NULL, '{');
	json_text(tags->json, "name", resource->name);
	json_text(tags->json, "description", resource->doc);
	json_close(tags->json, '}');
}

static void put_security(struct json *json)
{
	json_open(json, "securitySchemes", '{');
	json_open(json, "bearer", '{');
	json_text(json, "type", "http");
	json_text(json, "scheme", "bearer");
	json_text(json, "bearerFormat", "JWT");
	json_text(json, "description", "The `access_token` of a login.");
	json_close(json, '}');
	json_close(json, '}');
}

/* What was referred to comes last: each part may refer to what the next ones hold. */
static void put_components(struct document *doc)
{
	json_open(&doc->json, "components", '{');
	put_security(&doc->json);
	paths_put_parameters(doc);
	header_put_all(doc);
	forms_put_all(doc);
	schema_put_all(doc);
	example_put_all(doc);
	json_close(&doc->json, '}');
}

void openapi_write(const struct router *router, const char *version, struct buf *out)
{
	struct arena *arena = arena_new(1 << 16);
	struct document *doc = arena_alloc(arena, sizeof *doc);
	struct tags tags = { .json = &doc->json };

	*doc = (struct document){ .json = { out }, .arena = arena };
	json_open(&doc->json, NULL, '{');
	put_info(&doc->json, version);
	json_open(&doc->json, "tags", '[');
	router_each(router, put_tag, &tags);
	json_close(&doc->json, ']');
	paths_put(doc, router);
	put_components(doc);
	json_close(&doc->json, '}');
	arena_free(arena);
}
