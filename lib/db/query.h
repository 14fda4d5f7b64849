/* query.h -- statements and their parameters, as values.
 *
 * A statement is what scripts/sqlgen made of sql/queries/: fixed lines, some of which depend on the
 * parameters. A query is a statement with its parameters; making one asks nothing of the database.
 */
#ifndef DB_QUERY_H
#define DB_QUERY_H

#include "base/types.h"

enum { LIST_PORTION_BYTES = 1 << 20 };
enum { SQL_MAX_PARAMS = 24, SQL_MAX_CONDITIONS = 3, SQL_MAX_QUERIES = 10 };

/* Holds if parameter `param` (from 1) is given and, with a word, has that value. */
struct sql_condition {
	uint8_t param;
	const char *word;
};

/* One line of a statement; it is left out unless all its conditions hold. */
struct sql_line {
	const char *text;
	struct sql_condition conditions[SQL_MAX_CONDITIONS];
};

struct statement {
	const char *name;
	bool reads; /* changes nothing, so it may be repeated */
	bool many;  /* changes any number of rows: has ten times as long */
	bool waits; /* for its turn: what comes after it has its whole time from then on */
	uint8_t param_count, line_count;
	uint32_t param_types[SQL_MAX_PARAMS]; /* OIDs */
	const struct sql_line *lines;
};

struct param {
	bool set;
	union {
		bool boolean;
		int64_t integer;
		int32_t days;
		uint8_t uuid[16];
		const char *text;
		struct strings strings;
	};
};

struct query {
	const struct statement *statement;
	struct param params[SQL_MAX_PARAMS];
};

/* Which rows of a list, in which order. The cursor is what the client sent; whoever verifies it
 * sets `after_key` and `after_id`, the sort key and id of the last row seen. */
struct page {
	const char *sort_by, *sort_order;
	struct integer limit, offset;
	const char *cursor;
	const char *after_key;
	struct uuid after_id;
};

/* A page of a list, and the number of all rows that match. */
struct list_query {
	struct query page, count;
	const char *large; /* the column that is null where it does not fit; NULL: all rows do */
};

/* What a change demands of the row as it is: one of these entity tags, none of those, this version.
 * `new_only` demands that there is no row at all. */
struct precondition {
	struct strings if_match, if_none_match;
	struct boolean new_only; /* set or not; its value says nothing more */
	struct integer version;
};

static inline struct param param_boolean(struct boolean v)
{
	return (struct param){ .set = v.set, .boolean = v.value };
}

static inline struct param param_integer(struct integer v)
{
	return (struct param){ .set = v.set, .integer = v.value };
}

static inline struct param param_text(const char *v)
{
	return (struct param){ .set = v, .text = v };
}

static inline struct param param_date(struct date v)
{
	return (struct param){ .set = v.set, .days = v.days };
}

static inline struct param param_instant(struct instant v)
{
	return (struct param){ .set = v.set, .integer = v.us };
}

static inline struct param param_uuid(struct uuid v)
{
	struct param param = { .set = v.set };

	__builtin_memcpy(param.uuid, v.bytes, sizeof v.bytes);
	return param;
}

static inline struct param param_strings(struct strings v)
{
	return (struct param){ .set = v.set, .strings = v };
}

/* How much of a large column of each row fits into a portion of so many; one row always does. */
static inline struct integer list_room(int64_t rows)
{
	return (struct integer){ rows > 1 ? LIST_PORTION_BYTES / rows : INT32_MAX, true };
}

/* The parameters of the page come last: key, id, rows, how many to skip, and the room. */
static inline struct param *list_page_params(struct list_query *list)
{
	return list->page.params + list->page.statement->param_count - (list->large ? 5 : 4);
}

/* Makes the page's query one of `rows` rows. */
static inline void list_take(struct list_query *list, int64_t rows)
{
	struct param *params = list_page_params(list);

	params[2] = param_integer((struct integer){ rows, true });
	if (list->large)
		params[4] = param_integer(list_room(rows));
}

/* Makes it begin behind the row of this key and id. */
static inline void list_go_on(struct list_query *list, const char *key, struct uuid id)
{
	struct param *params = list_page_params(list);

	params[0] = param_text(key);
	params[1] = param_uuid(id);
	params[3] = param_integer((struct integer){ 0, true });
}

/* One row more than the page shows tells whether there is a next page. */
static inline struct integer page_rows(const struct page *page)
{
	return (struct integer){ page->limit.value + 1, true };
}

#endif
