/* refuse.h -- every way of saying no, in one form: JSON, or RFC 9457 when the client accepts that.
 */
#ifndef REFUSE_H
#define REFUSE_H

#include "web/request.h"

struct log_line;
struct result;

/* Writes the answer of `err` with its sentence and without details, and returns `err`; once a
 * request. */
enum err refuse(struct request *req, enum err err);

/* refuse() with a sentence of its own. */
enum err refuse_saying(struct request *req, enum err err, const char *sentence);

/* refuse() that tells all faults noted so far, of which there is one at least; its sentence is
 * about the first. */
enum err refuse_noted(struct request *req, enum err err);

/* refuse_noted() with one more fault. */
enum err refuse_field(struct request *req, enum err err, const char *field, struct fault fault);

/* Refuses if any fault was noted; OK if there is none. */
enum err refuse_faults(struct request *req) __attribute__((warn_unused_result));

/* Refuses a change of a row that is not what the client took it for: the answer has the row as
 * `current`, under its ETag. */
enum err refuse_stale(struct request *req, enum err err, const struct result *current);

/* refuse() with ERR_TOO_MANY_REQUESTS and Retry-After. */
enum err refuse_for(struct request *req, int64_t seconds);

/* Logs that a token of either kind is refused, and why. Clients do not learn the reason. */
void audit_token(struct request *req, const char *reason);

/* refuse() of an access token with audit_token(). */
enum err refuse_token(struct request *req, enum err err, const char *reason);

/* Begins the log line of an event that matters to security, at level warning so that it is kept
 * where info is not. The caller ends it with log_end(). */
void audit_begin(struct request *req, struct log_line *line, const char *event);

/* Logs an attempt at somebody else's row. */
void audit_foreign_access(struct request *req, const char *resource, const char *id);

#endif
