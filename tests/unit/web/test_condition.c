/* test_condition.c -- what a change demands of a row, and what a GET need not be sent again. */
#include "web/condition.h"

#include "loopback.h"
#include "web/answer.h"
#include "web/ask.h"
#include "web/reply.h"

static const struct statement any_statement = { .name = "any" };
static const struct query any = { .statement = &any_statement };

/* Changes the row that the database has, if the conditions hold for it. */
static enum err change_thing(struct request *req)
{
	struct result rows;

	if (request_header(req, "HTTP_X_VERSION"))
		req->when.version = (struct integer){ 7, true };
	TRY(ask(req, any, &rows));
	TRY(condition_check(req, &rows));
	return answer_empty(req, 204);
}

static enum err get_thing(struct request *req)
{
	return reply_row(req, any);
}

static const struct route routes[] = {
	{ GET, "/things", ANYBODY, HANDLER(get_thing) },
	{ PATCH, "/things", ANYBODY, HANDLER(change_thing) },
};
static const struct resource things = { .name = "things", ROUTES(routes) };

/* A row of this version; its kind has no tag if that is NULL. */
static void have_row(const char *tag, char version)
{
	char number[4] = { 0, 0, 0, version };
	struct value row[] = { { "version", PG_INT4, number, 4 }, text_value("_etag", tag) };

	loopback_rows(row, tag ? 2 : 1, 1);
}

#define CURRENT "\"current\":{\"version\":6}"

static void test_what_a_change_demands(void **state)
{
	static const struct {
		const char *header, *tag;
		int status;
	} rows[] = {
		{ "A=", "a", 204 },
		{ "HTTP_IF_MATCH=\"a\"", "a", 204 },
		{ "HTTP_IF_MATCH=W/\"a\"", "a", 204 },
		{ "HTTP_IF_MATCH=*", "a", 204 },
		{ "HTTP_IF_MATCH=\"b\" , W/\"c\",,\"a\",", "a", 204 },
		{ "HTTP_IF_MATCH=\"b\"", "a", 412 },
		{ "HTTP_IF_MATCH=\"A\"", "a", 412 },
		{ "HTTP_IF_MATCH=\"\"", "a", 412 },
		{ "HTTP_IF_MATCH=\"\xff\", \"a\"", "a", 204 },
		{ "HTTP_IF_MATCH=\"\xff\"", "a", 412 },
		{ "HTTP_IF_MATCH=,", "a", 412 },
		{ "HTTP_IF_MATCH=", "a", 412 },
		{ "HTTP_IF_NONE_MATCH=\"b\"", "a", 204 },
		{ "HTTP_IF_NONE_MATCH=\"b\", \"a\"", "a", 412 },
		{ "HTTP_IF_NONE_MATCH=W/\"a\"", "a", 412 },
		{ "HTTP_IF_NONE_MATCH=*", "a", 412 },
		/* what has no tag */
		{ "HTTP_IF_MATCH=*", NULL, 204 },
		{ "HTTP_IF_MATCH=\"a\"", NULL, 412 },
		{ "HTTP_IF_NONE_MATCH=\"a\"", NULL, 204 },
		{ "HTTP_IF_NONE_MATCH=*", NULL, 412 },
		/* the version of the body alone is 409, and beside a header that does not hold 412
		 */
		{ "HTTP_X_VERSION=7", "a", 409 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		have_row(rows[i].tag, 6);
		ASK("PATCH", "/api/v1/things", NULL, rows[i].header);
		assert_answer(rows[i].status, rows[i].status == 204 ? "" : CURRENT);
		assert_header("ETag", rows[i].status == 204 || !rows[i].tag ? NULL : "\"a\"");
	}
	have_row("a", 6);
	ASK("PATCH", "/api/v1/things", NULL, "HTTP_X_VERSION=7", "HTTP_IF_MATCH=\"b\"");
	assert_answer(412, "\"precondition_failed\"");
	have_row("a", 6);
	ASK("PATCH", "/api/v1/things", NULL, "HTTP_X_VERSION=7", "HTTP_IF_MATCH=\"a\"");
	assert_answer(409, "\"version_conflict\"");
	have_row("a", 7);
	ASK("PATCH", "/api/v1/things", NULL, "HTTP_X_VERSION=7", "HTTP_IF_MATCH=\"a\"");
	assert_answer(204, "");
}

static void test_malformed_conditions(void **state)
{
	static const char *const headers[] = {
		"HTTP_IF_MATCH=a",
		"HTTP_IF_MATCH=\"a",
		"HTTP_IF_MATCH=w/\"a\"",
		"HTTP_IF_MATCH=\"a\" \"b\"",
		"HTTP_IF_MATCH=W/a",
		"HTTP_IF_MATCH=*, \"a\"",
		"HTTP_IF_NONE_MATCH=\"a\"; x",
		"HTTP_IF_NONE_MATCH=W/W/\"a\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		ASK("PATCH", "/api/v1/things", NULL, headers[i]);
		assert_answer(400, "Match is malformed\",\"details\":[]");
	}
}

/* Of a GET, a condition that nobody understands does not hold. */
static void test_what_is_known(void **state)
{
	static const struct {
		const char *header, *tag;
		int status;
	} rows[] = {
		{ "HTTP_IF_NONE_MATCH=\"a\"", "a", 304 },
		{ "HTTP_IF_NONE_MATCH=\"x\",W/\"a\"", "a", 304 },
		{ "HTTP_IF_NONE_MATCH=*", "a", 304 },
		{ "HTTP_IF_NONE_MATCH=\"b\"", "a", 200 },
		{ "HTTP_IF_NONE_MATCH=a", "a", 200 },
		{ "HTTP_IF_NONE_MATCH=*", NULL, 200 },
		{ "HTTP_IF_NONE_MATCH=\"a\"", NULL, 200 },
		{ "HTTP_IF_MATCH=\"b\"", "a", 200 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		have_row(rows[i].tag, 6);
		const struct request *req = ASK("GET", "/api/v1/things", NULL, rows[i].header);
		assert_answer(rows[i].status, rows[i].status == 200 ? "{\"version\":6}" : "");
		assert_header("ETag", rows[i].tag ? "\"a\"" : NULL);
		assert_int_equal(req->answer.tagged, rows[i].tag != NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_change_demands),
		cmocka_unit_test(test_malformed_conditions),
		cmocka_unit_test(test_what_is_known),
	};

	loopback_open(&things);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	loopback_close();
	return failed;
}
