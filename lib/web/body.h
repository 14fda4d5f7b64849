/* body.h -- the body of a request: checked, scanned, parsed, and read into a struct. */
#ifndef BODY_H
#define BODY_H

#include "web/request.h"

enum { BODY_MAX_DEPTH = 32 };

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

/* A text that is known to be JSON, parsed; it belongs to the arena. NULL is `null`. */
struct json_object *body_parse(struct arena *arena, const char *text, size_t len);

/* Reads element `index` of a list of objects into a struct of its shape, and appends what it
 * brought to `text`, in canonical form. What is wrong is noted, such as that of `updates[3].title`.
 */
const void *body_read_item(struct request *req, const struct field *field, size_t index,
			   struct json_object *item, struct buf *text);

/* Whether the body brought this member. */
bool body_has(const struct request *req, const char *name);

#endif
