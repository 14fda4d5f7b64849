/* test_router.c -- from paths to routes. */
#include "web/router.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static const struct route tasks[] = {
	{ GET, "/tasks/{id}", .doc = "task" },
	{ DELETE, "/tasks/{id}", .doc = "delete task" },
	{ PATCH, "/tasks/bulk", .doc = "bulk" },
	{ PUT | PATCH, "/tasks/{id}/complete", .doc = "complete" },
	{ GET, "/tasks", .user_scoped = true, .doc = "list" },
	{ POST, "/tasks", .user_scoped = true, .doc = "create" },
};

static const struct route others[] = {
	{ GET, "/health", .outside_api = true, .doc = "health" },
	{ GET, "/feeds/{secret}", .doc = "feed" },
	{ GET, "/users/me", .doc = "me" },
	{ GET, "/a/b/{id}", .doc = "abx" },
	{ GET, "/a/{id}/c", .doc = "axc" },
};

static const struct resource task_resource = { .name = "tasks", ROUTES(tasks) };
static const struct resource other_resource = { .name = "others", ROUTES(others) };
static const struct resource *const resources[] = { &task_resource, &other_resource };

struct fixture {
	struct arena *arena;
	struct router *router;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture.arena = arena_new(4096);
	fixture.router = router_new(resources, 2);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	router_free(fixture->router);
	arena_free(fixture->arena);
	return 0;
}

static bool find(struct fixture *fixture, const char *path, struct match *match)
{
	const char *segments[PATH_MAX_SEGMENTS];
	size_t count;

	assert_true(path_split(fixture->arena, path, segments, &count));
	return router_find(fixture->router, segments, count, match);
}

static void test_found(void **state)
{
	static const struct {
		const char *path;
		enum method method;
		const char *doc, *allow, *value;
	} rows[] = {
		{ "/api/v1/tasks", GET, "list", "GET, HEAD, POST, OPTIONS", NULL },
		{ "/api/v1/tasks", POST, "create", "GET, HEAD, POST, OPTIONS", NULL },
		{ "/api/v1/users/7/tasks", GET, "list", "GET, HEAD, POST, OPTIONS", "7" },
		{ "/api/v1/tasks/7", GET, "task", "GET, HEAD, DELETE, OPTIONS", "7" },
		{ "/api/v1/tasks/7", DELETE, "delete task", "GET, HEAD, DELETE, OPTIONS", "7" },
		{ "/api/v1/tasks/bulk", PATCH, "bulk", "PATCH, OPTIONS", NULL },
		{ "/api/v1/tasks/bulk/complete", PATCH, "complete", "PUT, PATCH, OPTIONS", "bulk" },
		{ "/api/v1/tasks/%62ulk", PATCH, "bulk", "PATCH, OPTIONS", NULL },
		{ "/api/v1/feeds/a%2Fb", GET, "feed", "GET, HEAD, OPTIONS", "a/b" },
		{ "/api/v1/users/me", GET, "me", "GET, HEAD, OPTIONS", NULL },
		{ "/api/v1/users/me/tasks", GET, "list", "GET, HEAD, POST, OPTIONS", "me" },
		{ "/api/v1/a/b/c", GET, "abx", "GET, HEAD, OPTIONS", "c" },
		{ "/api/v1/a/x/c", GET, "axc", "GET, HEAD, OPTIONS", "x" },
		{ "/health", GET, "health", "GET, HEAD, OPTIONS", NULL },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct match match;

		assert_true(find(fixture, rows[i].path, &match));
		const struct endpoint *endpoint = match_find(&match, rows[i].method);
		assert_non_null(endpoint);
		assert_string_equal(endpoint->route->doc, rows[i].doc);
		assert_int_equal(endpoint->method, rows[i].method);
		assert_string_equal(match_allow(fixture->arena, &match), rows[i].allow);
		assert_int_equal(match.param_count, rows[i].value ? 1 : 0);
		if (rows[i].value)
			assert_string_equal(match.values[0], rows[i].value);
	}
}

