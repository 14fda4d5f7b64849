/* rows.h -- rows as PostgreSQL sends them in binary, made by a test. */
#ifndef ROWS_H
#define ROWS_H

#include "db/pg_types.h"
#include "db/result.h"

/* One value of a row: the column's name and type, and its bytes; `len` -1 is SQL's NULL. */
struct value {
	const char *name;
	Oid type;
	const char *bytes;
	int len;
};

/* A value of type text, or NULL. */
struct value text_value(const char *name, const char *text);

/* A result of so many rows, whose values follow one another. rows_free() ends it. */
struct result rows_make(const struct value *values, int columns, int rows);
void rows_free(const struct result *result);

#endif
