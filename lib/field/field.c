#include "field/field.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/instant.h"
#include "base/text.h"
#include "base/uuid.h"

const struct field *field_find(const struct shape *shape, const char *name)
{
	EACH_FIELD(field, shape)
	if (strcmp(field->name, name) == 0)
		return field;
	return NULL;
}

static const char *join_words(struct arena *arena, const struct words *words)
{
	const char *joined = words->list[0];

	for (const char *const *word = words->list + 1; *word; word++)
		joined = arena_printf(arena, "%s, %s", joined, *word);
	return joined;
}

static const char *text_rule(struct arena *arena, const struct field *field)
{
	if (field->words)
		return arena_printf(arena, "must be one of %s", join_words(arena, field->words));
	if (field->max == 0)
		return "must be a text";
	if (field->min == 0)
		return arena_printf(arena, "must be a text of at most %ld characters",
				    (long)field->max);
	return arena_printf(arena, "must be %ld to %ld characters", (long)field->min,
			    (long)field->max);
}

const char *field_rule(struct arena *arena, const struct field *field)
{
	switch (field->kind) {
	case KIND_BOOLEAN:
		return "must be true or false";
	case KIND_INTEGER:
		if (field->max == INT64_MAX)
			return arena_printf(arena, "must be a whole number of at least %ld",
					    (long)field->min);
		return arena_printf(arena, "must be a whole number from %ld to %ld",
				    (long)field->min, (long)field->max);
	case KIND_TEXT:
		return text_rule(arena, field);
	case KIND_UUID:
		return "must be a UUID";
	case KIND_INSTANT:
		return "must be a date and time with offset, such as 2026-11-20T09:30:00Z";
	case KIND_DATE:
		return "must be a date, such as 2026-11-20";
	case KIND_MOMENT:
		return "must be a date, or a date and time with offset";
	case KIND_STRINGS:
		if (field->words)
			return arena_printf(arena, "must be one or more of %s",
					    join_words(arena, field->words));
		return arena_printf(arena, "must be at most %ld texts of %ld to %ld characters",
				    (long)field->max_items, (long)field->min, (long)field->max);
	case KIND_REFERENCE:
		return "must be a UUID or `none`";
	case KIND_OBJECTS:
		return arena_printf(arena, "must be %ld to %ld objects", (long)field->min,
				    (long)field->max_items);
	case KIND_NUMBER:
	case KIND_OBJECT:
		break;
	}
	assert(!"a kind that requests have");
	return NULL;
}

/* The allowed word that `value` spells, or NULL. */
static const char *find_word(const struct words *words, const char *value)
{
	for (const char *const *word = words->list; *word; word++)
		if (isupper((unsigned char)**word) ? strcasecmp(*word, value) == 0
						   : strcmp(*word, value) == 0)
			return *word;
	return NULL;
}

/* Checks one text against everything the field demands of it; `*out` is its canonical form. */
static const char *check_text(struct arena *arena, const struct field *field, const char *value,
			      const char **out)
{
	if (field->words) {
		*out = find_word(field->words, value);
		return *out ? NULL : field_rule(arena, field);
	}
	if (field->format && field->format->trimmed)
		value = text_trim(arena, value);
	size_t length = text_length(value);
	if ((int64_t)length < field->min || (field->max > 0 && (int64_t)length > field->max))
		return field_rule(arena, field);
	if (field->min > 0 && text_is_blank(value))
		return "must not be blank";
	*out = value;
	return field->format && field->format->fault ? field->format->fault(value) : NULL;
}

static bool in_range(const struct field *field, int64_t value)
{
	return value >= field->min && value <= field->max;
}

/* Reads a text form, which is how queries bring everything and JSON brings most. */
static const char *from_text(struct arena *arena, const struct field *field, const char *value,
			     void *place)
{
	size_t len = strlen(value);
	struct moment *moment = place;
	struct reference *reference = place;
	bool ok = false;

	switch (field->kind) {
	case KIND_TEXT:
		return check_text(arena, field, value, place);
	case KIND_UUID:
		ok = uuid_parse(value, len, place);
		break;
	case KIND_INSTANT:
		ok = instant_parse(value, len, place);
		break;
	case KIND_DATE:
		ok = date_parse(value, len, place);
		break;
	case KIND_MOMENT:
		ok = date_parse(value, len, &moment->date) ||
		     instant_parse(value, len, &moment->instant);
		break;
	case KIND_REFERENCE:
		reference->none = (struct boolean){ true, strcmp(value, "none") == 0 };
		ok = reference->none.set || uuid_parse(value, len, &reference->id);
		break;
	default:
		assert(!"a kind that is written as a text");
	}
	return ok ? NULL : field_rule(arena, field);
}

/* The text of a JSON string, or NULL: not a string, or one that holds U+0000. */
static const char *json_text(struct json_object *value, const char **fault)
{
	if (!json_object_is_type(value, json_type_string))
		return NULL;
	const char *text = json_object_get_string(value);
	if (strlen(text) == (size_t)json_object_get_string_len(value))
		return text;
	*fault = "must not contain the character U+0000";
	return NULL;
}

