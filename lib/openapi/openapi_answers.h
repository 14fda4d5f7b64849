/* openapi_answers.h -- what an operation answers, as responses of the OpenAPI document.
 *
 * What follows from an operation's row is derived here, so that the rows name only the refusals
 * that are their own. */
#ifndef OPENAPI_ANSWERS_H
#define OPENAPI_ANSWERS_H

#include "openapi/openapi_schema.h"

/* A route at one of its paths. */
struct operation {
	const struct route *route;
	const char *path;
	const struct route *reader; /* what GET does at the same path, or NULL */
};

/* Whether a success carries an ETag. */
bool answers_etag(const struct route *route);

/* Whether the operation is refused when the resource has changed since. */
bool takes_if_match(const struct operation *operation);

/* Appends `"responses":{…}` of the operation; the schemas they refer to are noted in `schemas`. */
void answers_put(struct buf *out, struct schemas *schemas, const struct operation *operation);

/* Appends `"headers":{…},"responses":{…}` of the components that all operations share. */
void answers_put_shared(struct buf *out, struct schemas *schemas);

#endif
