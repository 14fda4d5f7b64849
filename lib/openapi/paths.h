/* paths.h -- the operations of the document: how each is called, and what it takes. */
#ifndef PATHS_H
#define PATHS_H

#include "openapi/document.h"
#include "web/router.h"

/* Writes `"paths": {…}`. */
void paths_put(struct document *doc, const struct router *router);

/* Writes `"parameters": {…}` of the components: the headers that requests may have. */
void paths_put_parameters(struct document *doc);

#endif
