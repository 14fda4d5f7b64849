/* json_parts.h -- reads a JSON text that is too large for memory part by part (RFC 8259).
 *
 * Objects and lists that are entered are walked through; everything else is a part: one whole
 * value, which must fit into memory and passes json_scan(). So all that is passed by is JSON.
 *
 *     json_parts_enter(&parts, '[');
 *     while (json_parts_more(&parts, ']'))
 *         json_parts_value(&parts, &text, &len);
 *
 * After a fault nothing moves on any more, each function returns false, and `fault` says why. */
#ifndef JSON_PARTS_H
#define JSON_PARTS_H

#include "base/buf.h"
#include "base/json_scan.h"

struct json_parts {
	/* Reads up to `room` bytes of the text from `offset`; 0 at its end. */
	size_t (*read)(const void *source, size_t offset, char *out, size_t room);
	const void *source;
	size_t max_part_bytes;
	unsigned max_depth; /* of a part */
	struct buf window;  /* of the text, from `begin` on */
	size_t begin, at;   /* offsets in the text; `at` is what comes next */
	bool first;	    /* nothing of the innermost level has been passed yet */
	struct json_fault fault;
};

/* Gives the window back. */
void json_parts_free(struct json_parts *parts);

/* The next byte that is no white space, without taking it; '\0' at the end. */
char json_parts_peek(struct json_parts *parts);

/* Enters the object ('{') or the list ('[') that comes next. */
bool json_parts_enter(struct json_parts *parts, char bracket) __attribute__((warn_unused_result));

/* Whether something more of this level comes; if not, its bracket `close` has been passed. */
bool json_parts_more(struct json_parts *parts, char close) __attribute__((warn_unused_result));

/* The name of the next member with its quotes and escapes; its value comes next. The text lasts
 * until the next call, like that of a value. */
bool json_parts_name(struct json_parts *parts, const char **text, size_t *len)
	__attribute__((warn_unused_result));

/* The next value as a whole. A member name in it with U+0000 is a fault, with `nul_name`. */
bool json_parts_value(struct json_parts *parts, const char **text, size_t *len)
	__attribute__((warn_unused_result));

/* Whether nothing but white space is left. */
bool json_parts_end(struct json_parts *parts) __attribute__((warn_unused_result));

#endif
