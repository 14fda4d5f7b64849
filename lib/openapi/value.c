#include "openapi/value.h"

#include <string.h>

/* How the values of a kind look in JSON. */
static const struct {
	const char *type, *format;
} kinds[] = {
	[KIND_BOOLEAN] = { "boolean" },	      [KIND_INTEGER] = { "integer" },
	[KIND_NUMBER] = { "number" },	      [KIND_TEXT] = { "string" },
	[KIND_UUID] = { "string", "uuid" },   [KIND_INSTANT] = { "string", "date-time" },
	[KIND_DATE] = { "string", "date" },   [KIND_STRINGS] = { "array" },
	[KIND_OBJECTS] = { "array" },	      [KIND_OBJECT] = { "object" },
	[KIND_MOMENT] = { "string", "date" }, [KIND_REFERENCE] = { "string", "uuid" },
};

static bool is_request(enum schema_use use)
{
	return use == SCHEMA_BODY || use == SCHEMA_CREATE || use == SCHEMA_UPDATE ||
	       use == SCHEMA_IMPORT;
}

/* Whether a body may have the member but it changes nothing. */
static bool is_ignored(enum schema_use use, const struct field *field)
{
	bool kept = field->access == ACCESS_READ_ONLY || field->access == ACCESS_KEPT;

	switch (use) {
	case SCHEMA_IMPORT:
		return field->access == ACCESS_READ_ONLY;
	case SCHEMA_BODY:
		return kept;
	case SCHEMA_CREATE:
		return kept || field->access == ACCESS_LOCK;
	case SCHEMA_UPDATE:
		return kept || field->access == ACCESS_ON_CREATE;
	default:
		return false;
	}
}

static void put_type(struct json *json, const struct field *field)
{
	const char *type = kinds[field->kind].type;

	if (!field->nullable) {
		json_text(json, "type", type);
		return;
	}
	json_open(json, "type", '[');
	json_text(json, NULL, type);
	json_text(json, NULL, "null");
	json_close(json, ']');
}

static void put_range(struct json *json, const struct field *field)
{
	if (field->max == 0)
		return;
	if (field->max == INT64_MAX)
		json_text(json, "format", "int64");
	json_integer(json, "minimum", field->min);
	if (field->max < INT64_MAX)
		json_integer(json, "maximum", field->max);
}

/* The pattern of a text: its format's, or that of any text that a request may bring. */
static const char *pattern_of(const struct field *field, enum schema_use use)
{
	if (field->format && field->format->pattern)
		return field->format->pattern;
	if (!is_request(use))
		return NULL;
	return field->min > 0 ? TEXT_PATTERN_NOT_BLANK("") : TEXT_PATTERN;
}

static void put_text_rules(struct json *json, const struct field *field, enum schema_use use)
{
	const char *pattern = pattern_of(field, use);
	int64_t max = field->max_shown && !is_request(use) ? field->max_shown : field->max;

	if (field->min > 0)
		json_integer(json, "minLength", field->min);
	if (max > 0)
		json_integer(json, "maxLength", max);
	if (field->format && field->format->openapi)
		json_text(json, "format", field->format->openapi);
	if (pattern)
		json_text(json, "pattern", pattern);
}

static void put_count_rules(struct json *json, const struct field *field)
{
	if (field->min_items > 0)
		json_integer(json, "minItems", field->min_items);
	if (field->max_items > 0)
		json_integer(json, "maxItems", field->max_items);
	if (field->distinct)
		json_boolean(json, "uniqueItems", true);
}

static void put_items(struct document *doc, const struct field *field, enum schema_use use)
{
	if (field->kind == KIND_OBJECTS)
		document_put_ref(doc, "items", "schemas",
				 document_add_shape(doc, use, field->shape, NULL)->name);
	else if (field->words)
		document_put_ref(doc, "items", "schemas",
				 document_add_words(doc, field->words)->name);
	else {
		json_open(&doc->json, "items", '{');
		json_text(&doc->json, "type", "string");
		put_text_rules(&doc->json, field, use);
		json_close(&doc->json, '}');
	}
}

