/* fastcgi.h -- one connection of a web server as bytes: FastCGI 1.0, in the role of a responder.
 *
 * The reader takes bytes in whatever pieces they arrive and puts one request at a time together. It
 * waits for nothing itself, and its memory is bounded by FASTCGI_MAX_VARIABLE_BYTES,
 * `max_body_bytes` and one record. A body that may be larger goes to a file.
 *
 *	char *to = fastcgi_room(&in, &room);
 *	state = fastcgi_take(&in, bytes received into `to`);
 *	while (state == FASTCGI_REQUEST) {
 *		… answer it, from fastcgi_variables() and fastcgi_body() …
 *		state = fastcgi_next(&in);
 *	}
 */
#ifndef FASTCGI_H
#define FASTCGI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	FASTCGI_MAX_VARIABLES = 1024,
	FASTCGI_MAX_VARIABLE_BYTES = 1 << 16,
};

enum fastcgi_state {
	FASTCGI_MORE,	 /* the request is not complete */
	FASTCGI_REQUEST, /* it is, or can be refused already: see `fault` */
	FASTCGI_BROKEN,	 /* this is not FastCGI, or the connection is to be closed: do so */
};

struct spool;

/* All zero bytes but for the limits is a new one. */
struct fastcgi {
	size_t max_body_bytes;
	/* How large the body may be that goes to a file; 0: it stays in memory. Asked when all
	 * variables have arrived; or NULL. */
	size_t (*spool_bytes)(const struct fastcgi *in, const void *context);
	const void *spool_context;
	struct spool *spool; /* has the body, if that goes to a file */
	struct buf bytes;    /* variables, body, and what is not taken apart yet: in this order */
	size_t variables_len, body_len, taken;
	uint16_t id;	    /* of the request under way; 0: none has begun */
	bool keep;	    /* the web server wants to use the connection again */
	bool has_variables; /* all of them */
	bool complete;
	size_t max_spool_bytes;
	enum err fault;	    /* why a complete request is not whole; then more of it may arrive */
	struct buf replies; /* to questions of the protocol itself, to be sent and cleared */
};

void fastcgi_free(struct fastcgi *in);

/* Where the next bytes go, and how many there is room for: at least one. */
char *fastcgi_room(struct fastcgi *in, size_t *room);

/* Takes the bytes that were put there. */
enum fastcgi_state fastcgi_take(struct fastcgi *in, size_t received)
	__attribute__((warn_unused_result));

/* Whether a part of a request has arrived, but not all of it. */
bool fastcgi_is_within(const struct fastcgi *in);

/* Completes a request whose body does not arrive, with this fault. False, and nothing is changed,
 * when not even its variables have arrived. */
bool fastcgi_cut(struct fastcgi *in, enum err fault) __attribute__((warn_unused_result));

/* Whether the first variable of that name has this value; before fastcgi_variables(). */
bool fastcgi_has(const struct fastcgi *in, const char *name, const char *value);

/* The first variable of that name, as a view; false if there is none. Before fastcgi_variables().
 */
bool fastcgi_find(const struct fastcgi *in, const char *name, const char **value, size_t *len);

/* The CGI variables of a complete request as `NAME=value` texts and a NULL. They belong to the
 * reader and last until fastcgi_next(). Call it once a request. ERR_BAD_REQUEST: a value has a NUL,
 * or the pairs are malformed; ERR_HEADERS_TOO_LARGE: there are too many. Then `env` has those
 * before. */
enum err fastcgi_variables(struct fastcgi *in, char *env[FASTCGI_MAX_VARIABLES + 1])
	__attribute__((warn_unused_result));

/* The body of a complete request, `body_len` bytes and a NUL behind; of one that went to a file
 * nothing is here. It lasts as the variables. */
char *fastcgi_body(const struct fastcgi *in);

/* Wipes the complete request and goes on with what has arrived after it. FASTCGI_BROKEN after a
 * request with a fault, or if the connection is not to be kept. */
enum fastcgi_state fastcgi_next(struct fastcgi *in) __attribute__((warn_unused_result));

#endif
