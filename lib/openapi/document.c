#include "openapi/document.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

static struct schema *add(struct document *doc, struct schema schema)
{
	for (size_t i = 0; i < doc->schema_count; i++) {
		struct schema *known = &doc->schemas[i];
		if (strcmp(known->name, schema.name) != 0)
			continue;
		assert(known->shape == schema.shape && known->words == schema.words);
		return known;
	}
	assert(doc->schema_count < DOCUMENT_MAX_SCHEMAS);
	doc->schemas[doc->schema_count] = schema;
	return &doc->schemas[doc->schema_count++];
}

struct schema *document_add_shape(struct document *doc, enum schema_use use,
				  const struct shape *shape, const char *list)
{
	static const char *const suffixes[] = {
		[SCHEMA_PAGE] = "Page",	    [SCHEMA_LIST] = "List",	[SCHEMA_CREATE] = "Create",
		[SCHEMA_UPDATE] = "Update", [SCHEMA_IMPORT] = "Import",
	};
	const char *suffix = suffixes[use] ? suffixes[use] : "";

	return add(doc,
		   (struct schema){ .name = arena_printf(doc->arena, "%s%s", shape->name, suffix),
				    .use = use,
				    .shape = shape,
				    .list = list });
}

struct schema *document_add_words(struct document *doc, const struct words *words)
{
	return add(doc,
		   (struct schema){ .name = words->name, .use = SCHEMA_WORDS, .words = words });
}

const char *document_pascal(struct document *doc, const char *text)
{
	char *name = arena_copy(doc->arena, text, strlen(text)), *end = name;

	for (bool start = true; *text; text++) {
		if (*text != '_')
			*end++ = start ? (char)toupper((unsigned char)*text) : *text;
		start = *text == '_';
	}
	*end = '\0';
	return name;
}

/* `TaskIdempotencyInFlightOrVersionConflict`: what `current` is, and the words. */
static const char *name_refusal(struct document *doc, const struct refusal *refusal)
{
	const char *name = refusal->current ? refusal->current->name : "", * or = "";

	for (int err = OK + 1; err < ERR_COUNT; err++) {
		if (!(refusal->errs >> err & 1))
			continue;
		name = arena_printf(doc->arena, "%s%s%s", name, or,
				    document_pascal(doc, err_info((enum err)err)->word));
		or = "Or";
	}
	if (refusal->instead)
		name = arena_printf(doc->arena, "%sOr%s", name, refusal->instead->name);
	return refusal->kept ? arena_printf(doc->arena, "%sKept", name) : name;
}

const char *document_add_refusal(struct document *doc, struct refusal refusal)
{
	refusal.name = name_refusal(doc, &refusal);
	for (size_t i = 0; i < doc->refusal_count; i++)
		if (strcmp(doc->refusals[i].name, refusal.name) == 0)
			return doc->refusals[i].name;
	assert(doc->refusal_count < DOCUMENT_MAX_REFUSALS);
	doc->refusals[doc->refusal_count++] = refusal;
	return refusal.name;
}

void document_put_ref(struct document *doc, const char *name, const char *kind, const char *target)
{
	json_open(&doc->json, name, '{');
	json_text(&doc->json, "$ref", arena_printf(doc->arena, "#/components/%s/%s", kind, target));
	json_close(&doc->json, '}');
}
