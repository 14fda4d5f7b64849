/* change_rows.h -- the changes of a page with their resources, as they are now. Each type comes by
 * its own statement; merged, they are in the order of their places. The next change is mostly of
 * the same type as the last one: so that type is asked for before the page is known. */
#ifndef CHANGE_ROWS_H
#define CHANGE_ROWS_H

#include "change_cursor.h"

enum { CHANGE_PAGE_BYTES = 4 << 20 };

/* The types of resources, and the tombstones of all. */
enum { CHANGE_STREAMS = 9 };

struct change_rows {
	struct change_stream {
		struct result found;
		bool may_cut; /* has the column that says so of a row */
		int next;     /* row of `found` */
		struct change_place place;
	} streams[CHANGE_STREAMS];
	struct change_place last; /* what is behind it, is not on the page */
};

/* One change; it is valid until the next one is taken. */
struct change {
	struct change_place place;
	const char *type;
	bool deleted;
	bool cut; /* the resource came without the text that would be too much for one page */
	struct change_stream *stream;
};

/* The number of a type, from 1, as places have it, and its word, which is empty for 0. */
uint8_t change_type_number(const char *word);
const char *change_type_word(uint8_t number);

/* The stream that is asked for ahead, of the changes behind a place, and what asks for it. */
struct change_stream *change_rows_ahead(struct change_rows *rows, const struct change_place *after);
struct query change_rows_query(struct request *req, const struct change_place *after,
			       struct integer limit);

/* Reads the changes behind `after` up to `last`: of those types and so many of each as the rows of
 * `page` say (`_type`, `_count`), but for what was asked for ahead. What has changed again
 * meanwhile does not come. */
enum err change_rows_read(struct request *req, const struct result *page,
			  const struct change_place *after, const struct change_place *last,
			  struct change_rows *rows) __attribute__((warn_unused_result));

/* Looks at the page's first change that was not taken; false if there is none. */
bool change_rows_look(struct change_rows *rows, struct change *out);

/* Takes it. */
void change_take(struct change *change);

/* Puts its resource as JSON. */
void change_put_resource(const struct change *change, struct buf *out);

#endif
