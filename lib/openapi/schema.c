#include "openapi/schema.h"

#include "openapi/value.h"

static const struct field list_fields[] = {
	ANSWER("count", KIND_INTEGER, .required = true, .example = "1",
	       .doc = "How many are in this answer."),
};

static const struct field page_fields[] = {
	ANSWER("count", KIND_INTEGER, .required = true, .example = "1",
	       .doc = "How many are on this page."),
	ANSWER("total", KIND_INTEGER, .example = "1",
	       .doc = "How many match in all; absent with `cursor`."),
	ANSWER("limit", KIND_INTEGER, .required = true, .example = "50",
	       .doc = "How many the page may have at most."),
	ANSWER("offset", KIND_INTEGER, .required = true, .example = "0",
	       .doc = "How many were skipped."),
	ANSWER("next_cursor", KIND_TEXT, .required = true, .nullable = true,
	       .doc = "What to send as `cursor` to read on; null on the last page."),
};

const struct shape schema_list = ANSWER_SHAPE("List", list_fields);
const struct shape schema_page = ANSWER_SHAPE("Page", page_fields);

/* Whether the table also describes answers, so that a body needs a schema of its own. */
static bool is_resource(const struct shape *shape)
{
	EACH_FIELD(field, shape)
	if (field->access == ACCESS_READ_ONLY || field->access == ACCESS_KEPT)
		return true;
	return false;
}

struct schema *schema_of_body(struct document *doc, const struct route *route)
{
	enum schema_use use = SCHEMA_BODY;

	if (route->imports)
		use = SCHEMA_IMPORT;
	else if ((is_resource(route->body) || route->body == route->answer) &&
		 (route->creates || route->merge))
		use = route->creates ? SCHEMA_CREATE : SCHEMA_UPDATE;
	return document_add_shape(doc, use, route->body, NULL);
}

struct schema *schema_of_answer(struct document *doc, const struct route *route)
{
	enum schema_use use = SCHEMA_ANSWER;

	if (route->list)
		use = route->unpaged ? SCHEMA_LIST : SCHEMA_PAGE;
	struct schema *schema = document_add_shape(doc, use, route->answer, route->list);
	schema->summary = route->summary;
	return schema;
}

bool schema_shows(enum schema_use use, const struct field *field)
{
	return use != SCHEMA_ANSWER || field->access != ACCESS_WRITE_ONLY;
}

bool schema_requires(enum schema_use use, const struct field *field)
{
	if (use == SCHEMA_ANSWER)
		return !field->optional;
	return (use != SCHEMA_UPDATE && field->required) ||
	       (use == SCHEMA_IMPORT && field->access == ACCESS_ON_CREATE);
}

/* The values that absent members get, in words: as `default` they would be required members for
 * clients whose types are generated. */
static const char *presets_of(struct document *doc, const struct shape *shape)
{
	const char *text = NULL;

	EACH_FIELD(field, shape)
	if (field->preset)
		text = arena_printf(doc->arena, "%s `%s` is `%s`",
				    text ? arena_printf(doc->arena, "%s,", text) : "If absent,",
				    field->name, field->preset);
	return text ? arena_printf(doc->arena, "%s.", text) : NULL;
}

static void put_description(struct document *doc, const struct schema *schema)
{
	const char *text = NULL;

	if (schema->use == SCHEMA_UPDATE)
		text = "What is absent keeps its value.";
	else if (schema->use == SCHEMA_CREATE || schema->use == SCHEMA_BODY ||
		 schema->use == SCHEMA_IMPORT)
		text = presets_of(doc, schema->shape);
	if (text)
		json_text(&doc->json, "description", text);
}

static void put_required(struct json *json, const struct schema *schema, const struct shape *shape)
{
	EACH_FIELD(field, shape)
	if (schema_shows(schema->use, field) && schema_requires(schema->use, field))
		json_text(json, NULL, field->name);
}

