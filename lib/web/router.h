/* router.h -- finds the route of a path: one tree of segments, made once from the tables. */
#ifndef ROUTER_H
#define ROUTER_H

#include "base/arena.h"
#include "base/url.h"
#include "web/route.h"

struct router;

enum { PATH_MAX_PARAMS = 3 };

/* One method on one path. */
struct endpoint {
	const struct resource *resource;
	const struct route *route;
	enum method method;
	const char *path; /* from the root on */
};

/* What a path matched: a place in the tree, and the texts that stood for {names}, in order. */
struct match {
	const struct endpoint *endpoints[METHOD_COUNT]; /* NULL where the method is not allowed */
	const char *names[PATH_MAX_PARAMS], *values[PATH_MAX_PARAMS];
	size_t param_count;
	size_t secret_at; /* which segment stands for {secret}; 0: none */
};

/* A router for the routes of all resources; router_free() ends it, and all endpoints with it. */
struct router *router_new(const struct resource *const *resources, size_t count);
void router_free(struct router *router);

/* Whether a path, already cut into segments, leads anywhere. `secret_at` is right if it does not,
 * too: who mistypes an address with a secret shows it as well. */
bool router_find(const struct router *router, const char *const *segments, size_t count,
		 struct match *out);

/* The methods of a match as an Allow header has them: "GET, HEAD, OPTIONS". */
const char *match_allow(struct arena *arena, const struct match *match);

/* The endpoint of a match for a method, HEAD being GET, or NULL. */
const struct endpoint *match_find(const struct match *match, enum method method);

/* How large the body of a route is that goes to a file (`spooled`), found by the bytes of method
 * and target as they came; 0: it stays in memory. */
size_t router_spool_bytes(const struct router *router, const char *method, size_t method_len,
			  const char *target, size_t target_len);

/* The largest body that any of its routes takes into memory. */
size_t router_max_body_bytes(const struct router *router);

/* Calls `visit` for every endpoint, in the order of the tables. */
void router_each(const struct router *router,
		 void (*visit)(const struct endpoint *endpoint, void *context), void *context);

#endif
