#include "web/body.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_scan.h"
#include "base/json_tree.h"
#include "base/url.h"
#include "field/field_check.h"
#include "web/media_type.h"
#include "web/refuse.h"

enum err body_check(struct request *req)
{
	const char *length = request_header(req, "CONTENT_LENGTH");
	bool chunked = !length || !*length;
	size_t max = req->route->max_body_bytes ? req->route->max_body_bytes : ROUTE_BODY_BYTES;

	if (req->in.body_len > max || (!chunked && strtoul(length, NULL, 10) > max))
		return refuse(req, ERR_PAYLOAD_TOO_LARGE);
	if (!chunked && strtoul(length, NULL, 10) != req->in.body_len)
		return refuse_saying(req, ERR_BAD_REQUEST, "the body ended too early");
	return OK;
}

static void release_json(void *object)
{
	json_object_put(object);
}

struct json_object *body_parse(struct arena *arena, const char *text, size_t len)
{
	struct json_object *value = json_tree(text, len);

	arena_defer(arena, release_json, value);
	return value;
}

/* A member whose name has U+0000 is one that we do not know; it is named as it was written. */
static enum err refuse_scanned(struct request *req, const struct json_fault *fault)
{
	if (!fault->nul_name)
		return refuse_saying(req, ERR_INVALID_JSON,
				     arena_printf(req->arena,
						  "the body is not valid JSON: %s at byte %zu",
						  fault->reason, fault->offset));
	const char *name = req->in.body + fault->offset, *end = name;
	while (name[-1] != '"' || name[-2] == '\\')
		name--;
	while (*end != '"')
		end += 1 + (*end == '\\');
	return refuse_field(req, ERR_VALIDATION, arena_copy(req->arena, name, (size_t)(end - name)),
			    (struct fault){ FAULT_UNKNOWN });
}

/* The body of a form as an object whose members are texts; of a name that comes twice the last. */
static enum err parse_form(struct request *req)
{
	struct query_pair pairs[QUERY_MAX_PAIRS];
	size_t count;

	if (!media_type_is_form(request_header(req, "CONTENT_TYPE")))
		return refuse(req, ERR_UNSUPPORTED_MEDIA_TYPE);
	if (!query_split(req->arena, req->in.body, pairs, &count))
		return refuse(req, ERR_BAD_REQUEST);
	req->body.json = json_object_new_object();
	arena_defer(req->arena, release_json, req->body.json);
	for (size_t i = 0; i < count; i++)
		if (pairs[i].value)
			json_object_object_add(req->body.json, pairs[i].name,
					       json_object_new_string(pairs[i].value));
		else
			fault_add(&req->faults, pairs[i].name, (struct fault){ FAULT_ENCODING });
	return OK;
}

/* The body as a JSON object; req->body.json stays NULL when a body is optional and absent. */
static enum err parse_body(struct request *req)
{
	struct json_fault fault;

	if (req->body.json)
		return OK; /* the handler runs again after a conflict of transactions */
	TRY(body_check(req));
	if (req->in.body_len == 0 && req->route->optional_body)
		return OK;
	if (req->route->page)
		return parse_form(req);
	if (req->in.body_len > 0 && !media_type_is_json(request_header(req, "CONTENT_TYPE")))
		return refuse(req, ERR_UNSUPPORTED_MEDIA_TYPE);
	if (!json_scan(req->in.body, req->in.body_len, BODY_MAX_DEPTH, &fault))
		return refuse_scanned(req, &fault);
	req->body.json = body_parse(req->arena, req->in.body, req->in.body_len);
	if (!json_object_is_type(req->body.json, json_type_object))
		return refuse_saying(req, ERR_VALIDATION, "the body must be a JSON object");
	return OK;
}

/* Whether a request takes this member; the others are accepted and ignored. */
static bool is_taken(const struct request *req, const struct field *field)
{
	if (req->route->imports)
		return field->access != ACCESS_READ_ONLY;
	switch (field->access) {
	case ACCESS_KEPT:
	case ACCESS_READ_ONLY:
		return false;
	case ACCESS_ON_CREATE:
		return req->route->creates;
	case ACCESS_LOCK:
		return !req->route->creates;
	default:
		return true;
	}
}

static void read_objects(struct request *req, const struct field *field, struct json_object *list,
			 struct objects *out);

static void read_members(struct request *req, const struct shape *shape, struct json_object *object,
			 bool whole, void *in, struct strings *sent);

/* An object within an object. Its members have come as `outer.inner`, and are merged one by one. */
static void read_inner(struct request *req, const struct field *field, struct json_object *value,
		       void *in, struct strings *sent)
{
	const char *before = req->faults.prefix;
	size_t first = sent->count;

	if (!json_object_is_type(value, json_type_object)) {
		if (value || !field->nullable)
			field_refuse_type(field, &req->faults);
		return;
	}
	req->faults.prefix = arena_printf(req->arena, "%s%s.", before ? before : "", field->name);
	read_members(req, field->shape, value, false, in, sent);
	req->faults.prefix = before;
	for (size_t i = first; i < sent->count; i++)
		sent->items[i] = arena_printf(req->arena, "%s.%s", field->name, sent->items[i]);
}

