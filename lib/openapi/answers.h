/* answers.h -- what an operation answers, as the responses of the OpenAPI document. */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "openapi/document.h"
#include "openapi/operation.h"

/* Writes `"responses": {…}` of the operation. */
void answers_put(struct document *doc, const struct operation *operation);

#endif
