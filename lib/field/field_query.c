/* field_query.c -- the parameters of a query string, read into a table's struct. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "field/field.h"
#include "field/field_check.h"

static bool read_boolean(const struct field *field, const char *value, struct boolean *out,
			 struct faults *faults)
{
	if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
		return field_refuse_type(field, faults);
	*out = (struct boolean){ value[0] == 't', true };
	return true;
}

/* Whether a text is a whole number as JSON has them: no sign but minus, no leading zeros. */
static bool is_integer(const char *text)
{
	text += text[0] == '-' && text[1] != '0';
	size_t digits = strspn(text, "0123456789");
	return digits > 0 && text[digits] == '\0' && (text[0] != '0' || digits == 1);
}

static bool read_integer(const struct field *field, const char *value, struct integer *out,
			 struct faults *faults)
{
	if (!is_integer(value))
		return field_refuse_type(field, faults);
	errno = 0;
	int64_t number = strtoll(value, NULL, 10);
	return errno == 0 ? field_check_integer(field, number, out, faults)
			  : field_refuse_range(field, faults);
}

/* Several values come by repetition, by commas, or both. */
static size_t count_items(const char *const *values, size_t count)
{
	size_t items = count;

	for (size_t i = 0; i < count; i++)
		for (const char *at = values[i]; (at = strchr(at, ',')); at++)
			items++;
	return items;
}

static bool read_strings(const struct field *field, const char *const *values, size_t count,
			 struct strings *out, struct faults *faults)
{
	size_t room = count_items(values, count), used = 0;

	if (!field_check_count(field, room, faults))
		return false;
	const char **items = arena_alloc(faults->arena, room * sizeof *items);
	for (size_t i = 0; i < count; i++) {
		char *rest = arena_copy(faults->arena, values[i], strlen(values[i])), *item;
		while ((item = strsep(&rest, ",")))
			if (!field_check_text(field, field->name, item, &items[used++], faults))
				return false;
	}
	*out = (struct strings){ items, used, true };
	return true;
}

static bool is_any_empty(const char *const *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (values[i][0] == '\0')
			return true;
	return false;
}

/* A time with the `+` of its offset: one that nobody escaped arrives as a space. */
static const char *restore_plus(struct arena *arena, const char *value)
{
	size_t len = strlen(value), sign = strlen("+02:00");

	if (len < sign || value[len - sign] != ' ')
		return value;
	char *copy = arena_copy(arena, value, len);
	copy[len - sign] = '+';
	return copy;
}

bool field_from_query(const struct field *field, const char *const *values, size_t count, void *in,
		      struct faults *faults)
{
	void *place = (char *)in + field->offset;

	if (is_any_empty(values, count))
		return field_refuse(faults, field->name,
				    (struct fault){ FAULT_BLANK, "must not be empty" });
	if (field->kind == KIND_STRINGS)
		return read_strings(field, values, count, place, faults);
	if (count > 1)
		return field_refuse(faults, field->name, (struct fault){ FAULT_REPEATED });
	switch (field->kind) {
	case KIND_BOOLEAN:
		return read_boolean(field, values[0], place, faults);
	case KIND_INTEGER:
		return read_integer(field, values[0], place, faults);
	case KIND_INSTANT:
	case KIND_MOMENT:
		return field_check_form(field, restore_plus(faults->arena, values[0]), place,
					faults);
	default:
		return field_check_form(field, values[0], place, faults);
	}
}
