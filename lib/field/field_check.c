#include "field/field_check.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/instant.h"
#include "base/json_tree.h"
#include "base/text.h"
#include "base/uuid.h"

/* How each kind is told: its type in JSON, and the form of those that are texts. */
static const struct {
	const char *type, *type_message, *format, *format_message;
} kinds[] = {
	[KIND_BOOLEAN] = { "boolean", "must be true or false" },
	[KIND_INTEGER] = { "integer", "must be a whole number" },
	[KIND_TEXT] = { "string", "must be a text" },
	[KIND_UUID] = { "string", "must be a text", "uuid", "must be a UUID" },
	[KIND_INSTANT] = { "string", "must be a text", "date-time",
			   "must be a date and time with offset, such as 2026-11-20T09:30:00Z" },
	[KIND_DATE] = { "string", "must be a text", "date", "must be a date, such as 2026-11-20" },
	[KIND_MOMENT] = { "string", "must be a text", "date-time",
			  "must be a date, or a date and time with offset" },
	[KIND_STRINGS] = { "array", "must be a list of texts" },
	[KIND_REFERENCE] = { "string", "must be a text", "uuid", "must be a UUID or none" },
	[KIND_OBJECTS] = { "array", "must be a list of objects" },
	[KIND_OBJECT] = { "object", "must be an object" },
};

bool field_refuse(struct faults *faults, const char *name, struct fault fault)
{
	fault_add(faults, name, fault);
	return false;
}

bool field_refuse_type(const struct field *field, struct faults *faults)
{
	return field_refuse(faults, field->name,
			    (struct fault){ FAULT_TYPE, kinds[field->kind].type_message,
					    .type = kinds[field->kind].type });
}

static const char *number(struct arena *arena, int64_t value)
{
	return arena_printf(arena, "%ld", (long)value);
}

/* Too few or too many of something, such as "must be 1 to 5 characters". No lower limit is 0, and
 * no upper one, too. */
static struct fault wrong_count(struct arena *arena, enum fault_code code, int64_t min, int64_t max,
				const char *verb, const char *what)
{
	struct fault fault = { code };

	if (min > 0)
		fault.min = number(arena, min);
	if (max > 0)
		fault.max = number(arena, max);
	if (fault.min && fault.max)
		fault.message =
			arena_printf(arena, "%s %s to %s %s", verb, fault.min, fault.max, what);
	else if (fault.max)
		fault.message = arena_printf(arena, "%s at most %s %s", verb, fault.max, what);
	else
		fault.message = arena_printf(arena, "%s at least %s %s", verb, fault.min, what);
	return fault;
}

static struct fault not_a_word(struct arena *arena, const struct words *words)
{
	const char *joined = words->list[0];

	for (const char *const *word = words->list + 1; *word; word++)
		joined = arena_printf(arena, "%s, %s", joined, *word);
	return (struct fault){ FAULT_ONE_OF, arena_printf(arena, "must be one of %s", joined),
			       .allowed = words->list };
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

/* All rules of the format that the text does not keep are told. */
static bool check_rules(const struct text_format *format, const char *name, const char *value,
			struct faults *faults)
{
	unsigned before = faults->count;

	for (const struct text_rule *rule = format->rules; rule && rule->keeps; rule++)
		if (!rule->keeps(value))
			fault_add(faults, name, rule->fault);
	return faults->count == before;
}

bool field_check_text(const struct field *field, const char *name, const char *value,
		      const char **out, struct faults *faults)
{
	if (field->words) {
		const char *word = find_word(field->words, value);
		if (!word)
			return field_refuse(faults, name, not_a_word(faults->arena, field->words));
		*out = word;
		return true;
	}
	if (field->format && field->format->trimmed)
		value = text_trim(faults->arena, value);
	int64_t length = (int64_t)text_length(value);
	assert(field->max < JSON_TREE_TEXT_CHARS);
	if (length < field->min || (field->max > 0 && length > field->max))
		return field_refuse(faults, name,
				    wrong_count(faults->arena, FAULT_LENGTH, field->min, field->max,
						"must be", "characters"));
	if (field->min > 0 && text_is_blank(value))
		return field_refuse(faults, name, (struct fault){ FAULT_BLANK });
	if (field->format && !check_rules(field->format, name, value, faults))
		return false;
	*out = value;
	return true;
}

bool field_check_form(const struct field *field, const char *value, void *place,
		      struct faults *faults)
{
	size_t len = strlen(value);
	struct moment *moment = place;
	struct reference *reference = place;
	bool ok = false;

	switch (field->kind) {
	case KIND_TEXT:
		return field_check_text(field, field->name, value, place, faults);
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
		ok = strcmp(value, "none") == 0 || uuid_parse(value, len, &reference->id);
		if (ok && !reference->id.set)
			reference->none = (struct boolean){ true, true };
		break;
	default:
		assert(!"a kind that is written as a text");
	}
	return ok || field_refuse(faults, field->name,
				  (struct fault){ FAULT_FORMAT, kinds[field->kind].format_message,
						  .format = kinds[field->kind].format });
}

bool field_refuse_range(const struct field *field, struct faults *faults)
{
	struct fault fault = { FAULT_RANGE, .min = number(faults->arena, field->min),
			       .max = number(faults->arena, field->max) };

	fault.message = arena_printf(faults->arena, "must be from %s to %s", fault.min, fault.max);
	return field_refuse(faults, field->name, fault);
}

bool field_check_integer(const struct field *field, int64_t value, struct integer *out,
			 struct faults *faults)
{
	if (value < field->min || value > field->max)
		return field_refuse_range(field, faults);
	*out = (struct integer){ value, true };
	return true;
}

bool field_check_count(const struct field *field, size_t count, struct faults *faults)
{
	if ((int64_t)count >= field->min_items && (int64_t)count <= field->max_items)
		return true;
	return field_refuse(faults, field->name,
			    wrong_count(faults->arena, FAULT_ITEMS, field->min_items,
					field->max_items, "must have", "elements"));
}
