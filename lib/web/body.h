/* body.h -- the body of a request: checked, scanned, parsed, and read into a struct. */
#ifndef BODY_H
#define BODY_H

#include "web/request.h"

/* Refuses a body that is too large for the route (413), or shorter than its Content-Length (400).
 */
enum err body_check(struct request *req) __attribute__((warn_unused_result));

/* Reads the body into the struct `in` by the route's table, and sets req->body.sent and
 * req->when.version. A struct that is not the table's ends the program. */
#define body_read(req, in) body_read_sized(req, in, sizeof *(in))
enum err body_read_sized(struct request *req, void *in, size_t size)
	__attribute__((warn_unused_result));

/* body_read() that only notes wrong fields, for a handler that finds more: refuse_faults() ends it.
 * Members that are wrong may be unset. */
#define body_note(req, in) body_note_sized(req, in, sizeof *(in))
enum err body_note_sized(struct request *req, void *in, size_t size)
	__attribute__((warn_unused_result));

/* Whether the body brought this member. */
bool body_has(const struct request *req, const char *name);

#endif
