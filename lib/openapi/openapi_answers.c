#include "openapi/openapi_answers.h"
#include "base/json.h"

#include <string.h>

static const struct field error_detail_fields[] = {
	ANSWER("field", KIND_TEXT, .doc = "The member or parameter that is wrong."),
	ANSWER("message", KIND_TEXT, .doc = "What is wrong with it."),
};

static const struct shape error_detail = ANSWER_SHAPE("ErrorDetail", error_detail_fields);

#define ERROR_FIELDS                                                                               \
	ANSWER("error", KIND_TEXT, .doc = "A stable word to branch on."),                          \
		ANSWER("code", KIND_INTEGER, .min = 400, .max = 599, .doc = "The HTTP status."),   \
		ANSWER("message", KIND_TEXT, .doc = "One sentence for a person."),                 \
		ANSWER("details", KIND_OBJECTS, .shape = &error_detail,                            \
		       .doc = "All wrong fields at once."),                                        \
		ANSWER("request_id", KIND_TEXT, .doc = "What the log knows this request by.")

static const struct field error_fields[] = {
	ERROR_FIELDS,
};
static const struct field stale_fields[] = {
	ERROR_FIELDS,
	ANSWER("current", KIND_OBJECT, .doc = "The resource as it is now."),
};

static const struct shape error = ANSWER_SHAPE("Error", error_fields);
static const struct shape stale = ANSWER_SHAPE("Stale", stale_fields);

static const struct {
	const char *name, *schema, *doc;
} headers[] = {
	{ "X-Request-Id", "\"type\":\"string\"", "What the log knows this request by." },
	{ "ETag", "\"type\":\"string\",\"pattern\":\"^\\\".+\\\"$\"",
	  "What to send as If-Match or If-None-Match." },
	{ "Location", "\"type\":\"string\"", "The path of what was made." },
	{ "Idempotency-Replayed", "\"const\":\"true\"",
	  "The answer to the first request with this Idempotency-Key, again." },
	{ "Retry-After", "\"type\":\"integer\",\"minimum\":1", "Seconds to wait." },
	{ "WWW-Authenticate", "\"type\":\"string\"", "Why the token was refused (RFC 6750)." },
};

/* The forms of refusals, by status; the first one that fits. That of RFC 9457 is told in words: as
 * a second media type it would make every error of a typed client a union. */
static const struct response {
	const char *name;
	int statuses[2];
	const char *header, *doc;
	const struct shape *shape;
} responses[] = {
	{ "Unauthorized", { 401 }, "WWW-Authenticate", "No valid token.", &error },
	{ "Stale", { 412 }, "ETag", "The resource has changed since.", &stale },
	{ "Later", { 429, 503 }, "Retry-After", "Not now.", &error },
	{ "Error", { 0 }, NULL, "Any other refusal.", &error },
};

enum { RESPONSES = sizeof responses / sizeof responses[0] };

static const struct field *find_version(const struct shape *shape)
{
	const struct field *field = shape ? field_find(shape, "version") : NULL;

	return field && field->kind == KIND_INTEGER ? field : NULL;
}

bool answers_etag(const struct route *route)
{
	return route->digested || (find_version(route->answer) && !route->list);
}

/* Whether the body of a change names the version that it changes. */
static bool takes_version(const struct route *route)
{
	return find_version(route->body) && !route->creates;
}

/* What takes `version` in its body takes If-Match too; so does the deletion of what has an ETag. */
bool takes_if_match(const struct operation *operation)
{
	const struct route *route = operation->route;

	return takes_version(route) ||
	       (route->methods == DELETE && operation->reader && answers_etag(operation->reader));
}

/* Whether the client may choose the id of what it makes. */
static bool takes_id(const struct route *route)
{
	const struct field *id = route->body ? field_find(route->body, "id") : NULL;

	return id && id->access == ON_CREATE && route->creates;
}

static bool is_own_refusal(const struct route *route, enum err err)
{
	for (size_t i = 0; i < ROUTE_MAX_REFUSALS; i++)
		if (route->refusals[i] == err)
			return true;
	return false;
}

static bool may_refuse(const struct operation *operation, enum err err)
{
	const struct route *route = operation->route;

	if (is_own_refusal(route, err))
		return true;
	switch (err) {
	case ERR_BAD_REQUEST:
	case ERR_VALIDATION: /* an unknown parameter is one, too */
	case ERR_TOO_MANY_REQUESTS:
	case ERR_UNAVAILABLE:
	case ERR_TIMEOUT:
		return true;
	case ERR_INVALID_JSON:
	case ERR_PAYLOAD_TOO_LARGE:
	case ERR_UNSUPPORTED_MEDIA_TYPE:
		return route->body;
	case ERR_INVALID_CURSOR:
		return route->list && !route->unpaged;
	case ERR_UNAUTHORIZED:
	case ERR_TOKEN_EXPIRED:
	case ERR_SESSION_REVOKED:
		return route->audience != ANYBODY;
	case ERR_FORBIDDEN:
		return route->own_session || strstr(operation->path, "id}");
	case ERR_NOT_FOUND:
		return strchr(operation->path, '{');
	case ERR_ID_TAKEN:
		return takes_id(route);
	case ERR_VERSION_CONFLICT:
		return takes_version(route);
	case ERR_PRECONDITION_FAILED:
		return takes_if_match(operation);
	case ERR_IDEMPOTENCY_IN_FLIGHT:
	case ERR_IDEMPOTENCY_MISMATCH:
		return route_is_idempotent(route);
	default:
		return false;
	}
}