static const char *strings_from_json(struct arena *arena, const struct field *field,
				     struct json_object *value, struct strings *out)
{
	const char *fault = field_rule(arena, field);

	if (!json_object_is_type(value, json_type_array))
		return fault;
	size_t count = json_object_array_length(value);
	if (count > (size_t)field->max_items)
		return fault;
	const char **items = arena_alloc(arena, (count + 1) * sizeof *items);
	for (size_t i = 0; i < count; i++) {
		const char *text = json_text(json_object_array_get_idx(value, i), &fault);
		if (!text)
			return fault;
		const char *wrong = check_text(arena, field, text, &items[i]);
		if (wrong)
			return wrong;
	}
	*out = (struct strings){ items, count, true };
	return NULL;
}

/* JSON knows only numbers: 5.0 is the whole number 5 (JSON Schema 2020-12, section 6.1.1). */
static bool integer_from_json(struct json_object *value, int64_t *out)
{
	if (json_object_is_type(value, json_type_double)) {
		double number = json_object_get_double(value);
		if (!(fabs(number) < 9007199254740992.0) || number != floor(number))
			return false;
	} else if (!json_object_is_type(value, json_type_int)) {
		return false;
	}
	/* json-c keeps what is beyond its types as the last value of the type. */
	*out = json_object_get_int64(value);
	return *out > INT64_MIN && json_object_get_uint64(value) <= INT64_MAX;
}

const char *field_from_json(struct arena *arena, const struct field *field,
			    struct json_object *value, void *in)
{
	void *place = (char *)in + field->offset;
	int64_t number;

	if (!value)
		return field->nullable ? NULL : "must not be null";
	const char *fault = NULL;
	switch (field->kind) {
	case KIND_BOOLEAN:
		if (!json_object_is_type(value, json_type_boolean))
			return field_rule(arena, field);
		*(struct boolean *)place = (struct boolean){ json_object_get_boolean(value), true };
		return NULL;
	case KIND_INTEGER:
		if (!integer_from_json(value, &number) || !in_range(field, number))
			return field_rule(arena, field);
		*(struct integer *)place = (struct integer){ number, true };
		return NULL;
	case KIND_STRINGS:
		return strings_from_json(arena, field, value, place);
	default:
		break;
	}
	const char *text = json_text(value, &fault);
	if (text)
		return from_text(arena, field, text, place);
	return fault ? fault : field_rule(arena, field);
}

/* A whole decimal number without sign games, leading zeros or spaces. */
static bool integer_from_text(const char *text, int64_t *out)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 18 || text[digits] || (digits > 1 && text[0] == '0'))
		return false;
	*out = 0;
	for (; *text; text++)
		*out = *out * 10 + (*text - '0');
	return true;
}

/* Several values come by repetition, by commas, or both. */
static const char *strings_from_query(struct arena *arena, const struct field *field,
				      const char *const *values, size_t count, struct strings *out)
{
	size_t room = 0;

	for (size_t i = 0; i < count; i++)
		for (const char *at = values[i]; at; at = strchr(at, ','), at = at ? at + 1 : NULL)
			room++;
	const char **items = arena_alloc(arena, room * sizeof *items);
	if (room > (size_t)field->max_items)
		return field_rule(arena, field);
	size_t used = 0;
	for (size_t i = 0; i < count; i++) {
		for (const char *at = values[i]; at;) {
			size_t len = strcspn(at, ",");
			const char *item = arena_copy(arena, at, len);
			const char *fault = check_text(arena, field, item, &items[used++]);
			if (fault)
				return fault;
			at = at[len] ? at + len + 1 : NULL;
		}
	}
	*out = (struct strings){ items, used, true };
	return NULL;
}

const char *field_from_query(struct arena *arena, const struct field *field,
			     const char *const *values, size_t count, void *in)
{
	void *place = (char *)in + field->offset;
	int64_t number;

	for (size_t i = 0; i < count; i++)
		if (values[i][0] == '\0')
			return "must not be empty";
	if (field->kind == KIND_STRINGS)
		return strings_from_query(arena, field, values, count, place);
	if (count > 1)
		return "must be given once";
	switch (field->kind) {
	case KIND_BOOLEAN:
		if (strcmp(values[0], "true") != 0 && strcmp(values[0], "false") != 0)
			return field_rule(arena, field);
		*(struct boolean *)place = (struct boolean){ values[0][0] == 't', true };
		return NULL;
	case KIND_INTEGER:
		if (!integer_from_text(values[0], &number) || !in_range(field, number))
			return field_rule(arena, field);
		*(struct integer *)place = (struct integer){ number, true };
		return NULL;
	default:
		return from_text(arena, field, values[0], place);
	}
}

void field_put_preset(struct arena *arena, const struct field *field, void *in)
{
	const char *fault = field_from_query(arena, field, &field->preset, 1, in);

	assert(!fault);
}