/* One of the ways in which a value may be written. */
static void put_way(struct json *json, const char *keyword, const char *value)
{
	json_open(json, NULL, '{');
	if (strcmp(keyword, "format") == 0)
		json_text(json, "type", "string");
	json_text(json, keyword, value);
	json_close(json, '}');
}

static void put_ways(struct json *json, const struct field *field)
{
	json_open(json, "anyOf", '[');
	if (field->kind == KIND_MOMENT)
		put_way(json, "format", "date-time");
	put_way(json, "format", kinds[field->kind].format);
	if (field->kind == KIND_REFERENCE)
		put_way(json, "const", "none");
	if (field->nullable)
		put_way(json, "type", "null");
	json_close(json, ']');
}

static void put_rules(struct document *doc, const struct field *field, enum schema_use use)
{
	struct json *json = &doc->json;

	if (field->kind == KIND_MOMENT || field->kind == KIND_REFERENCE) {
		put_ways(json, field);
		return;
	}
	put_type(json, field);
	if (kinds[field->kind].format)
		json_text(json, "format", kinds[field->kind].format);
	if (field->kind == KIND_TEXT)
		put_text_rules(json, field, use);
	if (field->kind == KIND_INTEGER || field->kind == KIND_NUMBER)
		put_range(json, field);
	if (field->kind == KIND_STRINGS || field->kind == KIND_OBJECTS) {
		put_count_rules(json, field);
		put_items(doc, field, use);
	}
}

/* The named schema that a field consists of, or NULL. */
static const char *target_of(struct document *doc, const struct field *field, enum schema_use use)
{
	if (field->kind == KIND_TEXT && field->words)
		return document_add_words(doc, field->words)->name;
	if (field->kind == KIND_OBJECT && field->shape)
		return document_add_shape(doc, use, field->shape, NULL)->name;
	return NULL;
}

static void put_nullable_ref(struct document *doc, const char *name, const char *target)
{
	json_open(&doc->json, name, '{');
	json_open(&doc->json, "anyOf", '[');
	document_put_ref(doc, NULL, "schemas", target);
	put_way(&doc->json, "type", "null");
	json_close(&doc->json, ']');
	json_close(&doc->json, '}');
}

/* Any value will do. A type would make clients convert what they send back. */
static void put_ignored(struct json *json, const char *name)
{
	json_open(json, name, '{');
	json_text(json, "description", "Only the server sets it; what is sent back is ignored.");
	json_close(json, '}');
}

void value_put(struct document *doc, const char *name, const struct field *field,
	       enum schema_use use)
{
	if (is_ignored(use, field)) {
		put_ignored(&doc->json, name);
		return;
	}
	const char *target = target_of(doc, field, use);
	if (target && field->nullable) {
		put_nullable_ref(doc, name, target);
	} else if (target) {
		document_put_ref(doc, name, "schemas", target);
	} else {
		json_open(&doc->json, name, '{');
		put_rules(doc, field, use);
		if (field->doc)
			json_text(&doc->json, "description", field->doc);
		json_close(&doc->json, '}');
	}
}

static void put_default(struct json *json, const struct field *field)
{
	if (!field->preset)
		return;
	json_value(json, "default");
	value_put_text(json->out, field, field->preset);
}

void value_put_parameter(struct document *doc, const char *name, const struct field *field)
{
	const char *target = target_of(doc, field, SCHEMA_BODY);

	json_open(&doc->json, name, '{');
	if (target) {
		json_open(&doc->json, "allOf", '[');
		document_put_ref(doc, NULL, "schemas", target);
		json_close(&doc->json, ']');
	} else {
		put_rules(doc, field, SCHEMA_BODY);
	}
	put_default(&doc->json, field);
	json_close(&doc->json, '}');
}

void value_put_text(struct buf *out, const struct field *field, const char *text)
{
	if (strcmp(kinds[field->kind].type, "string") == 0)
		json_put_text(out, text);
	else
		buf_puts(out, text);
}
