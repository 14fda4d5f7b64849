/* document.h -- the OpenAPI document while it is written: the writer, and what it refers to.
 *
 * Whoever refers to a schema or to a refusal notes it here and gets its name. What was noted is
 * written once, under `components`, when the operations are done. */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include "base/arena.h"
#include "base/json.h"
#include "web/route.h"

/* What a table is printed for: the same one looks different in each place. */
enum schema_use {
	SCHEMA_ANSWER,
	SCHEMA_PAGE,
	SCHEMA_LIST,
	SCHEMA_BODY,
	SCHEMA_CREATE,
	SCHEMA_UPDATE,
	SCHEMA_IMPORT,
	SCHEMA_WORDS,
};

struct schema {
	const char *name;
	enum schema_use use;
	const struct shape *shape;
	const struct words *words;   /* of SCHEMA_WORDS, instead of a shape */
	const char *list;	     /* of a page or a list: the member with the rows */
	const struct shape *summary; /* of a page whose rows may be of this shape, too */
	bool exampled;		     /* a body or an answer as a whole, which has an example */
};

/* The refusals of one status, as one response. */
struct refusal {
	const char *name;
	int status;
	uint64_t errs;		     /* a bit for each enum err */
	uint64_t stale;		     /* those of them that have `current` */
	const struct shape *current; /* what that is */
	const struct shape *instead; /* a refusal may have this form as well */
	bool kept;		     /* an Idempotency-Key may bring it again */
};

enum { DOCUMENT_MAX_SCHEMAS = 160, DOCUMENT_MAX_REFUSALS = 96 };

struct document {
	struct json json;
	struct arena *arena; /* of names and sentences */
	struct schema schemas[DOCUMENT_MAX_SCHEMAS];
	size_t schema_count;
	struct refusal refusals[DOCUMENT_MAX_REFUSALS];
	size_t refusal_count;
};

/* Notes the schema of a table or of words, and returns it. Two of one name must be the same. */
struct schema *document_add_shape(struct document *doc, enum schema_use use,
				  const struct shape *shape, const char *list);
struct schema *document_add_words(struct document *doc, const struct words *words);

/* Notes refusals, which get their name, and returns it. */
const char *document_add_refusal(struct document *doc, struct refusal refusal);

/* Writes the member (or the element, without a name) `{"$ref": "#/components/KIND/TARGET"}`. */
void document_put_ref(struct document *doc, const char *name, const char *kind, const char *target);

/* A word or a name such as `version_conflict` as `VersionConflict`; it belongs to the document. */
const char *document_pascal(struct document *doc, const char *text);

#endif
