/* schema.h -- tables of fields as JSON Schemas, one for each use of a table.
 *
 * Answers are open, since the API may grow. Bodies are closed; the members that only the server
 * sets stand in them as ignored ones, because a client may send back what it got. */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "openapi/document.h"

/* Notes what a route takes, or answers with, and returns the schema. */
struct schema *schema_of_body(struct document *doc, const struct route *route);
struct schema *schema_of_answer(struct document *doc, const struct route *route);

/* Whether the schema has the member, and whether the member must be there. */
bool schema_shows(enum schema_use use, const struct field *field);
bool schema_requires(enum schema_use use, const struct field *field);

/* What a page tells beside its rows. */
extern const struct shape schema_page, schema_list;

/* Writes `"schemas": {…}`: all that is noted, and what that refers to. */
void schema_put_all(struct document *doc);

#endif
