/* body.c -- the body of a request: received once, scanned, parsed, and read into a struct. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json_scan.h"
#include "web/web.h"

enum { MAX_DEPTH = 32, DEFAULT_BODY_BYTES = 1 << 20 };

/* Whether a media type is JSON in UTF-8 (RFC 8259 section 11; parameters RFC 9110 section 8.3). */
static bool is_json(const char *type)
{
	size_t len = type ? strcspn(type, "; \t") : 0;

	if (len != strlen("application/json") || strncasecmp(type, "application/json", len) != 0)
		return false;
	type += len + strspn(type + len, " \t");
	if (*type && *type != ';')
		return false;
	const char *charset = strcasestr(type, "charset=");
	if (!charset)
		return true;
	charset += strlen("charset=");
	charset += *charset == '"';
	return strncasecmp(charset, "utf-8", 5) == 0 && strchr("\"; \t", charset[5]);
}

enum err receive_body(struct request *req)
{
	const char *header = request_header(req, "CONTENT_LENGTH");
	size_t max = req->route->max_body_bytes ? req->route->max_body_bytes : DEFAULT_BODY_BYTES;
	bool chunked = !header || !*header;
	size_t expected = chunked ? 0 : strtoul(header, NULL, 10);

	if (req->raw)
		return OK;
	if (expected > max)
		return refuse(req, ERR_PAYLOAD_TOO_LARGE, NULL, NULL);
	/* One byte more than may come, so that the end is read too: once it has an answer, the web
	 * server may never send the end. */
	size_t room = (chunked ? max : expected) + 1;
	req->raw = arena_alloc(req->arena, room + 1);
	req->raw_len = (size_t)FCGX_GetStr(req->raw, (int)room, req->in);
	req->received = req->raw_len < room;
	if (req->raw_len > max)
		return refuse(req, ERR_PAYLOAD_TOO_LARGE, NULL, NULL);
	if (FCGX_GetError(req->in) != 0 || (!chunked && req->raw_len != expected))
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

	TRY(receive_body(req));
	if (req->raw_len == 0 && req->route->optional_body)
		return OK;
	if (req->raw_len > 0 && !is_json(request_header(req, "CONTENT_TYPE")))
		return refuse(req, ERR_UNSUPPORTED_MEDIA_TYPE, NULL, NULL);
	if (!json_scan(req->raw, req->raw_len, MAX_DEPTH, &fault))
		return refuse(req, ERR_INVALID_JSON, NULL,
			      arena_printf(req->arena, "the body is not valid JSON: %s at byte %zu",
					   fault.reason, fault.offset));
	struct json_tokener *tokener = json_tokener_new_ex(MAX_DEPTH + 1);
	assert(tokener);
	req->json = json_tokener_parse_ex(tokener, req->raw, (int)req->raw_len + 1);
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

static size_t count_fields(const struct field *fields)
{
	size_t count = 0;

	while (fields[count].name)
		count++;
	return count;
}

static void read_objects(struct request *req, const struct field *field, const char *name,
			 struct json_object *list, struct objects *out);

/* Reads one member; `path` is its name from the root of the body. */
static void read_member(struct request *req, const struct field *field, const char *path,
			struct json_object *value, void *in, struct strings *sent)
{
	void *place = (char *)in + field->offset;

	if (field->kind == KIND_OBJECTS) {
		read_objects(req, field, path, value, place);
		return;
	}
	const char *fault = field_from_json(req->arena, field, value, in);
	if (fault)
		add_fault(req, path, fault);
	else if (field->access == LOCK)
		req->version = *(struct integer *)place;
	else
		sent->items[sent->count++] = field->name;
}

/* Reads the members of an object, at `prefix` in the body, into the struct of the shape; `whole`
 * means that required members must be there. */
static void read_object(struct request *req, const struct shape *shape, const char *prefix,
			struct json_object *object, bool whole, void *in, struct strings *sent)
{
	unsigned faults = req->fault_count;
	const char *blamed = NULL;

	sent->items = arena_alloc(req->arena, count_fields(shape->fields) * sizeof *sent->items);
	sent->set = true;
	json_object_object_foreach(object, name, value)
	{
		const struct field *field = field_find(shape->fields, name);
		const char *path = arena_printf(req->arena, "%s%s", prefix, name);
		if (!field)
			add_fault(req, path, "is not known here");
		else if (is_taken(req, field))
			read_member(req, field, path, value, in, sent);
	}
	for (const struct field *field = shape->fields; whole && field->name; field++)
		if (field->required && !json_object_object_get_ex(object, field->name, NULL))
			add_fault(req, arena_printf(req->arena, "%s%s", prefix, field->name),
				  "is required");
	if (!shape->fault || req->fault_count > faults)
		return;
	const char *fault = shape->fault(in, sent, &blamed);
	if (fault)
		add_fault(req, arena_printf(req->arena, "%s%s", prefix, blamed), fault);
}

/* The members that came, as an object in canonical form. */
static void put_object(struct buf *out, const struct shape *shape, const struct strings *sent,
		       const void *in)
{
	buf_putc(out, '{');
	for (size_t i = 0; i < sent->count; i++) {
		if (i > 0)
			buf_putc(out, ',');
		json_put_text(out, sent->items[i]);
		buf_putc(out, ':');
		field_put(out, field_find(shape->fields, sent->items[i]), in);
	}
	buf_putc(out, '}');
}

static void release_buf(void *buf)
{
	buf_free(buf);
}

static void read_objects(struct request *req, const struct field *field, const char *name,
			 struct json_object *list, struct objects *out)
{
	size_t count =
		json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
	struct buf *text = arena_alloc(req->arena, sizeof *text);
	const void **items = arena_alloc(req->arena, (count + 1) * sizeof *items);

	if (count == 0 || count > (size_t)field->max_items) {
		add_fault(req, name, field_rule(req->arena, field));
		return;
	}
	arena_defer(req->arena, release_buf, text);
	for (size_t i = 0; i < count; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		const char *path = arena_printf(req->arena, "%s[%zu]", name, i);
		struct strings sent = { 0 };
		void *in = arena_alloc(req->arena, fields_size(field->shape->fields));
		items[i] = in;
		if (!json_object_is_type(item, json_type_object)) {
			add_fault(req, path, "must be an object");
			continue;
		}
		read_object(req, field->shape, arena_printf(req->arena, "%s.", path), item, true,
			    in, &sent);
		buf_putc(text, i == 0 ? '[' : ',');
		put_object(text, field->shape, &sent, in);
	}
	buf_put(text, "]", 2);
	*out = (struct objects){ text->data, items, count, true };
}

enum err read_body(struct request *req, void *in)
{
	TRY(read_if_match(req));
	TRY(parse_body(req));
	req->bound = in;
	if (req->json)
		read_object(req, req->route->body, "", req->json, !req->route->merge, in,
			    &req->sent);
	return check_faults(req);
}