static void put_members(struct document *doc, const struct schema *schema,
			const struct shape *shape)
{
	EACH_FIELD(field, shape)
	if (schema_shows(schema->use, field))
		value_put(doc, field->name, field, schema->use);
}

static void put_object(struct document *doc, const struct schema *schema)
{
	struct json *json = &doc->json;

	put_description(doc, schema);
	json_text(json, "type", "object");
	json_open(json, "properties", '{');
	put_members(doc, schema, schema->shape);
	json_close(json, '}');
	json_open(json, "required", '[');
	put_required(json, schema, schema->shape);
	json_close(json, ']');
	if (schema->use != SCHEMA_ANSWER)
		json_boolean(json, "additionalProperties", false);
}

/* What a row is: the resource, or its summary. */
static void put_row(struct document *doc, const struct schema *schema)
{
	const struct shape *shapes[] = { schema->shape, schema->summary };

	if (!schema->summary) {
		document_put_ref(doc, "items", "schemas",
				 document_add_shape(doc, SCHEMA_ANSWER, schema->shape, NULL)->name);
		return;
	}
	json_open(&doc->json, "items", '{');
	json_open(&doc->json, "anyOf", '[');
	for (size_t i = 0; i < 2; i++)
		document_put_ref(doc, NULL, "schemas",
				 document_add_shape(doc, SCHEMA_ANSWER, shapes[i], NULL)->name);
	json_close(&doc->json, ']');
	json_close(&doc->json, '}');
}

static void put_rows(struct document *doc, const struct schema *schema)
{
	const struct shape *frame = schema->use == SCHEMA_PAGE ? &schema_page : &schema_list;
	struct json *json = &doc->json;

	json_text(json, "type", "object");
	json_open(json, "properties", '{');
	json_open(json, schema->list, '{');
	json_text(json, "type", "array");
	put_row(doc, schema);
	json_close(json, '}');
	put_members(doc, schema, frame);
	json_close(json, '}');
	json_open(json, "required", '[');
	json_text(json, NULL, schema->list);
	put_required(json, schema, frame);
	json_close(json, ']');
}

/* One of several objects, of which a member tells which. */
static void put_variants(struct document *doc, const struct shape *shape)
{
	struct json *json = &doc->json;
	const char *teller = shape->variants[0]->fields[0].name;

	json_open(json, "oneOf", '[');
	for (const struct shape *const *each = shape->variants; *each; each++)
		document_put_ref(doc, NULL, "schemas",
				 document_add_shape(doc, SCHEMA_ANSWER, *each, NULL)->name);
	json_close(json, ']');
	json_open(json, "discriminator", '{');
	json_text(json, "propertyName", teller);
	json_open(json, "mapping", '{');
	for (const struct shape *const *each = shape->variants; *each; each++)
		json_text(json, (*each)->fields[0].words->list[0],
			  arena_printf(doc->arena, "#/components/schemas/%s", (*each)->name));
	json_close(json, '}');
	json_close(json, '}');
}

static void put_words(struct json *json, const struct words *words)
{
	json_text(json, "type", "string");
	json_open(json, "enum", '[');
	for (const char *const *word = words->list; *word; word++)
		json_text(json, NULL, *word);
	json_close(json, ']');
}

static void put_schema(struct document *doc, const struct schema *schema)
{
	json_open(&doc->json, schema->name, '{');
	if (schema->use == SCHEMA_WORDS)
		put_words(&doc->json, schema->words);
	else if (schema->use == SCHEMA_PAGE || schema->use == SCHEMA_LIST)
		put_rows(doc, schema);
	else if (schema->shape->variants)
		put_variants(doc, schema->shape);
	else
		put_object(doc, schema);
	json_close(&doc->json, '}');
}

void schema_put_all(struct document *doc)
{
	json_open(&doc->json, "schemas", '{');
	for (size_t i = 0; i < doc->schema_count; i++) /* writing one may note others */
		put_schema(doc, &doc->schemas[i]);
	json_close(&doc->json, '}');
}