static void test_not_found(void **state)
{
	static const char *const paths[] = {
		"",
		"/",
		"/tasks",
		"/api",
		"/api/v1",
		"/api/v1/",
		"/api/v2/tasks",
		"/API/v1/tasks",
		"/api/v1/tasks/",
		"/api/v1//tasks",
		"/api/v1/Tasks",
		"/api/v1/tasks/7/",
		"/api/v1/tasks/7/completes",
		"/api/v1/tasks/7/complete/7",
		"/api/v1/users/7",
		"/api/v1/users/7/tasks/7",
		"/api/v1/health",
		"/health/x",
		"/api/v1/a/b",
		"/api%2Fv1/tasks",
	};
	struct match match;

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		assert_false(find(*state, paths[i], &match));
}

static void test_methods(void **state)
{
	struct match match;

	assert_true(find(*state, "/api/v1/tasks/7", &match));
	assert_ptr_equal(match_find(&match, HEAD), match_find(&match, GET));
	assert_null(match_find(&match, PATCH));
	assert_null(match_find(&match, OPTIONS));
	assert_null(match_find(&match, METHOD_UNKNOWN));
	for (int bit = 0; bit < 7; bit++)
		assert_int_equal(method_find(method_name(1 << bit)), 1 << bit);
	assert_int_equal(method_find("get"), METHOD_UNKNOWN);
	assert_int_equal(method_find(""), METHOD_UNKNOWN);
	assert_string_equal(method_name(METHOD_UNKNOWN), "other");
}

static void test_names(void **state)
{
	struct match match;

	assert_true(find(*state, "/api/v1/users/7/tasks", &match));
	assert_string_equal(match.names[0], "{user_id}");
	assert_true(find(*state, "/api/v1/feeds/x", &match));
	assert_string_equal(match.names[0], "{secret}");
}

static void test_where_a_secret_stands(void **state)
{
	static const struct {
		const char *path;
		bool found;
		size_t place;
	} rows[] = {
		{ "/api/v1/feeds/x", true, 3 },	  { "/api/v1/feeds/x/y", false, 3 },
		{ "/api/v1/%66eeds/x", true, 3 }, { "/API/v1/Feeds/x", false, 3 },
		{ "//api/v1/feeds/x", false, 4 }, { "/api/v1/api/v1/feeds/x", false, 5 },
		{ "/feeds/x", false, 1 },	  { "/api/v1/feeds/", false, 3 },
		{ "/api/v1/feeds", false, 0 },	  { "/api/v1/tasks/7", true, 0 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct match match;
		assert_int_equal(find(*state, rows[i].path, &match), rows[i].found);
		assert_int_equal(match.secret_at, rows[i].place);
	}
}

static void note_path(const struct endpoint *endpoint, void *context)
{
	buf_printf(context, "%s %s %s\n", endpoint->resource->name, method_name(endpoint->method),
		   endpoint->path);
}

static void test_each(void **state)
{
	struct fixture *fixture = *state;
	struct buf buf = { 0 };

	router_each(fixture->router, note_path, &buf);
	buf_putc(&buf, '\0');
	assert_string_equal(buf.data, "tasks GET /api/v1/tasks/{id}\n"
				      "tasks DELETE /api/v1/tasks/{id}\n"
				      "tasks PATCH /api/v1/tasks/bulk\n"
				      "tasks PUT /api/v1/tasks/{id}/complete\n"
				      "tasks PATCH /api/v1/tasks/{id}/complete\n"
				      "tasks GET /api/v1/tasks\n"
				      "tasks GET /api/v1/users/{user_id}/tasks\n"
				      "tasks POST /api/v1/tasks\n"
				      "tasks POST /api/v1/users/{user_id}/tasks\n"
				      "others GET /health\n"
				      "others GET /api/v1/feeds/{secret}\n"
				      "others GET /api/v1/users/me\n"
				      "others GET /api/v1/a/b/{id}\n"
				      "others GET /api/v1/a/{id}/c\n");
	buf_free(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),	cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_methods), cmocka_unit_test(test_names),
		cmocka_unit_test(test_each),	cmocka_unit_test(test_where_a_secret_stands),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
