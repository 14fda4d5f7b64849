/* listing.h -- the rows of a list on their way into the answer, in little memory.
 *
 * A page has at most 4 MiB: then it ends early, and its cursor goes on. Where rows are large, they
 * come from the database in portions, and the answer is spooled. */
#ifndef LISTING_H
#define LISTING_H

#include "base/json.h"
#include "db/result.h"
#include "web/request.h"

struct listing {
	struct request *req;
	struct list_query *list;
	struct json json; /* where the rows go */
	int64_t limit, shown;
	bool more;	 /* rows than those that are shown */
	const char *key; /* of the last row shown, and its id */
	struct uuid id;
};

/* Puts the rows of a page, of which `rows` have come, and asks for the rest. */
enum err listing_put(struct listing *listing, struct result rows)
	__attribute__((warn_unused_result));

#endif
