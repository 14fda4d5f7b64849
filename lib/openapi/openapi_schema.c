#include "openapi/openapi_schema.h"
#include "base/json.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *add(struct schemas *schemas, enum schema_use use, const struct shape *shape,
		       const char *list)
{
	static const char *const suffixes[] = { "", "Page", "List", "", "Create", "Update" };
	struct schema schema = { .use = use, .shape = shape, .list = list };

	snprintf(schema.name, sizeof schema.name, "%s%s", shape->name, suffixes[use]);
	for (size_t i = 0; i < schemas->count; i++)
		if (strcmp(schemas->items[i].name, schema.name) == 0)
			return schemas->items[i].name;
	assert(schemas->count < MAX_SCHEMAS);
	schemas->items[schemas->count] = schema;
	return schemas->items[schemas->count++].name;
}

const char *schemas_add_shape(struct schemas *schemas, const struct shape *shape)
{
	return add(schemas, SCHEMA_ANSWER, shape, NULL);
}

/* Whether the table also describes answers, so that a body needs a schema of its own. */
static bool is_resource(const struct shape *shape)
{
	EACH_FIELD(field, shape)
	if (field->access == READ_ONLY)
		return true;
	return false;
}

const char *schemas_add_body(struct schemas *schemas, const struct route *route)
{
	enum schema_use use = SCHEMA_BODY;

	if (is_resource(route->body))
		use = route->merge ? SCHEMA_UPDATE : SCHEMA_CREATE;
	return add(schemas, use, route->body, NULL);
}

const char *schemas_add_answer(struct schemas *schemas, const struct route *route)
{
	if (!route->list)
		return add(schemas, SCHEMA_ANSWER, route->answer, NULL);
	add(schemas, SCHEMA_ANSWER, route->answer, NULL);
	return add(schemas, route->unpaged ? SCHEMA_LIST : SCHEMA_PAGE, route->answer, route->list);
}

/* The types of the kinds that are no texts. */
static const char *const json_types[] = {
	[KIND_BOOLEAN] = "boolean", [KIND_INTEGER] = "integer", [KIND_NUMBER] = "number",
	[KIND_STRINGS] = "array",   [KIND_OBJECT] = "object",	[KIND_OBJECTS] = "array",
};

static void put_type(struct buf *out, const struct field *field)
{
	const char *type = json_types[field->kind] ? json_types[field->kind] : "string";

	if (field->nullable)
		buf_printf(out, "\"type\":[\"%s\",\"null\"]", type);
	else
		buf_printf(out, "\"type\":\"%s\"", type);
}

static void put_words(struct buf *out, const struct field *field)
{
	buf_puts(out, ",\"enum\":[");
	for (const char *const *word = field->words->list; *word; word++)
		buf_printf(out, "%s\"%s\"", word == field->words->list ? "" : ",", *word);
	buf_puts(out, field->nullable ? ",null]" : "]");
}

static void put_text_rules(struct buf *out, const struct field *field)
{
	if (field->words)
		put_words(out, field);
	if (field->min > 0)
		buf_printf(out, ",\"minLength\":%ld", (long)field->min);
	if (field->max > 0)
		buf_printf(out, ",\"maxLength\":%ld", (long)field->max);
	if (field->format && field->format->openapi)
		buf_printf(out, ",\"format\":\"%s\"", field->format->openapi);
	if (field->format && field->format->pattern) {
		buf_puts(out, ",\"pattern\":");
		json_put_text(out, field->format->pattern);
	}
}

static void put_items(struct buf *out, const struct field *field)
{
	struct field item = *field;

	item.nullable = false;
	if (field->max_items > 0)
		buf_printf(out, ",\"maxItems\":%ld", (long)field->max_items);
	buf_puts(out, ",\"items\":{\"type\":\"string\"");
	put_text_rules(out, &item);
	buf_putc(out, '}');
}

static void put_objects(struct buf *out, const struct field *field)
{
	buf_printf(out, ",\"items\":{\"$ref\":\"#/components/schemas/%s\"}", field->shape->name);
	if (field->max_items > 0)
		buf_printf(out, ",\"minItems\":%ld,\"maxItems\":%ld", (long)field->min,
			   (long)field->max_items);
}

/* A value that a row gives: what is a text in JSON as it is, everything else as JSON. */
static void put_value(struct buf *out, const struct field *field, const char *value)
{
	if (json_types[field->kind])
		buf_puts(out, value);
	else
		json_put_text(out, value);
}

/* A member's default is told in words: as `default` it would make the member a required one for
 * clients whose types are generated. */
static void put_description(struct buf *out, const struct field *field)
{
	struct buf text = { 0 };

	if (field->doc)
		buf_puts(&text, field->doc);
	if (field->preset)
		buf_printf(&text, "%sDefault: `%s`.", text.len > 0 ? " " : "", field->preset);
	if (text.len > 0) {
		buf_puts(out, ",\"description\":");
		json_put_string(out, text.data, text.len);
	}
	buf_free(&text);
}

