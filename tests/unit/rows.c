#include "rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_COLUMNS = 10 };

struct value text_value(const char *name, const char *text)
{
	return (struct value){ name, PG_TEXT, text, text ? (int)strlen(text) : -1 };
}

struct result rows_make(const struct value *values, int columns, int rows)
{
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc descriptions[MAX_COLUMNS] = { 0 };

	assert(columns <= MAX_COLUMNS);
	for (int i = 0; i < columns; i++) {
		descriptions[i].name = (char *)(uintptr_t)values[i].name;
		descriptions[i].typid = values[i].type;
		descriptions[i].format = 1;
	}
	int ok = PQsetResultAttrs(result, columns, descriptions);
	for (int i = 0; i < rows * columns; i++)
		ok = ok && PQsetvalue(result, i / columns, i % columns,
				      (char *)(uintptr_t)values[i].bytes, values[i].len);
	assert(ok);
	return (struct result){ result, columns_new(result), rows, columns };
}

void rows_free(const struct result *result)
{
	free((void *)(uintptr_t)result->columns);
	PQclear((PGresult *)(uintptr_t)result->rows);
}
