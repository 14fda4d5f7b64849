/* request.c -- what a request brings: headers, body, query string, page. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cursor.h"
#include "json_scan.h"
#include "url.h"
#include "web.h"

enum { MAX_DEPTH = 32, DEFAULT_BODY_BYTES = 1 << 20, MAX_ETAGS = 16 };

const char *request_header(const struct request *req, const char *name)
{
	return FCGX_GetParam(name, req->env);
}

/* Whether a media type is JSON in UTF-8 (RFC 8259 section 11; parameters RFC 9110 section 8.3). */
static bool is_json(const char *type)
{
	size_t len = type ? strcspn(type, "; \t") : 0;

	if (len != strlen("application/json") || strncasecmp(type, "application/json", len) != 0)
		return false;
	const char *charset = strcasestr(type + len, "charset=");
	if (!charset)
		return true;
	charset += strlen("charset=");
	charset += *charset == '"';
	return strncasecmp(charset, "utf-8", 5) == 0 && strchr("\"; \t", charset[5]);
}

/* The body's bytes; `*len` stays 0 when there is none. */
static enum err receive(struct request *req, char **text, size_t *len)
{
	const char *header = request_header(req, "CONTENT_LENGTH");
	size_t max = req->route->max_body_bytes ? req->route->max_body_bytes : DEFAULT_BODY_BYTES;
	size_t expected = header && *header ? strtoul(header, NULL, 10) : 0;
	bool chunked = !header || !*header;

	*len = 0;
	if (expected > max)
		return refuse(req, ERR_PAYLOAD_TOO_LARGE, NULL, NULL);
	if (!chunked && expected == 0)
		return OK;
	size_t room = chunked ? max + 1 : expected;
	*text = arena_alloc(req->arena, room + 1);
	*len = (size_t)FCGX_GetStr(*text, (int)room, req->in);
	if (*len > max)
		return refuse(req, ERR_PAYLOAD_TOO_LARGE, NULL, NULL);
	if (FCGX_GetError(req->in) != 0 || (!chunked && *len != expected))
		return refuse(req, ERR_BAD_REQUEST, NULL, "the body ended too early");
	return OK;
}

static void release_json(void *object)
{
	json_object_put(object);
}

/* The body as a JSON object; req->json stays NULL when a body is optional and absent. */
static enum err parse_body(struct request *req)
{
	struct json_fault fault;
	char *text = NULL;
	size_t len;

	TRY(receive(req, &text, &len));
	if (len == 0 && req->route->optional_body)
		return OK;
	if (!is_json(request_header(req, "CONTENT_TYPE")))
		return refuse(req, ERR_UNSUPPORTED_MEDIA_TYPE, NULL, NULL);
	if (!json_scan(len > 0 ? text : "", len, MAX_DEPTH, &fault))
		return refuse(req, ERR_INVALID_JSON, NULL,
			      arena_printf(req->arena, "the body is not valid JSON: %s at byte %zu",
					   fault.reason, fault.offset));
	struct json_tokener *tokener = json_tokener_new_ex(MAX_DEPTH + 1);
	assert(tokener);
	req->json = json_tokener_parse_ex(tokener, text, (int)len + 1);
	json_tokener_free(tokener);
	arena_defer(req->arena, release_json, req->json);
	if (!json_object_is_type(req->json, json_type_object))
		return refuse(req, ERR_VALIDATION, NULL, "the body must be a JSON object");
	return OK;
}

/* Whether a change or creation takes this member; the others are accepted and ignored. */
static bool is_taken(const struct request *req, const struct field *field)
{
	switch (field->access) {
	case READ_ONLY:
		return false;
	case ON_CREATE:
		return req->route->status == 201;
	case LOCK:
		return req->route->status != 201;
	default:
		return true;
	}
}

static void read_member(struct request *req, const char *name, struct json_object *value, void *in)
{
	const struct field *field = field_find(req->route->body->fields, name);

	if (!field) {
		add_fault(req, name, "is not known here");
		return;
	}
	if (!is_taken(req, field))
		return;
	const char *fault = field_from_json(req->arena, field, value, in);
	if (fault)
		add_fault(req, name, fault);
	else if (field->access == LOCK)
		req->version = *(struct integer *)((char *)in + field->offset);
	else
		req->sent.items[req->sent.count++] = field->name;
}

