#include "web/router.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#define BASE "/api/v1"
#define USER_SCOPE "/users/{user_id}"

/* A segment and what follows it; the segment "{name}" matches any. */
struct node {
	const char *segment;
	struct node *children, *next;
	const struct endpoint *endpoints[METHOD_COUNT];
};

struct router {
	struct arena *arena;
	struct node root;
	const char *before_secret; /* the segment that {secret} comes behind, or NULL */
	struct endpoint *endpoints;
	size_t count;
};

static struct node *find_child(const struct node *node, const char *segment)
{
	for (struct node *child = node->children; child; child = child->next)
		if (strcmp(child->segment, segment) == 0)
			return child;
	return NULL;
}

static struct node *add_child(struct router *router, struct node *node, const char *segment)
{
	struct node *child = find_child(node, segment), **last = &node->children;

	if (child)
		return child;
	child = arena_alloc(router->arena, sizeof *child);
	child->segment = segment;
	while (*last) /* literal segments before {names}, so that /tasks/bulk is no id */
		if (segment[0] != '{' && (*last)->segment[0] == '{')
			break;
		else
			last = &(*last)->next;
	child->next = *last;
	*last = child;
	return child;
}

static void add_to_tree(struct router *router, const struct endpoint *endpoint)
{
	struct node *node = &router->root;
	const char *path = endpoint->path;
	int place = __builtin_ctz(endpoint->method);

	while (*path == '/') {
		size_t len = strcspn(++path, "/");
		if (strncmp(path, ROUTE_SECRET, strlen(ROUTE_SECRET)) == 0)
			router->before_secret = node->segment;
		node = add_child(router, node, arena_copy(router->arena, path, len));
		path += len;
	}
	assert(!node->endpoints[place]);
	node->endpoints[place] = endpoint;
}

static void add_endpoint(struct router *router, const struct resource *resource,
			 const struct route *route, enum method method, const char *prefix)
{
	struct endpoint *endpoint = &router->endpoints[router->count++];

	*endpoint = (struct endpoint){ resource, route, method,
				       arena_printf(router->arena, "%s%s", prefix, route->path) };
	add_to_tree(router, endpoint);
}

static void add_route(struct router *router, const struct resource *resource,
		      const struct route *route)
{
	for (int place = 0; place < METHOD_COUNT; place++) {
		enum method method = (enum method)(1 << place);
		if (!(route->methods & method))
			continue;
		add_endpoint(router, resource, route, method, route->outside_api ? "" : BASE);
		if (route->user_scoped)
			add_endpoint(router, resource, route, method, BASE USER_SCOPE);
	}
}

struct router *router_new(const struct resource *const *resources, size_t count)
{
	struct arena *arena = arena_new(16384);
	struct router *router = arena_alloc(arena, sizeof *router);
	size_t routes = 0;

	for (size_t i = 0; i < count; i++)
		routes += resources[i]->route_count;
	*router = (struct router){ .arena = arena };
	router->endpoints =
		arena_alloc(arena, 2 * METHOD_COUNT * routes * sizeof *router->endpoints);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < resources[i]->route_count; j++)
			add_route(router, resources[i], &resources[i]->routes[j]);
	return router;
}

void router_free(struct router *router)
{
	arena_free(router->arena);
}

void router_each(const struct router *router,
		 void (*visit)(const struct endpoint *endpoint, void *context), void *context)
{
	for (size_t i = 0; i < router->count; i++)
		visit(&router->endpoints[i], context);
}

size_t router_max_body_bytes(const struct router *router)
{
	size_t max = ROUTE_BODY_BYTES;

	for (size_t i = 0; i < router->count; i++)
		if (router->endpoints[i].route->max_body_bytes > max &&
		    !router->endpoints[i].route->spooled)
			max = router->endpoints[i].route->max_body_bytes;
	return max;
}

static bool is_text(const char *text, size_t len, const char *expected)
{
	return len == strlen(expected) && memcmp(text, expected, len) == 0;
}

size_t router_spool_bytes(const struct router *router, const char *method, size_t method_len,
			  const char *target, size_t target_len)
{
	const char *query = memchr(target, '?', target_len);
	size_t path_len = query ? (size_t)(query - target) : target_len;

	for (size_t i = 0; i < router->count; i++) {
		const struct endpoint *endpoint = &router->endpoints[i];
		if (endpoint->route->spooled &&
		    is_text(method, method_len, method_name(endpoint->method)) &&
		    is_text(target, path_len, endpoint->path))
			return endpoint->route->max_body_bytes;
	}
	return 0;
}

/* Depth first; a literal that leads nowhere further on gives way to a {name} beside it. */
static const struct node *walk(const struct node *node, const char *const *segments, size_t count,
			       struct match *match)
{
	if (count == 0)
		return node;
	for (const struct node *child = node->children; child; child = child->next) {
		bool named = child->segment[0] == '{';
		if (named ? segments[0][0] == '\0' : strcmp(child->segment, segments[0]) != 0)
			continue;
		size_t before = match->param_count;
		if (named) {
			assert(before < PATH_MAX_PARAMS);
			match->names[before] = child->segment;
			match->values[before] = segments[0];
			match->param_count++;
		}
		const struct node *end = walk(child, segments + 1, count - 1, match);
		if (end)
			return end;
		match->param_count = before;
	}
	return NULL;
}

/* Where a secret stands, or would if the rest of the path were right; 0: nowhere. */
static size_t find_secret(const struct router *router, const char *const *segments, size_t count)
{
	for (size_t i = 1; router->before_secret && i < count; i++)
		if (strcasecmp(segments[i - 1], router->before_secret) == 0)
			return i;
	return 0;
}

bool router_find(const struct router *router, const char *const *segments, size_t count,
		 struct match *out)
{
	*out = (struct match){ .secret_at = find_secret(router, segments, count) };
	const struct node *node = walk(&router->root, segments, count, out);
	if (!node)
		return false;
	bool any = false;
	for (int method = 0; method < METHOD_COUNT; method++) {
		out->endpoints[method] = node->endpoints[method];
		any = any || node->endpoints[method];
	}
	return any;
}

const struct endpoint *match_find(const struct match *match, enum method method)
{
	if (method == HEAD)
		method = GET;
	return method < HEAD ? match->endpoints[__builtin_ctz(method)] : NULL;
}

const char *match_allow(struct arena *arena, const struct match *match)
{
	const char *allow = "OPTIONS";

	for (int place = METHOD_COUNT - 1; place >= 0; place--)
		if (match->endpoints[place])
			allow = arena_printf(arena, "%s%s, %s", method_name(1 << place),
					     1 << place == GET ? ", HEAD" : "", allow);
	return allow;
}
