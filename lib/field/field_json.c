/* field_json.c -- the members of a JSON body, read into a table's struct. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "field/field.h"
#include "field/field_check.h"

/* The text of a JSON string. */
static bool read_text(struct json_object *value, const char *name, const char **out,
		      struct faults *faults)
{
	if (!json_object_is_type(value, json_type_string))
		return field_refuse(
			faults, name,
			(struct fault){ FAULT_TYPE, "must be a text", .type = "string" });
	*out = json_object_get_string(value);
	if (strlen(*out) < (size_t)json_object_get_string_len(value))
		return field_refuse(faults, name, (struct fault){ FAULT_CHARACTER });
	return true;
}

static bool read_item(const struct field *field, size_t index, struct json_object *value,
		      const char **out, struct faults *faults)
{
	const char *name = arena_printf(faults->arena, "%s[%zu]", field->name, index);
	const char *text = NULL;

	return read_text(value, name, &text, faults) &&
	       field_check_text(field, name, text, out, faults);
}

/* Refuses each element that an earlier one repeats, in whatever case. */
static bool check_distinct(const struct field *field, const char *const *items, size_t count,
			   struct faults *faults)
{
	bool distinct = true;

	for (size_t i = 0; i < count; i++) {
		size_t first = 0;
		while (strcasecmp(items[i], items[first]) != 0)
			first++;
		if (first == i)
			continue;
		distinct = field_refuse(
			faults, arena_printf(faults->arena, "%s[%zu]", field->name, i),
			(struct fault){
				FAULT_REPEATED,
				arena_printf(faults->arena, "is the same as element %zu", first) });
	}
	return distinct;
}

static bool read_strings(const struct field *field, struct json_object *value, struct strings *out,
			 struct faults *faults)
{
	if (!json_object_is_type(value, json_type_array))
		return field_refuse_type(field, faults);
	size_t count = json_object_array_length(value);
	if (!field_check_count(field, count, faults))
		return false;
	const char **items = arena_alloc(faults->arena, (count + 1) * sizeof *items);
	bool right = true;
	for (size_t i = 0; i < count; i++)
		if (!read_item(field, i, json_object_array_get_idx(value, i), &items[i], faults))
			right = false;
	if (right && field->distinct)
		right = check_distinct(field, items, count, faults);
	if (right)
		*out = (struct strings){ items, count, true };
	return right;
}

static bool read_boolean(const struct field *field, struct json_object *value, struct boolean *out,
			 struct faults *faults)
{
	if (!json_object_is_type(value, json_type_boolean))
		return field_refuse_type(field, faults);
	*out = (struct boolean){ json_object_get_boolean(value), true };
	return true;
}

/* JSON knows only numbers: 5.0 is the whole number 5 (JSON Schema 2020-12, section 6.1.1). */
static bool read_double(const struct field *field, double number, struct integer *out,
			struct faults *faults)
{
	if (number != floor(number))
		return field_refuse_type(field, faults);
	if (!(fabs(number) < 9007199254740992.0))
		return field_refuse_range(field, faults);
	return field_check_integer(field, (int64_t)number, out, faults);
}

static bool read_integer(const struct field *field, struct json_object *value, struct integer *out,
			 struct faults *faults)
{
	if (json_object_is_type(value, json_type_double))
		return read_double(field, json_object_get_double(value), out, faults);
	if (!json_object_is_type(value, json_type_int))
		return field_refuse_type(field, faults);
	/* json-c keeps what is beyond its types as the last value of the type. */
	int64_t number = json_object_get_int64(value);
	if (number == INT64_MIN || json_object_get_uint64(value) > INT64_MAX)
		return field_refuse_range(field, faults);
	return field_check_integer(field, number, out, faults);
}

bool field_from_json(const struct field *field, struct json_object *value, void *in,
		     struct faults *faults)
{
	void *place = (char *)in + field->offset;
	const char *text = NULL;

	if (!value)
		return field->nullable ||
		       field_refuse(faults, field->name, (struct fault){ FAULT_NULL });
	switch (field->kind) {
	case KIND_BOOLEAN:
		return read_boolean(field, value, place, faults);
	case KIND_INTEGER:
		return read_integer(field, value, place, faults);
	case KIND_STRINGS:
		return read_strings(field, value, place, faults);
	default:
		return read_text(value, field->name, &text, faults) &&
		       field_check_form(field, text, place, faults);
	}
}
