/* test_filter.c -- query strings: what they fill, what is wrong with them, and where a list goes
 * on. */
#include "web/filter.h"

#include "base/json.h"
#include "base/uuid.h"
#include "loopback.h"
#include "web/answer.h"
#include "web/cursor.h"

struct thing_filter {
	struct page page;
	struct strings tag;
	struct boolean open;
	struct integer size;
	const char *search;
};

static const struct words orders = WORDS("ThingSortBy", "name", "size");
static const struct field filter_fields[] = {
	PAGE_FIELDS(struct thing_filter, orders, "name", "asc"),
	FIELD(struct thing_filter, tag, .max_items = 3, .min = 1, .max = 5),
	FIELD(struct thing_filter, open),
	FIELD(struct thing_filter, size, .min = 1, .max = 9),
	FIELD(struct thing_filter, search, .min = 1, .max = 9, .slow = true),
};
static const struct shape filter_shape = SHAPE(struct thing_filter, NULL, filter_fields);

/* Answers with the filter, and with a cursor that goes on behind the key that it came with. */
static enum err list_things(struct request *req)
{
	static const struct uuid id = { { 1, 2, 3 }, true };
	struct thing_filter filter = { 0 };
	struct json json = { req->answer.body };

	TRY(filter_read_page(req, &filter));
	json_open(&json, NULL, '{');
	EACH_FIELD(field, &filter_shape)
	{
		json_value(&json, field->name);
		field_put(json.out, field, &filter);
	}
	if (filter.page.after_id.set)
		json_text(&json, "after", filter.page.after_key);
	json_close(&json, '}');
	answer_header(req, "X-Cursor", cursor_make(req, "ke\xc3\xbf y", &id));
	answer_header(req, "X-Slow", req->slow ? "yes" : "no");
	answer_start(req, 200);
	return answer_json(req);
}

static enum err get_nothing(struct request *req)
{
	return answer_empty(req, 204);
}

static const struct route routes[] = {
	{ GET, "/things", ANYBODY, HANDLER(list_things), .query = &filter_shape },
	{ GET, "/users/{user_id}/things", USER, HANDLER(list_things), .query = &filter_shape },
	{ GET, "/others", ANYBODY, HANDLER(list_things), .query = &filter_shape },
	{ GET, "/nothing", ANYBODY, HANDLER(get_nothing) },
};
static const struct resource things = { .name = "things", ROUTES(routes) };

#define PAGE(by, way, limit, offset)                                                               \
	"{\"sort_by\":\"" by "\",\"sort_order\":\"" way "\",\"limit\":" limit                      \
	",\"offset\":" offset ","

static void test_what_is_read(void **state)
{
	(void)state;
	ASK("GET", "/api/v1/things", NULL);
	assert_answer(200,
		      PAGE("name", "asc", "50", "0") "\"cursor\":null,\"tag\":null,\"open\":null,"
						     "\"size\":null,\"search\":null}");
	assert_header("X-Slow", "no");
	ASK("GET",
	    "/api/v1/things?sort_by=size&sort_order=desc&limit=1&offset=10000&tag=a,b&tag=c"
	    "&open=false&size=9&search=a%2Bb+c%26",
	    NULL);
	assert_answer(200, PAGE("size", "desc", "1",
				"10000") "\"cursor\":null,\"tag\":[\"a\",\"b\",\"c\"],"
					 "\"open\":false,\"size\":9,\"search\":\"a+b c&\"}");
	assert_header("X-Slow", "yes");
	ASK("GET", "/api/v1/things?%73earch=x", NULL);
	assert_header("X-Slow", "yes");
	ASK("GET", "/api/v1/things?", NULL);
	assert_answer(200, PAGE("name", "asc", "50", "0"));
	ASK("GET", "/api/v1/nothing?", NULL);
	assert_answer(204, "");
}

