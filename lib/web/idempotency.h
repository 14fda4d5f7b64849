/* idempotency.h -- Idempotency-Key: the same request again gets the same answer, and is done once.
 *
 * One transaction claims the key, does the work and stores its answer, so none of the three can be
 * there without the others. Kept for 24 hours, for one user, method and path; an
 * answer that shows a resource is emptied when that is deleted. */
#ifndef IDEMPOTENCY_H
#define IDEMPOTENCY_H

#include "web/request.h"

/* Runs the route's handler under the key, or answers with what was stored. Only successes
 * and final errors (err.h) are stored: after any other, trying again may help. */
enum err idempotency_run(struct request *req, const char *key);

#endif