static void read_member(struct request *req, const struct field *field, struct json_object *value,
			void *in, struct strings *sent)
{
	void *place = (char *)in + field->offset;

	if (field->kind == KIND_OBJECTS)
		read_objects(req, field, value, place);
	else if (field->kind == KIND_OBJECT)
		read_inner(req, field, value, place, sent);
	else if (!field_from_json(field, value, in, &req->faults))
		return;
	else if (field->access == ACCESS_LOCK && !req->route->imports)
		req->when.version = *(struct integer *)place;
	else
		sent->items[sent->count++] = field->name;
}

static bool is_needed(const struct request *req, const struct field *field)
{
	return field->required || (req->route->imports && field->access == ACCESS_ON_CREATE);
}

/* Reads the members of an object into the struct of the shape; `whole` means that required members
 * must be there. */
static void read_members(struct request *req, const struct shape *shape, struct json_object *object,
			 bool whole, void *in, struct strings *sent)
{
	struct faults *faults = &req->faults;
	unsigned before = faults->count;

	json_object_object_foreach(object, name, value)
	{
		const struct field *field = field_find(shape, name);
		if (!field)
			fault_add(faults, name, (struct fault){ FAULT_UNKNOWN });
		else if (is_taken(req, field))
			read_member(req, field, value, in, sent);
	}
	EACH_FIELD(field, shape)
	if (whole && is_needed(req, field) && !json_object_object_get_ex(object, field->name, NULL))
		fault_add(faults, field->name, (struct fault){ FAULT_REQUIRED });
	if (shape->check && faults->count == before)
		shape->check(in, sent, faults);
}

/* How many names its members can have, those of objects within it included. */
static size_t count_names(const struct shape *shape)
{
	size_t count = shape->count;

	EACH_FIELD(field, shape)
	if (field->kind == KIND_OBJECT && field->shape)
		count += count_names(field->shape);
	return count;
}

static void read_object(struct request *req, const struct shape *shape, struct json_object *object,
			bool whole, void *in, struct strings *sent)
{
	const char **names = arena_alloc(req->arena, count_names(shape) * sizeof *names);

	*sent = (struct strings){ names, 0, true };
	read_members(req, shape, object, whole, in, sent);
}

/* The members that came, as an object in canonical form. */
static void put_object(struct buf *out, const struct shape *shape, const struct strings *sent,
		       const void *in)
{
	struct json json = { out };

	json_open(&json, NULL, '{');
	for (size_t i = 0; i < sent->count; i++) {
		json_value(&json, sent->items[i]);
		field_put(out, field_find(shape, sent->items[i]), in);
	}
	json_close(&json, '}');
}

static void release_buf(void *buf)
{
	buf_free(buf);
}

const void *body_read_item(struct request *req, const struct field *field, size_t index,
			   struct json_object *item, struct buf *text)
{
	const char *name = arena_printf(req->arena, "%s[%zu]", field->name, index);
	void *in = arena_alloc(req->arena, field->shape->size);
	struct strings sent = { 0 };

	if (!json_object_is_type(item, json_type_object)) {
		fault_add(&req->faults, name,
			  (struct fault){ FAULT_TYPE, "must be an object", .type = "object" });
		return in;
	}
	req->faults.prefix = arena_printf(req->arena, "%s.", name);
	read_object(req, field->shape, item, true, in, &sent);
	req->faults.prefix = NULL;
	put_object(text, field->shape, &sent, in);
	return in;
}

static void read_objects(struct request *req, const struct field *field, struct json_object *list,
			 struct objects *out)
{
	if (!json_object_is_type(list, json_type_array)) {
		field_refuse_type(field, &req->faults);
		return;
	}
	size_t count = json_object_array_length(list);
	if (!field_check_count(field, count, &req->faults))
		return;
	struct buf *text = arena_alloc(req->arena, sizeof *text);
	const void **items = arena_alloc(req->arena, (count + 1) * sizeof *items);
	arena_defer(req->arena, release_buf, text);
	for (size_t i = 0; i < count; i++) {
		buf_putc(text, i == 0 ? '[' : ',');
		items[i] = body_read_item(req, field, i, json_object_array_get_idx(list, i), text);
	}
	buf_put(text, "]", 2);
	*out = (struct objects){ text->data, items, count, true };
}

static void put_presets(struct request *req, void *in)
{
	EACH_FIELD(field, req->route->body)
	if (field->preset)
		field_put_preset(req->arena, field, in);
}

enum err body_note_sized(struct request *req, void *in, size_t size)
{
	assert(size == req->route->body->size);
	TRY(parse_body(req));
	req->body.bound = in;
	if (!req->route->merge)
		put_presets(req, in);
	if (req->body.json)
		read_object(req, req->route->body, req->body.json, !req->route->merge, in,
			    &req->body.sent);
	return OK;
}

enum err body_read_sized(struct request *req, void *in, size_t size)
{
	TRY(body_note_sized(req, in, size));
	return refuse_faults(req);
}

bool body_has(const struct request *req, const char *name)
{
	return strings_have(&req->body.sent, name);
}
