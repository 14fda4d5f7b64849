#include "web/intake.h"

#include <assert.h>
#include <json-c/json.h>
#include <string.h>

#include "base/json_parts.h"
#include "field/field_check.h"
#include "web/body.h"
#include "web/id_set.h"
#include "web/media_type.h"
#include "web/refuse.h"
#include "web/spool.h"

enum {
	MAX_MEMBERS = 32,
	MAX_ELEMENTS = 500000,
	MAX_ELEMENT_BYTES = 2 << 20,
	MAX_VERSION = 1000000000, /* the database counts on from there */
	PORTION_ELEMENTS = 500,
	PORTION_BYTES = 1 << 20,
	ARENA_BYTES = 16384,
};

struct intake {
	struct request *req;
	const struct shape *shape;
	struct json_parts parts;
	size_t elements;	     /* of all lists */
	bool seen[MAX_MEMBERS];	     /* by the place of its field */
	size_t offsets[MAX_MEMBERS]; /* where a list begins; 0: there is none */
	const struct field *list;    /* that is being read */
	bool has_more;		     /* of its elements, perhaps */
	size_t index;		     /* of its next element */
	struct id_set ids;	     /* of its elements */
	struct request element;	     /* whose arena ends with each element */
	struct buf rows;
};

static void intake_free(void *object)
{
	struct intake *intake = object;

	json_parts_free(&intake->parts);
	id_set_free(&intake->ids);
	arena_free(intake->element.arena);
	buf_free(&intake->rows);
}

static size_t read_spool(const void *spool, size_t offset, char *out, size_t room)
{
	return spool_read(spool, offset, out, room);
}

/* The body in a file. One that came under another spelling of the path is in memory, and small. */
static enum err find_spool(struct request *req, struct spool **out)
{
	TRY(body_check(req));
	if (!media_type_is_json(request_header(req, "CONTENT_TYPE")) && req->in.body_len > 0)
		return refuse(req, ERR_UNSUPPORTED_MEDIA_TYPE);
	*out = req->in.spool ? req->in.spool : spool_open(req->arena);
	if (!*out || (!req->in.spool && !spool_append(*out, req->in.body, req->in.body_len)))
		return refuse(req, ERR_UNAVAILABLE);
	return OK;
}

static struct intake *intake_new(struct request *req, const struct spool *spool)
{
	struct intake *intake = arena_alloc(req->arena, sizeof *intake);

	assert(req->route->body->count <= MAX_MEMBERS);
	*intake = (struct intake){ .req = req,
				   .shape = req->route->body,
				   .parts = { .read = read_spool,
					      .source = spool,
					      .max_part_bytes = MAX_ELEMENT_BYTES,
					      .max_depth = BODY_MAX_DEPTH - 2 },
				   .element = *req };
	intake->element.arena = arena_new(ARENA_BYTES);
	arena_defer(req->arena, intake_free, intake);
	return intake;
}

/* What was taken for one element goes; what is wrong with it stays. */
static void end_element(struct intake *intake)
{
	fault_copy_all(&intake->req->faults, &intake->element.faults);
	arena_reset(intake->element.arena);
	intake->element.faults = (struct faults){ intake->element.arena };
}

static bool is_full(const struct intake *intake)
{
	return intake->req->faults.count >= INTAKE_MAX_FAULTS;
}

static const char *element_name(struct intake *intake, const char *list, size_t index)
{
	return arena_printf(intake->req->arena, "%s[%zu]", list, index);
}

/* A list that is passed by for now: its elements are whole values. */
static bool pass_list(struct intake *intake, const char *name)
{
	struct json_parts *parts = &intake->parts;
	const char *text;
	size_t len;

	if (!json_parts_enter(parts, '['))
		return false;
	for (size_t i = 0; json_parts_more(parts, ']'); i++) {
		if (!json_parts_value(parts, &text, &len) && parts->fault.nul_name)
			fault_add(&intake->req->faults, element_name(intake, name, i),
				  (struct fault){ FAULT_CHARACTER });
		intake->elements++;
	}
	return !parts->fault.reason;
}

/* A member that is no list. */
static bool read_value(struct intake *intake, const struct field *field, void *in)
{
	struct faults *faults = &intake->req->faults;
	const char *text;
	size_t len;

	if (!json_parts_value(&intake->parts, &text, &len))
		return false;
	if (!field || field->access == ACCESS_READ_ONLY)
		return true;
	struct json_object *value = body_parse(intake->req->arena, text, len);
	if (field->kind != KIND_OBJECTS)
		field_from_json(field, value, in, faults);
	else if (value)
		field_refuse_type(field, faults);
	else
		field_refuse(faults, field->name, (struct fault){ FAULT_NULL });
	return true;
}

/* The field of the member whose name comes next; unknown ones, and those that come again, are
 * noted. */
static bool read_name(struct intake *intake, const char **name, const struct field **out)
{
	struct faults *faults = &intake->req->faults;
	const char *text;
	size_t len;

	if (!json_parts_name(&intake->parts, &text, &len))
		return false;
	struct json_object *parsed = body_parse(intake->req->arena, text, len);
	*name = json_object_get_string(parsed);
	bool whole = strlen(*name) == (size_t)json_object_get_string_len(parsed);
	*out = whole ? field_find(intake->shape, *name) : NULL;
	bool *seen = *out ? &intake->seen[*out - intake->shape->fields] : NULL;
	if (!seen || *seen)
		fault_add(faults, *name, (struct fault){ seen ? FAULT_REPEATED : FAULT_UNKNOWN });
	if (seen)
		*seen = true;
	return true;
}

