/* test_reply.c -- the success answers of a resource, and what becomes of them when no row is found.
 */
#include "web/reply.h"

#include "loopback.h"
#include "web/answer.h"
#include "web/body.h"
#include "web/filter.h"

struct thing {
	struct uuid id;
	const char *title;
	struct integer version;
};

static const struct field thing_fields[] = {
	FIELD(struct thing, id, .access = ACCESS_ON_CREATE),
	FIELD(struct thing, title, .min = 1, .max = 50),
	FIELD(struct thing, version, .access = ACCESS_LOCK, .min = 1, .max = INT64_MAX),
};
static const struct shape thing_shape = SHAPE(struct thing, "Thing", thing_fields);

struct thing_filter {
	struct page page;
};

static const struct words orders = WORDS("ThingSortBy", "name");
static const struct field filter_fields[] = { PAGE_FIELDS(struct thing_filter, orders, "name",
							  "asc") };
static const struct shape filter_shape = SHAPE(struct thing_filter, NULL, filter_fields);

static const struct statement any_statement = { .name = "any", .param_count = 4 };
static const struct query any = { .statement = &any_statement };

static enum err get_thing(struct request *req)
{
	return reply_row(req, any);
}

static enum err create_thing(struct request *req)
{
	struct thing in = { 0 };

	TRY(body_read(req, &in));
	return reply_created(req, any, any);
}

static enum err change_thing(struct request *req)
{
	struct thing in = { 0 };

	TRY(body_read(req, &in));
	return reply_changed(req, any, any);
}

static enum err delete_thing(struct request *req)
{
	return reply_deleted(req, any, any);
}

static enum err list_things(struct request *req)
{
	struct thing_filter filter = { 0 };

	TRY(filter_read_page(req, &filter));
	return reply_page(req, &filter.page, (struct list_query){ any, any, NULL });
}

static const struct route routes[] = {
	{ GET, "/things", USER, HANDLER(list_things), .query = &filter_shape, .list = "things" },
	{ POST, "/things", USER, HANDLER(create_thing), .body = &thing_shape, .creates = true },
	{ GET, "/things/{id}", USER, HANDLER(get_thing), .user_scoped = true },
	{ PATCH, "/things/{id}", USER, HANDLER(change_thing), .body = &thing_shape, .merge = true },
	{ DELETE, "/things/{id}", USER, HANDLER(delete_thing) },
};
static const struct resource things = { .name = "things", ROUTES(routes) };

static struct web *web;

#define ID "028f22e2-79b0-7cc3-98c4-dc0c0c07398f"
#define THINGS "/api/v1/things"
#define MINE loopback_token(60)

static const char id_bytes[] = "\x02\x8f\x22\xe2\x79\xb0\x7c\xc3\x98\xc4\xdc\x0c\x0c\x07\x39\x8f";

/* What the database has: rows with these titles, or one. */
static void have_rows(const char *title, const char *second)
{
	const char *titles[] = { title, second };
	struct value rows[2][5];

	for (size_t i = 0; i < 2; i++) {
		rows[i][0] = (struct value){ "id", PG_UUID, id_bytes, 16 };
		rows[i][1] = text_value("title", titles[i]);
		rows[i][2] = (struct value){ "version", PG_INT4, "\0\0\0\6", 4 };
		rows[i][3] = text_value("_etag", "a");
		rows[i][4] = text_value("_key", titles[i]);
	}
	loopback_rows(rows[0], 5, second ? 2 : 1);
}

static void have_row(const char *title)
{
	have_rows(title, NULL);
}

static void have_none(void)
{
	loopback_rows(NULL, 0, 0);
}

static void have_integer(const char *name, char number)
{
	char bytes[] = { 0, 0, 0, 0, 0, 0, 0, number };

	loopback_rows(&(struct value){ name, PG_INT8, bytes, 8 }, 1, 1);
}

/* Whether the id that is not mine is somebody's. */
static void have_elsewhere(bool somebodys)
{
	loopback_rows(&(struct value){ "_exists", PG_BOOL, somebodys ? "\1" : "\0", 1 }, 1, 1);
}

#define ROW(title) "{\"id\":\"" ID "\",\"title\":\"" title "\",\"version\":6}"

static void test_a_row(void **state)
{
	(void)state;
	have_row("x");
	ASK("GET", THINGS "/" ID, NULL, MINE);
	assert_answer(200, ROW("x"));
	assert_header("ETag", "\"a\"");
	assert_header("Content-Type", "application/json; charset=utf-8");
	have_none();
	have_elsewhere(false);
	ASK("GET", THINGS "/" ID, NULL, MINE);
	assert_answer(404, "\"not_found\"");
	have_none();
	have_elsewhere(true);
	ASK("GET", THINGS "/" ID, NULL, MINE);
	assert_answer(403, "\"forbidden\"");
	have_none();
	have_elsewhere(true);
	ASK("GET", "/api/v1/users/" LOOPBACK_USER "/things/" ID, NULL, MINE);
	assert_answer(404, "\"not_found\"");
}

static void test_what_was_created(void **state)
{
	(void)state;
	have_row("x");
	ASK("POST", THINGS, "{\"title\":\"x\"}", MINE);
	assert_answer(201, ROW("x"));
	assert_header("Location", THINGS "/" ID);
	/* The same again: the content that was sent decides, not what was not sent. */
	have_none();
	have_row("x");
	ASK("POST", THINGS, "{\"id\":\"" ID "\",\"title\":\"x\"}", MINE);
	assert_answer(200, ROW("x"));
	assert_header("Location", NULL);
	have_none();
	have_row("x");
	ASK("POST", THINGS, "{\"id\":\"" ID "\"}", MINE);
	assert_answer(200, ROW("x"));
	have_none();
	have_row("y");
	ASK("POST", THINGS, "{\"id\":\"" ID "\",\"title\":\"x\"}", MINE);
	assert_answer(409, "\"id_taken\"");
	assert_answer(409, "[{\"field\":\"id\",\"code\":\"taken\"");
	/* It was deleted between the two statements. */
	have_none();
	have_none();
	ASK("POST", THINGS, "{\"id\":\"" ID "\",\"title\":\"x\"}", MINE);
	assert_answer(409, "\"id_taken\"");
}