static const struct response *find_response(int status)
{
	const struct response *found = responses;

	while (found->statuses[0] != 0 && found->statuses[0] != status &&
	       found->statuses[1] != status)
		found++;
	return found;
}

static void put_refusal(struct buf *out, struct schemas *schemas, const struct route *route,
			int status, const struct buf *words)
{
	buf_printf(out, ",\"%d\":{\"description\":", status);
	json_put_string(out, words->data, words->len);
	if (status == 503 && route->unready)
		buf_printf(out,
			   ",\"headers\":{\"Retry-After\":{\"$ref\":\"#/components/headers/"
			   "Retry-After\"}},"
			   "\"content\":{\"application/json\":{\"schema\":{\"anyOf\":["
			   "{\"$ref\":\"#/components/schemas/%s\"},"
			   "{\"$ref\":\"#/components/schemas/Error\"}]}}}",
			   schemas_add_answer(schemas, route));
	else
		buf_printf(out, ",\"$ref\":\"#/components/responses/%s\"",
			   find_response(status)->name);
	buf_putc(out, '}');
}

/* One response a status, described by the words that it may bring; the table of errors is in the
 * order of their statuses. */
static void put_refusals(struct buf *out, struct schemas *schemas,
			 const struct operation *operation)
{
	struct buf words = { 0 };

	for (int err = OK + 1; err < ERR_COUNT; err++) {
		if (may_refuse(operation, (enum err)err)) {
			const struct err_info *info = err_info((enum err)err);
			buf_printf(&words, "%s`%s`: %s", words.len > 0 ? "; " : "", info->word,
				   info->sentence);
		}
		int status = err_info((enum err)err)->status;
		if (err + 1 < ERR_COUNT && err_info((enum err)(err + 1))->status == status)
			continue;
		if (words.len > 0)
			put_refusal(out, schemas, operation->route, status, &words);
		buf_clear(&words);
	}
	buf_puts(out, ",\"default\":{\"$ref\":\"#/components/responses/Error\"}");
	buf_free(&words);
}

static void put_header(struct buf *out, const char *name)
{
	buf_printf(out, ",\"%s\":{\"$ref\":\"#/components/headers/%s\"}", name, name);
}

static void put_success(struct buf *out, struct schemas *schemas, const struct route *route,
			int status, const char *description)
{
	buf_printf(out,
		   "\"%d\":{\"description\":\"%s\",\"headers\":{\"X-Request-Id\":"
		   "{\"$ref\":\"#/components/headers/X-Request-Id\"}",
		   status, description);
	if (answers_etag(route))
		put_header(out, "ETag");
	if (status == 201)
		put_header(out, "Location");
	if (route_is_idempotent(route))
		put_header(out, "Idempotency-Replayed");
	buf_putc(out, '}');
	if (route->media_type)
		buf_printf(out, ",\"content\":{\"%s\":{\"schema\":{\"type\":\"%s\"}}}",
			   route->media_type,
			   strstr(route->media_type, "json") ? "object" : "string");
	else if (route->answer && status != 304)
		buf_printf(out,
			   ",\"content\":{\"application/json\":{\"schema\":"
			   "{\"$ref\":\"#/components/schemas/%s\"}}}",
			   schemas_add_answer(schemas, route));
	buf_putc(out, '}');
}

void answers_put(struct buf *out, struct schemas *schemas, const struct operation *operation)
{
	const struct route *route = operation->route;
	int status = route_status(route);

	buf_puts(out, "\"responses\":{");
	if (takes_id(route)) {
		put_success(out, schemas, route, 200, "It is there already, with this content.");
		buf_putc(out, ',');
	}
	put_success(out, schemas, route, status, status == 204 ? "Done." : "Success.");
	if (route->methods == GET && answers_etag(route)) {
		buf_putc(out, ',');
		put_success(out, schemas, route, 304, "It still has the ETag of If-None-Match.");
	}
	put_refusals(out, schemas, operation);
	buf_putc(out, '}');
}

static void put_response(struct buf *out, struct schemas *schemas, const struct response *response)
{
	buf_printf(out,
		   "\"%s\":{\"description\":\"%s\",\"headers\":{\"X-Request-Id\":"
		   "{\"$ref\":\"#/components/headers/X-Request-Id\"}",
		   response->name, response->doc);
	if (response->header)
		put_header(out, response->header);
	buf_printf(out,
		   "},\"content\":{"
		   "\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/%s\"}}}}",
		   schemas_add_shape(schemas, response->shape));
}

void answers_put_shared(struct buf *out, struct schemas *schemas)
{
	buf_puts(out, "\"headers\":{");
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
		buf_printf(out, "%s\"%s\":{\"description\":\"%s\",\"schema\":{%s}}",
			   i > 0 ? "," : "", headers[i].name, headers[i].doc, headers[i].schema);
	buf_puts(out, "},\"responses\":{");
	for (size_t i = 0; i < RESPONSES; i++) {
		if (i > 0)
			buf_putc(out, ',');
		put_response(out, schemas, &responses[i]);
	}
	buf_puts(out, "},");
}