void schema_put_field(struct buf *out, const struct field *field, bool described)
{
	if (field->kind == KIND_OBJECT && field->shape && !field->nullable) {
		buf_printf(out, "{\"$ref\":\"#/components/schemas/%s\"}", field->shape->name);
		return;
	}
	buf_putc(out, '{');
	put_type(out, field);
	if (field->kind == KIND_TEXT)
		put_text_rules(out, field);
	else if (field->kind == KIND_STRINGS)
		put_items(out, field);
	else if (field->kind == KIND_OBJECTS)
		put_objects(out, field);
	else if (field->kind == KIND_UUID)
		buf_puts(out, ",\"format\":\"uuid\"");
	else if (field->kind == KIND_INSTANT)
		buf_puts(out, ",\"format\":\"date-time\"");
	else if (field->kind == KIND_DATE)
		buf_puts(out, ",\"format\":\"date\"");
	else if (field->kind == KIND_INTEGER && field->max > 0) {
		buf_printf(out, ",\"minimum\":%ld", (long)field->min);
		if (field->max < INT64_MAX)
			buf_printf(out, ",\"maximum\":%ld", (long)field->max);
	}
	if (described)
		put_description(out, field);
	else if (field->preset) {
		buf_puts(out, ",\"default\":");
		put_value(out, field, field->preset);
	}
	buf_putc(out, '}');
}

static bool is_shown(enum schema_use use, const struct field *field)
{
	switch (use) {
	case SCHEMA_ANSWER:
		return field->access != WRITE_ONLY;
	case SCHEMA_CREATE:
		return field->access != READ_ONLY && field->access != LOCK;
	case SCHEMA_UPDATE:
		return field->access != READ_ONLY && field->access != ON_CREATE;
	default:
		return true;
	}
}

static bool is_required(enum schema_use use, const struct field *field)
{
	return use == SCHEMA_ANSWER || (use != SCHEMA_UPDATE && field->required);
}

/* A small example of a body: the fields that have one in their rows. */
static void put_example(struct buf *out, const struct schema *schema)
{
	const char *start = ",\"examples\":[{", *comma = start;

	if (schema->use == SCHEMA_ANSWER)
		return;
	EACH_FIELD(field, schema->shape)
	{
		if (!field->example || !is_shown(schema->use, field))
			continue;
		buf_printf(out, "%s\"%s\":", comma, field->name);
		put_value(out, field, field->example);
		comma = ",";
	}
	if (comma != start)
		buf_puts(out, "}]");
}

static void put_object(struct buf *out, const struct schema *schema)
{
	const char *comma = "";

	buf_puts(out, "{\"type\":\"object\",\"properties\":{");
	EACH_FIELD(field, schema->shape)
	{
		if (!is_shown(schema->use, field))
			continue;
		struct field shown = *field;
		if (schema->use == SCHEMA_ANSWER)
			shown.preset = NULL;
		buf_printf(out, "%s\"%s\":", comma, field->name);
		schema_put_field(out, &shown, true);
		comma = ",";
	}
	buf_puts(out, "},\"required\":[");
	comma = "";
	EACH_FIELD(field, schema->shape)
	{
		if (is_shown(schema->use, field) && is_required(schema->use, field)) {
			buf_printf(out, "%s\"%s\"", comma, field->name);
			comma = ",";
		}
	}
	buf_puts(out, "],\"additionalProperties\":false");
	put_example(out, schema);
	buf_putc(out, '}');
}

static void put_page(struct buf *out, const struct schema *schema)
{
	buf_printf(
		out,
		"{\"type\":\"object\",\"properties\":{\"%s\":{\"type\":\"array\",\"items\":"
		"{\"$ref\":\"#/components/schemas/%s\"}},"
		"\"count\":{\"type\":\"integer\",\"description\":\"How many are on this page.\"},"
		"\"total\":{\"type\":\"integer\",\"description\":"
		"\"How many match in all; absent with `cursor`.\"},"
		"\"limit\":{\"type\":\"integer\"},\"offset\":{\"type\":\"integer\"},"
		"\"next_cursor\":{\"type\":[\"string\",\"null\"],\"description\":"
		"\"Null on the last page.\"}},\"required\":[\"%s\",\"count\",\"limit\",\"offset\","
		"\"next_cursor\"],\"additionalProperties\":false}",
		schema->list, schema->shape->name, schema->list);
}

static void put_list(struct buf *out, const struct schema *schema)
{
	buf_printf(out,
		   "{\"type\":\"object\",\"properties\":{\"%s\":{\"type\":\"array\",\"items\":"
		   "{\"$ref\":\"#/components/schemas/%s\"}},\"count\":{\"type\":\"integer\"}},"
		   "\"required\":[\"%s\",\"count\"],\"additionalProperties\":false}",
		   schema->list, schema->shape->name, schema->list);
}

void schemas_put(struct schemas *schemas, struct buf *out)
{
	for (size_t i = 0; i < schemas->count; i++) {
		bool taken = schemas->items[i].use >= SCHEMA_BODY;
		EACH_FIELD(f, schemas->items[i].shape)
		if (f->shape)
			add(schemas, taken ? SCHEMA_BODY : SCHEMA_ANSWER, f->shape, NULL);
	}
	buf_puts(out, "\"schemas\":{");
	for (size_t i = 0; i < schemas->count; i++) {
		buf_printf(out, "%s\"%s\":", i == 0 ? "" : ",", schemas->items[i].name);
		if (schemas->items[i].use == SCHEMA_PAGE)
			put_page(out, &schemas->items[i]);
		else if (schemas->items[i].use == SCHEMA_LIST)
			put_list(out, &schemas->items[i]);
		else
			put_object(out, &schemas->items[i]);
	}
	buf_putc(out, '}');
}
