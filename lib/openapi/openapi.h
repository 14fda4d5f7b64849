/* openapi.h -- the OpenAPI 3.1 document, from the very tables that route and validate. */
#ifndef OPENAPI_H
#define OPENAPI_H

#include "web/router.h"

/* Appends the whole document as JSON. */
void openapi_write(const struct router *router, const char *version, struct buf *out);

#endif