static bool read_member(struct intake *intake, void *in)
{
	const struct field *field;
	const char *name;

	if (!read_name(intake, &name, &field))
		return false;
	bool is_list = json_parts_peek(&intake->parts) == '[';
	if (!is_list || (field && field->kind != KIND_OBJECTS))
		return read_value(intake, field, in);
	if (field)
		intake->offsets[field - intake->shape->fields] = intake->parts.at;
	return pass_list(intake, name);
}

/* Reads all of the text once. */
static bool read_text(struct intake *intake, void *in)
{
	struct json_parts *parts = &intake->parts;

	if (!json_parts_enter(parts, '{'))
		return false;
	while (json_parts_more(parts, '}') && !is_full(intake) && intake->elements <= MAX_ELEMENTS)
		if (!read_member(intake, in))
			return false;
	return json_parts_end(parts) || is_full(intake) || intake->elements > MAX_ELEMENTS;
}

/* Whether the text is JSON, but no object. */
static bool is_other_value(struct intake *intake)
{
	const char *text;
	size_t len;

	return json_parts_peek(&intake->parts) != '{' &&
	       json_parts_value(&intake->parts, &text, &len) && json_parts_end(&intake->parts);
}

static enum err refuse_text(struct request *req, const struct json_fault *fault)
{
	if (fault->nul_name)
		return refuse_noted(req, ERR_VALIDATION);
	return refuse_saying(req, ERR_INVALID_JSON,
			     arena_printf(req->arena, "the body is not valid JSON: %s at byte %zu",
					  fault->reason, fault->offset));
}

enum err intake_open_sized(struct request *req, void *in, size_t size, struct intake **out)
{
	struct spool *spool = NULL;

	assert(size == req->route->body->size);
	TRY(find_spool(req, &spool));
	struct intake *intake = *out = intake_new(req, spool);
	end_element(intake);
	if (is_other_value(intake))
		return refuse_saying(req, ERR_VALIDATION, "the body must be a JSON object");
	if (!intake->parts.fault.reason)
		read_text(intake, in);
	if (intake->elements > MAX_ELEMENTS)
		return refuse_saying(req, ERR_PAYLOAD_TOO_LARGE,
				     "the body has more than 500000 elements");
	if (intake->parts.fault.reason)
		return refuse_text(req, &intake->parts.fault);
	EACH_FIELD(field, intake->shape)
	if (field->required && !intake->seen[field - intake->shape->fields])
		fault_add(&req->faults, field->name, (struct fault){ FAULT_REQUIRED });
	return OK;
}

void intake_begin(struct intake *intake, const char *list)
{
	const struct field *field = field_find(intake->shape, list);

	assert(field && field->kind == KIND_OBJECTS);
	size_t offset = intake->offsets[field - intake->shape->fields];
	intake->list = field;
	intake->index = 0;
	id_set_free(&intake->ids);
	intake->parts.at = offset;
	intake->has_more = offset > 0 && json_parts_enter(&intake->parts, '[');
}

/* What no table tells of an element: its id comes once, and its version leaves room. */
static void check_element(struct intake *intake, size_t index, const void *in)
{
	const struct shape *shape = intake->list->shape;
	const struct field *id = field_find(shape, "id"), *version = field_find(shape, "version");
	const struct uuid *uuid = (const void *)((const char *)in + id->offset);
	const struct integer *number =
		version ? (const void *)((const char *)in + version->offset) : NULL;

	if (uuid->set && !id_set_add(&intake->ids, uuid))
		intake_refuse(intake, index, id->name, (struct fault){ FAULT_REPEATED });
	if (number && number->value > MAX_VERSION)
		intake_refuse(intake, index, version->name,
			      (struct fault){ FAULT_RANGE, "must be from 1 to 1000000000",
					      .min = "1", .max = "1000000000" });
}

/* Reads one element and appends it to the rows, if all of it is right. */
static void read_element(struct intake *intake, const char *text, size_t len)
{
	struct request *element = &intake->element;
	size_t before = intake->rows.len, index = intake->index++;
	unsigned faults = intake->req->faults.count;

	struct json_object *value = body_parse(element->arena, text, len);
	buf_putc(&intake->rows, before == 1 ? ' ' : ',');
	const void *in = body_read_item(element, intake->list, index, value, &intake->rows);
	check_element(intake, index, in);
	end_element(intake);
	if (intake->req->faults.count > faults)
		intake->rows.len = before;
}

bool intake_next(struct intake *intake, struct portion *out)
{
	const char *text;
	size_t len;

	*out = (struct portion){ .first = intake->index };
	buf_clear(&intake->rows);
	buf_putc(&intake->rows, '[');
	while (intake->has_more && !is_full(intake)) {
		if (!json_parts_more(&intake->parts, ']') ||
		    !json_parts_value(&intake->parts, &text, &len)) {
			intake->has_more = false;
			break;
		}
		read_element(intake, text, len);
		out->count++;
		if (out->count == PORTION_ELEMENTS || intake->rows.len > PORTION_BYTES)
			break;
	}
	buf_put(&intake->rows, "]", 2);
	out->json = intake->rows.data;
	return out->count > 0;
}

void intake_refuse(struct intake *intake, size_t index, const char *member, struct fault fault)
{
	struct request *req = intake->req;

	if (is_full(intake))
		return;
	fault_add(&req->faults,
		  arena_printf(req->arena, "%s[%zu].%s", intake->list->name, index, member), fault);
}
