/* result.h -- reads rows that PostgreSQL sent in binary: as C values, or as JSON straight into a
 * buffer. The select list is the JSON object: each column a member, in order, under its name. A
 * column whose name begins with `_` is for the program alone; json and jsonb go in as they are. Of
 * neighbours with one name the first that is not null is the member. */
#ifndef RESULT_H
#define RESULT_H

#include <libpq-fe.h>

#include "base/buf.h"
#include "base/types.h"

/* How a column is written as JSON. One whose name begins with `_` is for the program alone. */
struct column {
	uint32_t type; /* OID */
	bool hidden;
	int same_name; /* how many columns from here on have this name */
	const char *name;
	const char *key; /* `"name":` */
	size_t key_len;
};

/* The rows of one query; they live as long as the arena. */
struct result {
	const PGresult *rows;
	const struct column *columns;
	int row_count, column_count;
};

/* How each column of `rows` is written; one block to free(). */
struct column *columns_new(const PGresult *rows) __attribute__((returns_nonnull));

/* Appends row `row` as a JSON object. */
void result_put_row(struct buf *buf, const struct result *result, int row);

/* Appends the first `count` rows as a JSON array. */
void result_put_rows(struct buf *buf, const struct result *result, int count);

/* The value of a column by its name, which must exist (asserted). SQL's NULL is unset, and false
 * for result_bool(). Texts belong to the result. */
const char *result_text(const struct result *result, int row, const char *name);
bool result_bool(const struct result *result, int row, const char *name);
struct integer result_integer(const struct result *result, int row, const char *name);
struct instant result_instant(const struct result *result, int row, const char *name);
struct date result_date(const struct result *result, int row, const char *name);
struct uuid result_uuid(const struct result *result, int row, const char *name);

/* Whether the result has a column of that name. */
bool result_has(const struct result *result, const char *name);

#endif
