/* value.h -- the values of fields as JSON Schemas (draft 2020-12, as OpenAPI 3.1 has it).
 *
 * An enum is a schema of its own, and nothing stands beside a reference: generators lose what does.
 * Lengths, ranges, patterns and formats are those that field_from_json() and field_from_query()
 * demand. */
#ifndef VALUE_H
#define VALUE_H

#include "openapi/document.h"

/* Writes the schema of a field as the member `name`. */
void value_put(struct document *doc, const char *name, const struct field *field,
	       enum schema_use use);

/* The same for a query parameter, with its default. */
void value_put_parameter(struct document *doc, const char *name, const struct field *field);

/* Appends a value that a row gives as text: what is a text in JSON as one, all else as it is. */
void value_put_text(struct buf *out, const struct field *field, const char *text);

#endif
