/* web.h -- a request on its way: from the route that it matched to the answer that leaves.
 *
 * Before a handler runs, the route is matched, the token checked and the path's ids are parsed. The
 * functions here are speaking: when one fails, the answer is already written, and the caller only
 * returns. A handler ends with exactly one of the reply functions. */
#ifndef WEB_H
#define WEB_H

#include <fcgiapp.h>
#include <json-c/json.h>

#include "auth/jwt.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/types.h"
#include "daemon/config.h"
#include "db/db.h"
#include "field/field.h"

/* Names of methods and their places in a router's tables. */
#define METHOD_TABLE(ROW) ROW(GET) ROW(POST) ROW(PUT) ROW(PATCH) ROW(DELETE)
enum method {
#define ROW(name) name,
	METHOD_TABLE(ROW)
#undef ROW
		METHOD_COUNT,
	HEAD,
	OPTIONS,
	METHOD_UNKNOWN,
};

/* Who may call a route. */
enum audience { ANYBODY, USER };

/* The methods' names; unknown ones are "other". */
extern const char *const method_names[METHOD_UNKNOWN + 1];

struct request;

/* A handler says with its answer whether it succeeded; the answer itself is in the request. */
typedef enum err (*handler)(struct request *req);

enum { ROUTE_MAX_REFUSALS = 4 };

struct route {
	enum method method;
	const char *path; /* under /api/v1; {id} and {user_id} are UUIDs, other {names} texts */
	enum audience audience;
	handler handler;
	const struct shape *body; /* of a request with a body */
	const struct field *query;
	const struct shape *answer; /* of the success answer; NULL: none */
	const char *list;	    /* the answer is a page of `answer`s under this name */
	bool unpaged;		    /* … or all of them at once */
	int status;		    /* of success; 0 = 200 */
	bool merge;		    /* the body changes a resource: RFC 7396 */
	bool optional_body;
	bool outside_api;      /* the path stands at the root */
	bool own_session;      /* not for the users of another issuer */
	bool idempotent;       /* takes an Idempotency-Key */
	bool user_scoped;      /* also reachable under /users/{user_id} */
	bool unready;	       /* a 503 may have the form of the answer, too */
	size_t max_body_bytes; /* 0: 1 MiB */
	const char *location;  /* where created ones lie, if that is not below the path */
	const char *resource;  /* whose {id} it is, if that is not the tag's */
	const char *tag;       /* the group in the documentation, and the table of {id} */
	/* for the documentation: */
	const char *media_type;		       /* of an answer that is no JSON object of ours */
	bool digested;			       /* the answer has an ETag without a version */
	enum err refusals[ROUTE_MAX_REFUSALS]; /* those that do not follow from the rest */
	const char *tag_doc;		       /* what the group is, on its first route */
	const char *doc;
};

#define ROUTES_END                                                                                 \
	{                                                                                          \
		.path = NULL                                                                       \
	}

/* A constraint of the database and the refusal that its violation becomes. */
struct constraint {
	const char *name;
	enum err err;
	const char *field, *message;
};

struct router;
struct spool;

/* What lives as long as the process. */
struct web {
	const struct config *config;
	struct db *db;
	struct jwt_keys *keys;
	struct router *router;
	const struct constraint *constraints; /* ends with a NULL name */
	uint8_t cursor_key[32];
	struct arena *arena;
	struct buf head, body;
	const char *version;
};

struct page {
	struct integer limit, offset;
	const char *cursor;
	/* where to go on, read from the cursor: */
	const char *after_key;
	struct uuid after_id;
};

enum { PAGE_LIMIT = 50, PAGE_MAX_LIMIT = 200, PAGE_MAX_OFFSET = 10000 };

/* The query parameters of a list, for a filter struct with a member `struct page page`. */
#define PAGE_FIELDS(type)                                                                          \
	FIELD_AS("limit", type, page.limit, .min = 1, .max = PAGE_MAX_LIMIT, .preset = "50",       \
		 .doc = "How many at most."),                                                      \
		FIELD_AS("offset", type, page.offset, .max = PAGE_MAX_OFFSET, .preset = "0",       \
			 .doc = "How many to skip; further in, use `cursor`."),                    \
		FIELD_AS("cursor", type, page.cursor, .min = 1, .max = 2000,                       \
			 .doc = "Continues after `next_cursor` of the page before.")

struct request {
	struct web *web;
	struct arena *arena;
	FCGX_ParamArray env;
	FCGX_Stream *in;
	enum method method;
	const char *path, *query; /* as sent */
	const char *id_text;	  /* X-Request-Id */
	const char *address;	  /* of the client */
	struct instant now;
	const struct route *route;
	const char *allow; /* the methods of the path that matched */
	struct uuid id;	   /* {id} */
	struct jwt_claims claims;
	struct db_scope scope; /* whose rows the statements see; set for USER routes */
	bool user_scoped;      /* came by /users/{user_id} */
	char *raw;	       /* the body as it came, with a NUL behind; NULL: not received yet */
	size_t raw_len;
	bool received;		  /* the body with its end, so that nothing more will come */
	struct json_object *json; /* the body */
	const void *bound;	  /* the struct that the body was read into */
	const void *filter;	  /* the struct that the query string was read into */
	struct strings sent;	  /* the names of the writable members in the body */
	struct strings if_match;  /* set by If-Match, unless that is `*` */
	struct integer version;	  /* the body's `version`, of a change */
	struct buf faults;	  /* field errors so far, as JSON */
	unsigned fault_count;
	const char *fault_sentence; /* of the first */
	const char *refusal;	    /* the error's word, for the log */
	int status;		    /* of the answer; 0 = none yet */
	struct buf *head, *body;
	struct spool *spool; /* the body, when it is large */
	bool etag_given;
};

