#include "web/router.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define BASE "/api/v1"
#define USER_SCOPE "/users/{user_id}"

/* A segment and what follows it; the segment "{name}" matches any. */
struct node {
	const char *segment;
	struct node *children, *next;
	const struct route *routes[METHOD_COUNT];
};

struct router {
	struct arena *arena;
	struct node root;
	const struct route *const *tables;
	size_t table_count;
};

const char *const method_names[] = {
#define ROW(name) [name] = #name,
	METHOD_TABLE(ROW)
#undef ROW
		[HEAD] = "HEAD",
	[OPTIONS] = "OPTIONS",
	[METHOD_UNKNOWN] = "other",
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

static void add_route(const struct route *route, const char *path, void *context)
{
	struct router *router = context;
	struct node *node = &router->root;

	while (*path == '/') {
		size_t len = strcspn(++path, "/");
		node = add_child(router, node, arena_copy(router->arena, path, len));
		path += len;
	}
	assert(!node->routes[route->method]);
	node->routes[route->method] = route;
}

struct router *router_new(const struct route *const *tables, size_t count)
{
	struct arena *arena = arena_new(16384);
	struct router *router = arena_alloc(arena, sizeof *router);

	*router = (struct router){ .arena = arena, .tables = tables, .table_count = count };
	router_each(router, add_route, router);
	return router;
}

void router_free(struct router *router)
{
	arena_free(router->arena);
}

void router_each(const struct router *router,
		 void (*visit)(const struct route *route, const char *path, void *context),
		 void *context)
{
	char path[256];

	for (size_t i = 0; i < router->table_count; i++) {
		for (const struct route *route = router->tables[i]; route->path; route++) {
			snprintf(path, sizeof path, "%s%s", route->outside_api ? "" : BASE,
				 route->path);
			visit(route, path, context);
			if (!route->user_scoped)
				continue;
			snprintf(path, sizeof path, BASE USER_SCOPE "%s", route->path);
			visit(route, path, context);
		}
	}
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

bool router_find(const struct router *router, const char *const *segments, size_t count,
		 struct match *out)
{
	*out = (struct match){ 0 };
	const struct node *node = walk(&router->root, segments, count, out);
	if (!node)
		return false;
	bool any = false;
	for (int method = 0; method < METHOD_COUNT; method++) {
		out->routes[method] = node->routes[method];
		any = any || node->routes[method];
	}
	return any;
}

const char *match_allow(struct arena *arena, const struct match *match)
{
	const char *allow = "OPTIONS";

	for (int method = METHOD_COUNT - 1; method >= 0; method--)
		if (match->routes[method])
			allow = arena_printf(arena, "%s%s, %s", method_names[method],
					     method == GET ? ", HEAD" : "", allow);
	return allow;
}
