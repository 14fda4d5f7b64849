#include "openapi/example.h"

#include "openapi/schema.h"
#include "openapi/value.h"

/* The example of a field whose row has none, by its kind. */
static const char *const samples[KIND_NUMBER + 1] = {
	[KIND_BOOLEAN] = "false",
	[KIND_INTEGER] = "1",
	[KIND_NUMBER] = "0.5",
	[KIND_UUID] = "01a1fb8d-2361-7873-aba7-17f573155365",
	[KIND_INSTANT] = "2026-11-20T09:30:00.000000Z",
	[KIND_DATE] = "2026-11-20",
	[KIND_MOMENT] = "2026-11-20",
	[KIND_STRINGS] = "[]",
	[KIND_TEXT] = EXAMPLE_MISSING,
};

static void put_members(struct document *doc, enum schema_use use, const struct shape *shape);

void example_put(struct document *doc, const char *name, const struct shape *shape)
{
	if (shape->variants)
		shape = shape->variants[0];
	json_open(&doc->json, name, '{');
	put_members(doc, SCHEMA_ANSWER, shape);
	json_close(&doc->json, '}');
}

static void put_list(struct document *doc, const char *name, const struct shape *row)
{
	json_open(&doc->json, name, '[');
	example_put(doc, NULL, row);
	json_close(&doc->json, ']');
}

static const char *sample_of(const struct field *field)
{
	if (field->example || field->nullable)
		return field->example;
	if (field->words)
		return field->preset ? field->preset : field->words->list[0];
	return samples[field->kind];
}

static void put_field(struct document *doc, const struct field *field)
{
	const char *sample = sample_of(field);

	if (sample) {
		json_value(&doc->json, field->name);
		value_put_text(doc->json.out, field, sample);
	} else if (field->nullable) {
		json_null(&doc->json, field->name);
	} else if (field->kind == KIND_OBJECT) {
		example_put(doc, field->name, field->shape);
	} else {
		put_list(doc, field->name, field->shape);
	}
}

/* A body shows what a client would send; an answer shows everything. */
static void put_members(struct document *doc, enum schema_use use, const struct shape *shape)
{
	bool answer = use == SCHEMA_ANSWER || use == SCHEMA_PAGE || use == SCHEMA_LIST;

	EACH_FIELD(field, shape)
	if (answer ? schema_shows(use, field) : field->access < ACCESS_KEPT && field->example)
		put_field(doc, field);
}

static void put_example(struct document *doc, const struct schema *schema)
{
	struct json *json = &doc->json;

	json_open(json, schema->name, '{');
	json_open(json, "value", '{');
	if (schema->list)
		put_list(doc, schema->list, schema->shape);
	put_members(doc, schema->use,
		    schema->use == SCHEMA_PAGE	 ? &schema_page
		    : schema->use == SCHEMA_LIST ? &schema_list
						 : schema->shape);
	json_close(json, '}');
	json_close(json, '}');
}

void example_put_ref(struct document *doc, struct schema *schema)
{
	schema->exampled = true;
	json_open(&doc->json, "examples", '{');
	document_put_ref(doc, schema->name, "examples", schema->name);
	json_close(&doc->json, '}');
}

void example_put_all(struct document *doc)
{
	json_open(&doc->json, "examples", '{');
	for (size_t i = 0; i < doc->schema_count; i++)
		if (doc->schemas[i].exampled)
			put_example(doc, &doc->schemas[i]);
	json_close(&doc->json, '}');
}