/* The value of a header by its CGI name (HTTP_IF_MATCH, CONTENT_TYPE), or NULL. */
const char *request_header(const struct request *req, const char *name);

/* Receives the body, once: 413 if it is too large, 400 if it ends too early. */
enum err receive_body(struct request *req) __attribute__((warn_unused_result));

/* Reads the body into `in` by the route's table: `sent`, `version` and `if_match` are set. */
enum err read_body(struct request *req, void *in) __attribute__((warn_unused_result));

/* Reads If-Match into `if_match`; for changes without a body, read_body() does it itself. */
enum err read_if_match(struct request *req) __attribute__((warn_unused_result));

/* Reads the query string into `filter` by the route's table. */
enum err read_query(struct request *req, void *filter) __attribute__((warn_unused_result));

/* read_query() of a list: checks the page, and verifies the cursor against user, path and filter.
 */
enum err read_page(struct request *req, void *filter, struct page *page)
	__attribute__((warn_unused_result));

/* Whether the body brought this member. */
bool was_sent(const struct request *req, const char *name);

/* Writes the answer of `err` and returns it. With a field, `message` goes to `details` under its
 * name; without one it replaces the error's sentence; NULL keeps the sentence. */
enum err refuse(struct request *req, enum err err, const char *field, const char *message);

/* Notes one wrong field; check_faults() then refuses with all of them at once. */
void add_fault(struct request *req, const char *field, const char *message);
enum err check_faults(struct request *req) __attribute__((warn_unused_result));

/* The SQLSTATE with which a statement rejects its input, and the answer to that: `detail` is a JSON
 * array of {status, field, message, id}; the first one's status decides. What is somebody else's
 * (403, with its id) is a line in the log, and 404 on the user-scoped surface. */
#define SQLSTATE_REJECTED "DB400"
enum err refuse_rejected(struct request *req, const char *detail);

/* Answers an error of db.h: a violated constraint as its refusal, the rest as it is. Only the log
 * hears what the server said. */
enum err refuse_fault(struct request *req, enum err err);

/* refuse() of an access token, with the reason as a line in the log. */
enum err refuse_token(struct request *req, enum err err, const char *reason);

/* refuse() with Retry-After. */
enum err refuse_for(struct request *req, int64_t seconds);

/* Runs queries as the request's user (see db_run()); a violated constraint becomes its refusal. */
enum err run_all(struct request *req, const struct query *queries, size_t count,
		 struct result *results) __attribute__((warn_unused_result));
enum err run(struct request *req, struct query query, struct result *out)
	__attribute__((warn_unused_result));

/* 200 with the row; no row is 404, or 403 when it is somebody else's. GET answers 304 when
 * If-None-Match has its ETag. */
enum err reply_row(struct request *req, struct query query);

/* 201 with the row and its Location. When `query` made nothing because the client's own id is in
 * use, `existing` decides: the same content is 200, other content 409. */
enum err reply_created(struct request *req, struct query query, struct query existing);

/* 200 with the changed row. When `query` changed nothing, `current` tells why: 412 or 404. */
enum err reply_changed(struct request *req, struct query query, struct query current);

/* 204 after a deletion; misses as for reply_changed(). */
enum err reply_deleted(struct request *req, struct query query, struct query current);

/* Answers with the first row as it is, under its ETag. */
enum err reply_with_row(struct request *req, int status, const struct result *rows);

/* No such row: 404; somebody else's: 403 and a line in the log, or 404 too on the user-scoped
 * surface. Only on this way the database is asked a second time. */
enum err refuse_missing(struct request *req);

/* Goes on only if the query finds a row; else refuse_missing(). */
enum err require_row(struct request *req, struct query query) __attribute__((warn_unused_result));

/* 412 with the row as it is now, because a change's conditions did not hold for it. */
enum err refuse_stale(struct request *req, const struct result *rows);

/* 200 with what the handler has written into req->body, under a digest of it as its ETag; 304 when
 * If-None-Match has that. */
enum err reply_digested(struct request *req);

/* 200 with the JSON in the spool. */
enum err reply_spooled(struct request *req, struct spool *spool);

/* These rows, as the member route->list. */
enum err reply_rows(struct request *req, const struct result *rows);

/* All rows of a query at once, as the member route->list. */
enum err reply_list(struct request *req, struct query query);

/* A page: the list's rows have `id` and `_key` (the sort key as text), the count's row `_total`. */
enum err reply_page(struct request *req, const struct page *page, struct query list,
		    struct query count);

/* An answer of the handler's own making: start, add members to req->body, end. */
void reply_start(struct request *req, int status);
enum err reply_object(struct request *req);
enum err reply_empty(struct request *req, int status);

/* Adds a header line. */
void reply_header(struct request *req, const char *name, const char *value);

/* The limit for the page's statement: one more row than shown tells whether there is a next page.
 */
struct integer page_rows(const struct page *page);

/* The log line of something that security cares about, at level warning so that it is kept where
 * info is not; log_end() it. */
struct log_line;
void audit_begin(struct request *req, struct log_line *line, const char *event);

#endif