/* If-Match (RFC 9110 section 13.1.1): `*`, or a list of entity tags. A weak one never matches. */
enum err read_if_match(struct request *req)
{
	const char *at = request_header(req, "HTTP_IF_MATCH");

	if (!at || strcmp(at, "*") == 0)
		return OK;
	req->if_match.items = arena_alloc(req->arena, MAX_ETAGS * sizeof *req->if_match.items);
	req->if_match.set = true;
	for (;;) {
		at += strspn(at, " \t");
		bool weak = strncmp(at, "W/", 2) == 0;
		at += weak ? 2 : 0;
		const char *end = *at == '"' ? strchr(at + 1, '"') : NULL;
		if (!end || req->if_match.count == MAX_ETAGS)
			return refuse(req, ERR_BAD_REQUEST, NULL, "If-Match is malformed");
		if (!weak)
			req->if_match.items[req->if_match.count++] =
				arena_copy(req->arena, at + 1, (size_t)(end - at - 1));
		at = end + 1 + strspn(end + 1, " \t");
		if (*at == '\0')
			return OK;
		if (*at++ != ',')
			return refuse(req, ERR_BAD_REQUEST, NULL, "If-Match is malformed");
	}
}

enum err read_body(struct request *req, void *in)
{
	size_t count = 0;

	TRY(read_if_match(req));
	TRY(parse_body(req));
	for (const struct field *field = req->route->body->fields; field->name; field++)
		count++;
	req->sent.items = arena_alloc(req->arena, (count + 1) * sizeof *req->sent.items);
	req->sent.set = true;
	req->bound = in;
	if (!req->json)
		return OK;
	json_object_object_foreach(req->json, name, value)
	{
		read_member(req, name, value, in);
	}
	for (const struct field *field = req->route->body->fields; field->name; field++) {
		if (field->required && !req->route->merge &&
		    !json_object_object_get_ex(req->json, field->name, NULL))
			add_fault(req, field->name, "is required");
	}
	return check_faults(req);
}

bool was_sent(const struct request *req, const char *name)
{
	for (size_t i = 0; i < req->sent.count; i++)
		if (strcmp(req->sent.items[i], name) == 0)
			return true;
	return false;
}

enum err read_query(struct request *req, void *filter)
{
	struct query_pair pairs[QUERY_MAX_PAIRS];
	const char *values[QUERY_MAX_PAIRS];
	static const struct field none[] = { FIELDS_END };
	const struct field *fields = req->route->query ? req->route->query : none;
	size_t count;

	if (!query_split(req->arena, req->query, pairs, &count))
		return refuse(req, ERR_BAD_REQUEST, NULL, "the query string is malformed");
	for (size_t i = 0; i < count; i++)
		if (!field_find(fields, pairs[i].name))
			add_fault(req, pairs[i].name, "is not a parameter here");
	for (const struct field *field = fields; field->name; field++) {
		size_t given = 0;
		for (size_t i = 0; i < count; i++)
			if (strcmp(pairs[i].name, field->name) == 0)
				values[given++] = pairs[i].value;
		const char *fault = NULL;
		if (given > 0)
			fault = field_from_query(req->arena, field, values, given, filter);
		else if (field->required)
			fault = "is required";
		if (fault)
			add_fault(req, field->name, fault);
	}
	return check_faults(req);
}

enum err read_page(struct request *req, void *filter, struct page *page)
{
	TRY(read_query(req, filter));
	if (page->cursor && page->offset.set)
		add_fault(req, "offset", "cannot be combined with cursor");
	TRY(check_faults(req));
	if (!page->limit.set)
		page->limit = (struct integer){ PAGE_LIMIT, true };
	if (!page->offset.set)
		page->offset = (struct integer){ 0, true };
	req->filter = filter;
	if (page->cursor && !cursor_read(req, page))
		return refuse(req, ERR_INVALID_CURSOR, "cursor",
			      "does not belong to this list with this filter and order");
	return OK;
}

struct integer page_rows(const struct page *page)
{
	return (struct integer){ page->limit.value + 1, true };
}
