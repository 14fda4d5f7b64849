/* filter.h -- the query string of a request, read by the route's table. */
#ifndef FILTER_H
#define FILTER_H

#include "web/request.h"

enum { PAGE_MAX_LIMIT = 200, PAGE_MAX_OFFSET = 10000 };

/* The query parameters of every list, for a filter struct with a member `struct page page`: it can
 * be sorted by one of `orders`, and is by `by` in the direction `way` if the client says nothing.
 */
#define PAGE_FIELDS(type, orders, by, way)                                                         \
	FIELD_AS("sort_by", type, page.sort_by, .words = &(orders), .preset = by,                  \
		 .doc = "What decides the order; then the id."),                                   \
		FIELD_AS("sort_order", type, page.sort_order, .words = &filter_directions,         \
			 .preset = way, .doc = "Rising or falling."),                              \
		FIELD_AS("limit", type, page.limit, .min = 1, .max = PAGE_MAX_LIMIT,               \
			 .preset = "50",                                                           \
			 .doc = "How many at most. Fewer come, with a `next_cursor`, when the "    \
				"answer would have more than 4 MiB."),                             \
		FIELD_AS("offset", type, page.offset, .max = PAGE_MAX_OFFSET, .preset = "0",       \
			 .doc = "How many to skip; further in, use `cursor`."),                    \
		FIELD_AS("cursor", type, page.cursor, .min = 1, .max = 2000,                       \
			 .format = &filter_cursor_format,                                          \
			 .doc = "Continues after `next_cursor` of the page before.")

/* What a cursor looks like: base64url (RFC 4648 section 5). Which one is good, cursor_read() tells.
 */
extern const struct text_format filter_cursor_format;

/* The values of `sort_order`. */
extern const struct words filter_directions;

/* Reads the query string into the struct `filter` by the route's table. Refuses all wrong
 * parameters at once. A struct that is not the table's ends the program. */
#define filter_read(req, filter) filter_read_sized(req, filter, sizeof *(filter))
enum err filter_read_sized(struct request *req, void *filter, size_t size)
	__attribute__((warn_unused_result));

/* filter_read() of a list: checks its `page` too, and verifies the cursor against user, path and
 * filter. */
#define filter_read_page(req, filter)                                                              \
	filter_read_page_sized(req, filter, sizeof *(filter), &(filter)->page)
enum err filter_read_page_sized(struct request *req, void *filter, size_t size, struct page *page)
	__attribute__((warn_unused_result));

/* Whether the query string has a parameter that is marked slow. */
bool filter_is_slow(const struct request *req);

/* Refuses any parameter, for a route that takes none. */
enum err filter_read_none(struct request *req) __attribute__((warn_unused_result));

#endif
