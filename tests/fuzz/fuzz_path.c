/* fuzz_path.c -- any bytes as a path: its segments are texts that give the same segments again when
 * they are written down, and the router takes them all. */
#include "web/router.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct route routes[] = {
	{ GET, "/tasks" },
	{ GET, "/tasks/{id}" },
	{ PATCH, "/tasks/bulk" },
	{ GET, "/feeds/{key}" },
	{ PATCH, "/tasks/{id}/complete" },
};
static const struct resource resource = { .name = "tasks", ROUTES(routes) };
static const struct resource *const resources[] = { &resource };

/* Every byte of the segments as an escape. */
static const char *write_down(struct arena *arena, const char *const *segments, size_t count)
{
	struct buf buf = { 0 };

	for (size_t i = 0; i < count; i++) {
		buf_putc(&buf, '/');
		for (const char *at = segments[i]; *at; at++)
			buf_printf(&buf, "%%%02x", (unsigned char)*at);
	}
	const char *path = arena_copy(arena, buf.data ? buf.data : "", buf.len);
	buf_free(&buf);
	return path;
}

static void check_route(const char *const *segments, size_t count)
{
	static struct router *router;
	struct match match;

	if (!router)
		router = router_new(resources, 1);
	if (!router_find(router, segments, count, &match))
		return;
	assert(count >= 3 && strcmp(segments[0], "api") == 0 && strcmp(segments[1], "v1") == 0);
	assert(match_find(&match, GET) || match_find(&match, PATCH));
	assert(match.param_count <= 1);
	for (size_t i = 0; i < match.param_count; i++)
		assert(match.values[i] == segments[3] && match.values[i][0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(4096);
	const char *path = arena_copy(arena, (const char *)data, size);
	const char *segments[PATH_MAX_SEGMENTS], *again[PATH_MAX_SEGMENTS];
	size_t count, again_count;

	if (path_split(arena, path, segments, &count)) {
		assert(count <= PATH_MAX_SEGMENTS);
		for (size_t i = 0; i < count; i++)
			assert(utf8_valid(segments[i], strlen(segments[i])));
		assert(path_split(arena, write_down(arena, segments, count), again, &again_count));
		assert(again_count == count);
		for (size_t i = 0; i < count; i++)
			assert(strcmp(again[i], segments[i]) == 0);
		check_route(segments, count);
	}
	arena_free(arena);
	return 0;
}
