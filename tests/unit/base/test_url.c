/* test_url.c -- paths and query strings as clients send them, the hostile ones too. */
#include "base/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(table) (sizeof table / sizeof(*(table)))

static int make_arena(void **state)
{
	*state = arena_new(4096);
	return 0;
}

static int free_arena(void **state)
{
	arena_free(*state);
	return 0;
}

/* The segments joined by "|", or NULL. */
static const char *split_path(struct arena *arena, const char *path)
{
	const char *segments[PATH_MAX_SEGMENTS], *joined = "";
	size_t count = 99;

	if (!path_split(arena, path, segments, &count))
		return NULL;
	for (size_t i = 0; i < count; i++)
		joined = arena_printf(arena, "%s|%s", joined, segments[i]);
	return joined;
}

static void test_paths(void **state)
{
	static const struct {
		const char *path, *segments;
	} rows[] = {
		{ "", "" },
		{ "/", "|" },
		{ "/health", "|health" },
		{ "/api/v1/tasks", "|api|v1|tasks" },
		{ "/tasks/", "|tasks|" },
		{ "//tasks", "||tasks" },
		{ "/a%2Fb/c", "|a/b|c" },
		{ "/%74asks", "|tasks" },
		{ "/a+b", "|a+b" },
		{ "/a%20b", "|a b" },
		{ "/../.", "|..|." },
		{ "/%25", "|%" },
		{ "/caf%C3%A9", "|caf\xc3\xa9" },
		{ "/caf\xc3\xa9", "|caf\xc3\xa9" },
		{ "/1/2/3/4/5/6/7/8/9/10/11/12", "|1|2|3|4|5|6|7|8|9|10|11|12" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *segments = split_path(*state, rows[i].path);

		assert_non_null(segments);
		assert_string_equal(segments, rows[i].segments);
	}
}

static void test_refused_paths(void **state)
{
	static const char *const refused[] = {
		"tasks",
		"?",
		"/%",
		"/%2",
		"/%zz",
		"/%0g",
		"/% 20",
		"/%-1",
		"/a%00b",
		"/%ff",
		"/%c0%af",
		"/\xff",
		"/%ed%a0%80",
		"/%2/2F",
		"/1/2/3/4/5/6/7/8/9/10/11/12/13",
		"/a/b%/cd",
		"/%f4%90%80%80",
	};

	for (size_t i = 0; i < COUNT(refused); i++)
		assert_null(split_path(*state, refused[i]));
}

/* The pairs as "name=value" joined by "|", or NULL. */
static const char *split_query(struct arena *arena, const char *query)
{
	struct query_pair pairs[QUERY_MAX_PAIRS];
	const char *joined = "";
	size_t count = 99;

	if (!query_split(arena, query, pairs, &count))
		return NULL;
	for (size_t i = 0; i < count; i++)
		joined = arena_printf(arena, "%s|%s=%s", joined, pairs[i].name,
				      pairs[i].value ? pairs[i].value : "(bad)");
	return joined;
}

static void test_queries(void **state)
{
	static const struct {
		const char *query, *pairs;
	} rows[] = {
		{ "", "" },
		{ "a=1", "|a=1" },
		{ "a=1&b=2&a=3", "|a=1|b=2|a=3" },
		{ "a", "|a=" },
		{ "a=", "|a=" },
		{ "=", "|=" },
		{ "=x", "|=x" },
		{ "a=b=c", "|a=b=c" },
		{ "&&a=1&&b&", "|a=1|b=" },
		{ "q=a+b%2Bc", "|q=a b+c" },
		{ "q=a%26b%3Dc", "|q=a&b=c" },
		{ "%61=%62", "|a=b" },
		{ "q=%E2%82%AC", "|q=\xe2\x82\xac" },
		{ "q=100%25", "|q=100%" },
		{ "a?b=c?d", "|a?b=c?d" },
		{ "a=%", "|a=(bad)" },
		{ "a=%2&b=0", "|a=(bad)|b=0" },
		{ "a=%GG", "|a=(bad)" },
		{ "a=x%00y", "|a=(bad)" },
		{ "a=%ff", "|a=(bad)" },
		{ "a=%c0%80", "|a=(bad)" },
		{ "a=1&b=%e2%82", "|a=1|b=(bad)" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *pairs = split_query(*state, rows[i].query);

		assert_non_null(pairs);
		assert_string_equal(pairs, rows[i].pairs);
	}
}

static void test_refused_queries(void **state)
{
	static const char *const refused[] = {
		"%", "%2=1", "%GG=1", "%00=1", "\xff", "%ed%bf%bf=1", "a=1&%e2%82=b",
	};

	for (size_t i = 0; i < COUNT(refused); i++)
		assert_null(split_query(*state, refused[i]));
}

static void test_number_of_pairs(void **state)
{
	char query[2 * (QUERY_MAX_PAIRS + 1) + 1];

	for (int i = 0; i <= QUERY_MAX_PAIRS; i++)
		memcpy(query + 2 * (size_t)i, "a&", 3);
	assert_null(split_query(*state, query));
	query[2 * QUERY_MAX_PAIRS] = '\0';
	assert_non_null(split_query(*state, query));
}

/* "s" or "p" (https or http), "l" if it is local, the host and the rest; or NULL. */
static const char *parse_address(struct arena *arena, const char *text)
{
	struct web_address address;

	if (!web_address_parse(text, "http", &address))
		return NULL;
	return arena_printf(arena, "%s%s %.*s %s", address.secure ? "s" : "p",
			    web_address_is_local(&address) ? "l" : "", (int)address.host_len,
			    address.host, address.rest);
}

static void test_addresses(void **state)
{
	static const struct {
		const char *text, *parts;
	} rows[] = {
		{ "https://a.example", "s a.example " },
		{ "https://A-1.Example:1/x/y?z", "s A-1.Example /x/y?z" },
		{ "https://a:65535", "s a " },
		{ "https://a#x", "s a #x" },
		{ "https://a?x", "s a ?x" },
		{ "http://localhost:8443/", "pl localhost /" },
		{ "http://LocalHost", "pl LocalHost " },
		{ "http://127.0.0.1", "pl 127.0.0.1 " },
		{ "http://127.1.2.3:80", "pl 127.1.2.3 " },
		{ "http://127.example", "p 127.example " },
		{ "http://127.0.0.1.example", "p 127.0.0.1.example " },
		{ "http://localhost.example", "p localhost.example " },
		{ "http://[::1]:8080", "pl [::1] " },
		{ "https://[2001:db8::1]/x", "s [2001:db8::1] /x" },
	};
	static const char *const refused[] = {
		"",
		"https",
		"https:/a",
		"HTTPS://a",
		"ftp://a",
		"//a",
		"https://",
		"https://:443",
		"https://a:",
		"https://a:0",
		"https://a:65536",
		"https://a:99999999999",
		"https://a:4x",
		"https://a:-1",
		"https://u@a",
		"https://u:p@a",
		"https://a b",
		"https://a..b",
		"https://.a",
		"https://a.",
		"https://-a",
		"https://a_b",
		"https://[::1",
		"https://[]",
		"https://[a]",
		"https://[::1]x",
		"https://::1",
		"https://\xc3\xa4.example",
		"https://a\\b",
		"https:///x",
		"https://[[::1]]",
		"https://[127.0.0.1]",
		"https://[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *parts = parse_address(*state, rows[i].text);

		assert_non_null(parts);
		assert_string_equal(parts, rows[i].parts);
	}
	for (size_t i = 0; i < COUNT(refused); i++)
		assert_null(parse_address(*state, refused[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),		cmocka_unit_test(test_refused_paths),
		cmocka_unit_test(test_queries),		cmocka_unit_test(test_refused_queries),
		cmocka_unit_test(test_number_of_pairs), cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
