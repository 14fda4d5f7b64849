#include "web/route.h"

#include <string.h>

/* In the order of their bits. */
static const char *const names[] = { "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS" };

enum { NAME_COUNT = sizeof names / sizeof names[0] };

enum method method_find(const char *name)
{
	for (int i = 0; i < NAME_COUNT; i++)
		if (strcmp(names[i], name) == 0)
			return (enum method)(1 << i);
	return METHOD_UNKNOWN;
}

const char *method_name(enum method method)
{
	return method == METHOD_UNKNOWN ? "other" : names[__builtin_ctz(method)];
}

int route_status(const struct route *route)
{
	if (route->creates)
		return 201;
	return route->status ? route->status : 200;
}

bool route_is_idempotent(const struct route *route)
{
	return route->idempotent || (route->creates && route->audience == USER);
}