static void test_all_faults_are_told(void **state)
{
	(void)state;
	ASK("GET",
	    "/api/v1/"
	    "things?limit=201&offset=-1&sort_by=id&open=yes&tag=a,b,c,d&size=&Limit=1&search=%ff",
	    NULL);
	assert_answer(400, "{\"field\":\"Limit\",\"code\":\"unknown\",\"message\":\"is not a "
			   "parameter here\"}");
	assert_answer(400, "{\"field\":\"limit\",\"code\":\"range\"");
	assert_answer(400, "{\"field\":\"offset\",\"code\":\"range\"");
	assert_answer(400, "{\"field\":\"sort_by\",\"code\":\"one_of\"");
	assert_answer(400, "{\"field\":\"open\",\"code\":\"type\"");
	assert_answer(400, "{\"field\":\"tag\",\"code\":\"items\"");
	assert_answer(400, "{\"field\":\"size\",\"code\":\"");
	assert_answer(400, "{\"field\":\"search\",\"code\":\"encoding\"");
	ASK("GET", "/api/v1/things?limit=1&limit=1", NULL);
	assert_answer(400, "{\"field\":\"limit\",\"code\":\"repeated\"");
	ASK("GET", "/api/v1/things?search=a%00b", NULL);
	assert_answer(400, "{\"field\":\"search\",\"code\":\"encoding\"");
	ASK("GET", "/api/v1/nothing?limit=1", NULL);
	assert_answer(400, "{\"field\":\"limit\",\"code\":\"unknown\"");
}

/* The cursor of the answer to a list, which stays after it. */
static const char *cursor_of(const char *target, const char *token)
{
	static char cursor[200];

	ASK("GET", target, NULL, token);
	assert_answer(200, "{");
	strncpy(cursor, loopback_header("X-Cursor"), sizeof cursor - 1);
	return cursor;
}

static void go_on(const char *target, const char *cursor, const char *token, int status,
		  const char *part)
{
	char whole[500];

	snprintf(whole, sizeof whole, "%scursor=%s", target, cursor);
	ASK("GET", whole, NULL, token);
	assert_answer(status, part);
}

#define WRONG                                                                                      \
	"{\"field\":\"cursor\",\"code\":\"conflict\",\"message\":\"does not belong to this list"

static void test_a_cursor_fits_its_list_alone(void **state)
{
	const char *cursor = cursor_of("/api/v1/things?size=3&tag=a,b&limit=7", "A=");

	(void)state;
	go_on("/api/v1/things?tag=a&tag=b&size=3&", cursor, "A=", 200,
	      "\"after\":\"ke\xc3\xbf y\"}");
	go_on("/api/v1/things?size=3&tag=a,b&sort_by=name&", cursor, "A=", 200, "\"after\":\"ke");
	go_on("/api/v1/things?size=3&tag=a,b&limit=1&", cursor, "A=", 200, "\"after\":\"ke");
	go_on("/api/v1/things?size=4&tag=a,b&", cursor, "A=", 400, WRONG);
	go_on("/api/v1/things?size=3&", cursor, "A=", 400, WRONG);
	go_on("/api/v1/things?size=3&tag=b,a&", cursor, "A=", 400, WRONG);
	go_on("/api/v1/things?size=3&tag=a,b&sort_order=desc&", cursor, "A=", 400, WRONG);
	go_on("/api/v1/things?size=3&tag=a,b&sort_by=size&", cursor, "A=", 400, WRONG);
	go_on("/api/v1/others?size=3&tag=a,b&", cursor, "A=", 400, WRONG);
	go_on("/api/v1/users/" LOOPBACK_USER "/things?size=3&tag=a,b&", cursor, loopback_token(60),
	      400, WRONG);
	go_on("/api/v1/things?size=3&tag=a,b&offset=0&", cursor, "A=", 400,
	      "{\"field\":\"offset\",\"code\":\"conflict\",\"message\":\"cannot be combined with "
	      "cursor\"");
}

static void test_no_other_spelling_of_a_cursor(void **state)
{
	const char *cursor = cursor_of("/api/v1/things", "A=");
	char other[200];
	size_t len = strlen(cursor);

	(void)state;
	for (size_t i = 0; i < len; i++) {
		snprintf(other, sizeof other, "%s", cursor);
		other[i] = other[i] == 'B' ? 'C' : 'B';
		go_on("/api/v1/things?", other, "A=", 400, WRONG);
		other[i] = '\0';
		go_on("/api/v1/things?", other, "A=", 400, "{\"field\":\"cursor\",");
	}
	snprintf(other, sizeof other, "%sA", cursor);
	go_on("/api/v1/things?", other, "A=", 400, WRONG);
	snprintf(other, sizeof other, "%s%%3D", cursor);
	go_on("/api/v1/things?", other, "A=", 400, "{\"field\":\"cursor\",");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_read),
		cmocka_unit_test(test_all_faults_are_told),
		cmocka_unit_test(test_a_cursor_fits_its_list_alone),
		cmocka_unit_test(test_no_other_spelling_of_a_cursor),
	};

	loopback_open(&things);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	loopback_close();
	return failed;
}