static void test_what_was_changed(void **state)
{
	(void)state;
	have_row("x");
	ASK("PATCH", THINGS "/" ID, "{\"title\":\"x\"}", MINE);
	assert_answer(200, ROW("x"));
	/* Nothing is changed, and nothing is written, but conditions are looked at. */
	have_row("y");
	ASK("PATCH", THINGS "/" ID, "{}", MINE);
	assert_answer(200, ROW("y"));
	have_row("y");
	ASK("PATCH", THINGS "/" ID, "{\"version\":5}", MINE);
	assert_answer(409, "\"version_conflict\"");
	have_none();
	have_row("y");
	ASK("PATCH", THINGS "/" ID, "{\"title\":\"x\",\"version\":5}", MINE);
	assert_answer(409, "\"current\":" ROW("y"));
	have_none();
	have_row("y");
	ASK("PATCH", THINGS "/" ID, "{\"title\":\"x\"}", MINE, "HTTP_IF_MATCH=\"b\"");
	assert_answer(412, "\"current\":" ROW("y"));
	/* It did not hold for the first statement, and holds for the second. */
	have_none();
	have_row("y");
	ASK("PATCH", THINGS "/" ID, "{\"title\":\"x\",\"version\":6}", MINE);
	assert_answer(409, "\"version_conflict\"");
	have_none();
	have_none();
	have_elsewhere(false);
	ASK("PATCH", THINGS "/" ID, "{\"title\":\"x\"}", MINE);
	assert_answer(404, "\"not_found\"");
}

static void test_what_was_deleted(void **state)
{
	(void)state;
	have_row("x");
	ASK("DELETE", THINGS "/" ID, NULL, MINE);
	assert_answer(204, "");
	have_none();
	have_row("x");
	ASK("DELETE", THINGS "/" ID, NULL, MINE, "HTTP_IF_MATCH=\"b\"");
	assert_answer(412, "\"current\":" ROW("x"));
	have_none();
	have_none();
	have_elsewhere(true);
	ASK("DELETE", THINGS "/" ID, NULL, MINE);
	assert_answer(403, "\"forbidden\"");
}

/* The next_cursor of the answer. */
static const char *next_cursor(void)
{
	char *text = arena_copy(web->arena, web->body.data, web->body.len);
	char *cursor = strstr(text, "\"next_cursor\":\"") + strlen("\"next_cursor\":\"");

	cursor[strcspn(cursor, "\"")] = '\0';
	return cursor;
}

static void test_a_page(void **state)
{
	char next[300];

	(void)state;
	have_row("x");
	have_integer("_total", 1);
	ASK("GET", THINGS "?limit=2", NULL, MINE);
	assert_answer(200,
		      "{\"things\":[" ROW("x") "],\"count\":1,\"total\":1,\"limit\":2,\"offset\":0,"
					       "\"next_cursor\":null}");
	have_none();
	have_integer("_total", 9);
	ASK("GET", THINGS "?offset=9", NULL, MINE);
	assert_answer(200, "{\"things\":[],\"count\":0,\"total\":9,\"limit\":50,\"offset\":9,"
			   "\"next_cursor\":null}");
	/* One row more than the page shows: it goes on, without a total. */
	have_rows("x", "y");
	have_integer("_total", 2);
	ASK("GET", THINGS "?limit=1", NULL, MINE);
	assert_answer(200,
		      "{\"things\":[" ROW("x") "],\"count\":1,\"total\":2,\"limit\":1,\"offset\":0,"
					       "\"next_cursor\":\"");
	snprintf(next, sizeof next, THINGS "?limit=1&cursor=%s", next_cursor());
	have_row("y");
	ASK("GET", next, NULL, MINE);
	assert_answer(200,
		      "{\"things\":[" ROW(
			      "y") "],\"count\":1,\"limit\":1,\"offset\":0,\"next_cursor\":null}");
}

static void test_a_database_that_says_no(void **state)
{
	static const struct {
		enum err err;
		int status;
		const char *word, *retry_after;
	} rows[] = {
		{ ERR_UNAVAILABLE, 503, "\"unavailable\"", "1" },
		{ ERR_TIMEOUT, 503, "\"timeout\"", "1" },
		{ ERR_TOO_MANY_REQUESTS, 429, "\"too_many_requests\"", "1" },
		{ ERR_SESSION_REVOKED, 401, "\"session_revoked\"", NULL },
		{ ERR_UNAUTHORIZED, 401, "\"unauthorized\"", NULL },
		{ ERR_INTERNAL, 500, "\"internal_error\"", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		loopback_fails(rows[i].err);
		ASK("GET", THINGS "/" ID, NULL, MINE);
		assert_answer(rows[i].status, rows[i].word);
		assert_header("Retry-After", rows[i].retry_after);
		assert_header("ETag", NULL);
		loopback_fails(rows[i].err);
		ASK("GET", THINGS, NULL, MINE);
		assert_answer(rows[i].status, rows[i].word);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_row),
		cmocka_unit_test(test_what_was_created),
		cmocka_unit_test(test_what_was_changed),
		cmocka_unit_test(test_what_was_deleted),
		cmocka_unit_test(test_a_page),
		cmocka_unit_test(test_a_database_that_says_no),
	};

	web = loopback_open(&things);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	loopback_close();
	return failed;
}
