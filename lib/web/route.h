/* route.h -- a row of a resource's table: a method on a path, who may call it, and what it takes
 * and gives. The rows drive the router, the readers of query and body, and the OpenAPI document. */
#ifndef ROUTE_H
#define ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "field/field.h"

/* A bit each, so that a row can have several: PUT | PATCH. */
enum method {
	GET = 1 << 0,
	POST = 1 << 1,
	PUT = 1 << 2,
	PATCH = 1 << 3,
	DELETE = 1 << 4,
	/* those that no row has: */
	HEAD = 1 << 5,
	OPTIONS = 1 << 6,
	METHOD_UNKNOWN = 1 << 7,
};

enum { METHOD_COUNT = 5 }; /* of those that rows have */

/* The method of that name (RFC 9110 section 9.1: case matters), or METHOD_UNKNOWN. */
enum method method_find(const char *name);

/* Its name; that of METHOD_UNKNOWN is "other". */
const char *method_name(enum method method);

/* Who may call a route. The handler of MAYBE_USER decides whether it takes an access token. */
enum audience { ANYBODY, MAYBE_USER, USER };

struct request;

/* Answers a request. Returns OK, or the error that the answer tells. */
typedef enum err (*handler)(struct request *req);

/* A segment of a path that begins so has a secret in its place. */
#define ROUTE_SECRET "{secret}"

enum { ROUTE_MAX_REFUSALS = 5, ROUTE_BODY_BYTES = 1 << 20 };

struct route {
	enum method methods; /* one or more */
	const char *path; /* under /api/v1; {id} and {user_id} are UUIDs, {secret} never shows in a
			     log */
	enum audience audience;
	handler handler;
	const char *name;	  /* verb_noun; the documentation makes its operationId of it */
	const struct shape *body; /* of a request with a body */
	const struct shape *query;
	const struct shape *answer;  /* of the success answer; NULL: none */
	const char *list;	     /* the answer is a page of `answer`s under this name */
	const struct shape *summary; /* … or of these, as the query wants it */
	bool unpaged;		     /* … or all of them at once */
	bool creates;		     /* the success is 201, and it takes an Idempotency-Key */
	int status;		     /* of another success; 0 = 200 */
	bool merge;		     /* the body changes a resource: RFC 7396 */
	bool optional_body;
	bool outside_api;	/* the path stands at the root */
	bool password;		/* takes a password: for the auth pool and its database role */
	bool own_session;	/* not for the users of another issuer */
	bool idempotent;	/* takes an Idempotency-Key */
	bool user_scoped;	/* also reachable under /users/{user_id} */
	bool page;		/* answers with a page for people, and takes forms (HTML) */
	bool unready;		/* a 503 may have the form of the answer, too */
	bool stores;		/* adds to what the user has stored */
	bool slow;		/* may take long */
	bool spooled;		/* the body may be large: it goes to a file */
	bool imports;		/* the body brings resources as an export has them */
	size_t max_body_bytes;	/* 0: ROUTE_BODY_BYTES */
	const char *attachment; /* the name under which browsers save the answer */
	const char *location;	/* where created ones lie, if that is not below the path */
	const char *table;	/* whose {id} it is, if that is not the resource's */
	/* for the documentation: */
	const char *media_type;		       /* of an answer that is no JSON object of ours */
	bool digested;			       /* the answer has an ETag without a version */
	enum err refusals[ROUTE_MAX_REFUSALS]; /* those that do not follow from the rest */
	const char *doc;		       /* a summary */
	const char *about;		       /* more about it, in whole sentences */
};

/* The handler of a row with its own name as the row's: `{ GET, "/moods", USER,
 * HANDLER(list_moods)`.
 */
#define HANDLER(function) function, #function

/* Routes that belong together: a group of the documentation, and the table of their {id}. */
struct resource {
	const char *name;
	const char *doc; /* NULL: another one of that name says it */
	const struct route *routes;
	size_t route_count;
};

#define ROUTES(table) .routes = (table), .route_count = sizeof(table) / sizeof *(table)

/* The status of a route's success. */
int route_status(const struct route *route);

/* Whether a route takes an Idempotency-Key. */
bool route_is_idempotent(const struct route *route);

#endif
