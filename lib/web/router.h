/* router.h -- finds the route of a path: one tree of segments, made once from the tables. */
#ifndef ROUTER_H
#define ROUTER_H

#include "base/url.h"
#include "web/web.h"

enum { PATH_MAX_PARAMS = 3 };

/* What a path matched: a place in the tree, and the texts that stood for {names}, in order. */
struct match {
	const struct route *routes[METHOD_COUNT]; /* NULL where the method is not allowed */
	const char *names[PATH_MAX_PARAMS], *values[PATH_MAX_PARAMS];
	size_t param_count;
};

/* A router for the routes of all `tables`; it lives as long as the process. */
struct router *router_new(const struct route *const *tables, size_t count);
void router_free(struct router *router);

/* Whether a path, already cut into segments, leads anywhere. */
bool router_find(const struct router *router, const char *const *segments, size_t count,
		 struct match *out);

/* The methods of a match as an Allow header has them: "GET, HEAD, OPTIONS". */
const char *match_allow(struct arena *arena, const struct match *match);

/* Calls `visit` for every route with its full path, in the order of the tables. */
void router_each(const struct router *router,
		 void (*visit)(const struct route *route, const char *path, void *context),
		 void *context);

#endif
