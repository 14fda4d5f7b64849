/* change_walk.h -- one page of a walk through the changes.
 *
 * A walk goes through them in the order of their transactions, up to the oldest one that was
 * running when it began: so none is missed, whatever comes to its end later. What changes meanwhile
 * leaves the walk and comes in the next one. */
#ifndef CHANGE_WALK_H
#define CHANGE_WALK_H

#include "web/request.h"

struct change_filter {
	const char *since; /* a cursor; NULL: from the beginning */
	struct integer limit;
};

/* 200 with a page and its ETag, or 304. ERR_INVALID_CURSOR: `since` is not one of this user's;
 * ERR_CURSOR_EXPIRED: it is too old, or the database is not the one that gave it any more. */
enum err change_walk_reply(struct request *req, const struct change_filter *filter);

#endif
