/* ask.h -- the database, asked on behalf of a request; what it refuses becomes the answer. */
#ifndef ASK_H
#define ASK_H

#include "db/result.h"
#include "web/request.h"

/* Chooses the database role that asks from now on: the one that sees passwords, or the workers'
 * own. The first is for what takes long, so no other request waits for this worker. */
void ask_role(struct request *req, bool password);

/* Runs queries as the request's user (see db_run()); a violated constraint becomes its refusal. */
enum err ask_all(struct request *req, const struct query *queries, size_t count,
		 struct result *results) __attribute__((warn_unused_result));
enum err ask(struct request *req, struct query query, struct result *out)
	__attribute__((warn_unused_result));

/* Goes on only if the query finds a row; otherwise ask_missing(). */
enum err ask_row(struct request *req, struct query query) __attribute__((warn_unused_result));

/* Refuses because there is no such row: 404. Somebody else's is 403 and a line in the log, or 404
 * on the user-scoped surface. Only here the database is asked a second time. */
enum err ask_missing(struct request *req);

/* Refuses for the reasons that a statement gives: a JSON array of {status, field, code, message,
 * id}, of which the first one's status decides. A message may be absent. Somebody else's row (403,
 * with its id) is a line in the log, and 404 on the user-scoped surface. */
enum err ask_rejected(struct request *req, const char *reasons);

/* Refuses what db.h has failed with. Only the log hears what the server said. */
enum err ask_failed(struct request *req, enum err err);

#endif
