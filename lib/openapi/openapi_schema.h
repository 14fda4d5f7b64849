/* openapi_schema.h -- tables of fields as JSON Schemas (draft 2020-12, as OpenAPI 3.1 has it). */
#ifndef OPENAPI_SCHEMA_H
#define OPENAPI_SCHEMA_H

#include "web/route.h"

enum { MAX_SCHEMAS = 128, SCHEMA_NAME_BYTES = 64 };

/* What a table is printed for: the same one looks different in each place. */
enum schema_use {
	SCHEMA_ANSWER,
	SCHEMA_PAGE,
	SCHEMA_LIST,
	SCHEMA_BODY,
	SCHEMA_CREATE,
	SCHEMA_UPDATE
};

struct schema {
	char name[SCHEMA_NAME_BYTES];
	enum schema_use use;
	const struct shape *shape;
	const char *list; /* of a page */
};

/* The schemas that operations refer to, each once. */
struct schemas {
	struct schema items[MAX_SCHEMAS];
	size_t count;
};

/* Notes what a route takes or answers, or an answer of any route, and returns the schema's name. */
const char *schemas_add_body(struct schemas *schemas, const struct route *route);
const char *schemas_add_answer(struct schemas *schemas, const struct route *route);
const char *schemas_add_shape(struct schemas *schemas, const struct shape *shape);

/* Appends `"schemas":{…}`, the shapes inside of shapes included. */
void schemas_put(struct schemas *schemas, struct buf *out);

/* Appends the schema of one field; `described` puts the field's sentence into it. */
void schema_put_field(struct buf *out, const struct field *field, bool described);

#endif
