/* change_cursor.h -- where a client is in /changes: the last change that it has, and how far its
 * walk goes. It is encrypted for its user, since transaction numbers tell how much others write. */
#ifndef CHANGE_CURSOR_H
#define CHANGE_CURSOR_H

#include "db/result.h"
#include "web/request.h"

/* Where a change is in the order of all: the transaction that made it, and then its type, a number
 * of change_rows.h. */
struct change_place {
	uint64_t epoch, xid;
	uint8_t type; /* 0: before all of that transaction */
	struct uuid id;
};

/* A walk shows what is below its bound, which its first page fixes. Tombstones are needed from the
 * moment on at which the walk before fixed its own. */
struct change_cursor {
	struct change_place place; /* of the last change shown */
	uint8_t whole;		   /* the walk shows the present state, without tombstones */
	struct uuid nonce;	   /* of the epoch in which the bound was fixed */
	uint64_t bound;		   /* 0: the next page begins a walk */
	uint64_t from_s, bound_s;
};

enum { CHANGE_CURSOR_MAX_CHARS = 400 };

/* Learns the secret of the cursors, as the database tells it. It outlives keys of tokens. */
void change_cursor_learn(const char *secret);

/* Whether it was learned. */
bool change_cursor_can_make(void);

/* Reads a cursor; false if it was not made for this user under the secret that was learned. */
bool change_cursor_read(const struct request *req, const char *text, struct change_cursor *out)
	__attribute__((warn_unused_result));

/* Its text, which belongs to the arena; never the same twice. */
const char *change_cursor_make(struct request *req, const struct change_cursor *cursor);

#endif
