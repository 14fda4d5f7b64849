#include "openapi/operation.h"

#include <string.h>

static bool has_version(const struct shape *shape)
{
	const struct field *field = shape ? field_find(shape, "version") : NULL;

	return field && field->kind == KIND_INTEGER;
}

static bool answers_etag(const struct route *route)
{
	return route->digested || (has_version(route->answer) && !route->list);
}

bool operation_takes_body(const struct operation *operation)
{
	return operation->route->body;
}

/* Whether the client may choose the id of what it makes. */
bool operation_takes_id(const struct operation *operation)
{
	const struct route *route = operation->route;
	const struct field *id = route->body ? field_find(route->body, "id") : NULL;

	return id && id->access == ACCESS_ON_CREATE && route->creates;
}

/* Whether the body of a change names the version that it changes. */
bool operation_takes_version(const struct operation *operation)
{
	return has_version(operation->route->body) && !operation->route->creates;
}

/* What takes `version` in its body takes If-Match too; so does the deletion of what has an ETag. */
bool operation_takes_conditions(const struct operation *operation)
{
	return operation_takes_version(operation) ||
	       (operation->endpoint->method == DELETE && operation->reader &&
		answers_etag(operation->reader));
}

bool operation_takes_key(const struct operation *operation)
{
	return route_is_idempotent(operation->route);
}

bool operation_merges(const struct operation *operation)
{
	return operation->route->merge && (operation->route->methods & (PUT | PATCH));
}

bool operation_answers_etag(const struct operation *operation)
{
	return answers_etag(operation->route);
}

bool operation_answers_page(const struct operation *operation)
{
	return operation->route->list && !operation->route->unpaged;
}

bool operation_is_slow(const struct operation *operation)
{
	return operation->route->slow;
}

bool operation_needs_user(const struct operation *operation)
{
	return operation->route->audience != ANYBODY;
}

bool operation_names_user(const struct operation *operation)
{
	return strstr(operation->path, "{user_id}");
}

bool operation_names_row(const struct operation *operation)
{
	return strstr(operation->path, "{id}");
}

const struct shape *operation_changes(const struct operation *operation)
{
	return operation->route->answer ? operation->route->answer : operation->reader->answer;
}
