/* request.h -- a request on its way: what was sent, who asks, what the body held, and the answer.
 *
 * Before a handler runs, the route is matched, the token is checked, and ids of the path and the
 * conditions are parsed. Functions that take the request are speaking: when one fails, the answer
 * is written, and the caller only returns. A handler ends with exactly one answer. */
#ifndef REQUEST_H
#define REQUEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/types.h"
#include "db/query.h"
#include "field/fault.h"
#include "web/route.h"
#include "web/web.h"

struct json_object;
struct spool;

struct request {
	struct web *web;
	struct arena *arena; /* ends with the request */
	struct instant now;

	/* As it was sent. All but path and query is valid from the beginning. */
	struct {
		char **env;	  /* CGI variables (RFC 3875 section 4.1), ending with NULL */
		const char *body; /* with a NUL behind */
		size_t body_len;
		struct spool *spool; /* has the body instead, if that is large; ends with it */
		enum err fault;	     /* why it could not be received as a whole, or OK */
		enum method method;
		const char *path, *query;
		const char *shown_path; /* for the log: what it names instead of {secret} */
		const char *address;	/* the client's, as network_read() writes it, or NULL */
		const char *request_id; /* X-Request-Id, or one of our own */
	} in;

	/* Valid once the route is found. */
	const struct resource *resource;
	const struct route *route;
	struct db *db;	    /* of the role that the route needs */
	const char *allow;  /* the methods of the path */
	struct uuid id;	    /* {id} */
	const char *secret; /* {secret} and what follows within its segment */
	bool user_scoped;   /* came by /users/{user_id} */
	bool slow;	    /* may take long, by its route or by a parameter */

	/* Who asks, and so whose rows the statements see; set for USER routes. */
	struct db_scope scope;
	int64_t token_issued_s; /* 0: the token does not say */

	/* What a change demands of the row as it is. The headers' part is valid before the handler
	 * runs, the body's `version` after body_read(). */
	struct precondition when;

	/* Valid after filter_read(). */
	struct {
		const void *bound;   /* the struct that it filled */
		struct strings sent; /* names of the parameters that came */
	} filter;

	struct {
		struct json_object *json; /* valid after body_read(); NULL: there was none */
		const void *bound;	  /* the struct that body_read() filled */
		struct strings sent;	  /* names of the writable members that came */
	} body;

	/* Wrong fields so far; refuse_faults() tells them. */
	struct faults faults;

	struct {
		int status; /* 0: there is no answer yet */
		struct buf *head, *body;
		struct spool *spool; /* the body instead, when it is large */
		bool tagged;	     /* it has an ETag */
		const char *refusal; /* the error's word, for the log */
	} answer;
};

/* Cuts the white space at both ends of every variable's value, in place (RFC 9110 section 5.5): web
 * servers leave some of it. Call it before request_header(). */
void request_trim(struct request *req);

/* The value of a header by its CGI name (HTTP_IF_MATCH, CONTENT_TYPE), or NULL. */
const char *request_header(const struct request *req, const char *name);

#endif
