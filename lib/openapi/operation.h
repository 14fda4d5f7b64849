/* operation.h -- one method on one path, and what follows from its row. */
#ifndef OPERATION_H
#define OPERATION_H

#include "web/router.h"

struct operation {
	const struct endpoint *endpoint;
	const struct route *route;
	const char *path;
	const struct route *reader; /* what GET does at the same path, or NULL */
};

typedef bool operation_test(const struct operation *operation);

/* What it takes. */
operation_test operation_takes_body, operation_takes_id, operation_takes_version,
	operation_takes_conditions, operation_takes_key, operation_merges;

/* What it answers with, when it succeeds. */
operation_test operation_answers_etag, operation_answers_page;

operation_test operation_is_slow;

/* Whom it is for. */
operation_test operation_needs_user, operation_names_user, operation_names_row;

/* The resource that a change changes: the type of `current` when it is refused as stale. */
const struct shape *operation_changes(const struct operation *operation);

#endif
