/* refusals.h -- the refusals of an operation, one response a status.
 *
 * What follows from an operation's row is derived here, so that the rows name only the refusals
 * that are their own. `error` has exactly the words that the operation may answer. */
#ifndef REFUSALS_H
#define REFUSALS_H

#include "openapi/document.h"
#include "openapi/operation.h"

/* Writes a member for each status with which the operation may refuse. */
void refusals_put(struct document *doc, const struct operation *operation);

#endif
