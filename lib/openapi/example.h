/* example.h -- examples of bodies and answers, from the rows' own: real values, and few of them. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include "openapi/document.h"

/* The example of a text whose row has none; a test sees to it that each has one. */
#define EXAMPLE_MISSING "…"

/* Refers to the example of a schema as the only one of a media type, and notes that it has one. */
void example_put_ref(struct document *doc, struct schema *schema);

/* Writes the example of an answer of that shape as the member `name`. */
void example_put(struct document *doc, const char *name, const struct shape *shape);

/* Writes `"examples": {…}`: those of all noted schemas that have one. */
void example_put_all(struct document *doc);

#endif
