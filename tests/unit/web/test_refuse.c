/* test_refuse.c -- every way of saying no: its two forms, and the headers that its status asks for.
 */
#include "web/refuse.h"

#include "loopback.h"
#include "web/answer.h"

/* Refuses as the path says, after a part of another answer was written. */
static enum err refuse_thing(struct request *req)
{
	static const char *const allowed[] = { "a", "b", NULL };

	buf_puts(req->answer.body, "half an answer");
	switch (req->in.path[strlen("/api/v1/")]) {
	case 'f':
		fault_add(&req->faults, "size",
			  (struct fault){ FAULT_RANGE, "is \"odd\"", .min = "1", .max = "9" });
		fault_add(&req->faults, "way", (struct fault){ FAULT_ONE_OF, .allowed = allowed });
		return refuse_faults(req);
	case 'o':
		return refuse_field(req, ERR_EMAIL_TAKEN, "email", (struct fault){ FAULT_TAKEN });
	case 's':
		fault_add(&req->faults, "size", (struct fault){ FAULT_RANGE });
		return refuse_saying(req, ERR_NOT_CONFIGURED, "not \"here\"");
	case 'l':
		return refuse_for(req, 17);
	case 't':
		return refuse_token(req, ERR_TOKEN_EXPIRED, "as the test wants it");
	case 'p':
		return refuse(req, ERR_INVALID_CREDENTIALS);
	default:
		assert_int_equal(refuse_faults(req), OK);
		buf_clear(req->answer.body);
		return answer_empty(req, 204);
	}
}

static const struct route routes[] = {
	{ GET, "/faults", ANYBODY, HANDLER(refuse_thing) },
	{ GET, "/one", ANYBODY, HANDLER(refuse_thing) },
	{ GET, "/sentence", ANYBODY, HANDLER(refuse_thing) },
	{ GET, "/late", ANYBODY, HANDLER(refuse_thing) },
	{ GET, "/token", ANYBODY, HANDLER(refuse_thing) },
	{ GET, "/password", ANYBODY, HANDLER(refuse_thing) },
	{ GET, "/none", ANYBODY, HANDLER(refuse_thing) },
	{ PUT | DELETE, "/none", ANYBODY, HANDLER(refuse_thing) },
};
static const struct resource things = { .name = "things", ROUTES(routes) };

static void test_the_form(void **state)
{
	(void)state;
	ASK("GET", "/api/v1/faults", NULL, "HTTP_X_REQUEST_ID=my-own-7");
	assert_answer(400, "{\"error\":\"validation_failed\",\"code\":400,"
			   "\"message\":\"size is \\\"odd\\\", and 1 more\",\"details\":["
			   "{\"field\":\"size\",\"code\":\"range\",\"message\":\"is "
			   "\\\"odd\\\"\",\"min\":1,\"max\":9},"
			   "{\"field\":\"way\",\"code\":\"one_of\",\"message\":\"is none of the "
			   "allowed words\","
			   "\"allowed\":[\"a\",\"b\"]}],\"request_id\":\"my-own-7\"}");
	assert_header("Content-Type", "application/json; charset=utf-8");
	assert_header("X-Request-Id", "my-own-7");
	ASK("GET", "/api/v1/one", NULL);
	assert_answer(
		409,
		"{\"error\":\"email_taken\",\"code\":409,\"message\":\"email is already in "
		"use\",\"details\":"
		"[{\"field\":\"email\",\"code\":\"taken\",\"message\":\"is already in use\"}],");
	ASK("GET", "/api/v1/none", NULL);
	assert_answer(204, "");
}

static void test_the_other_form(void **state)
{
	(void)state;
	ASK("GET", "/api/v1/one", NULL, "HTTP_ACCEPT=text/html, application/problem+json;q=0.5",
	    "HTTP_X_REQUEST_ID=my-own-7");
	assert_answer(409, "{\"type\":\"about:blank\",\"title\":\"the email address is already in "
			   "use\",\"status\":409,"
			   "\"detail\":\"email is already in "
			   "use\",\"error\":\"email_taken\",\"details\":[{\"field\":"
			   "\"email\",\"code\":\"taken\",\"message\":\"is already in "
			   "use\"}],\"request_id\":\"my-own-7\"}");
	assert_header("Content-Type", "application/problem+json; charset=utf-8");
}

static void test_headers_of_a_status(void **state)
{
	(void)state;
	ASK("GET", "/api/v1/sentence", NULL);
	assert_answer(503, "\"message\":\"not \\\"here\\\"\",\"details\":[],");
	assert_header("Retry-After", "1");
	assert_header("WWW-Authenticate", NULL);
	ASK("GET", "/api/v1/late", NULL);
	assert_answer(429, "\"too_many_requests\"");
	assert_header("Retry-After", "17");
	ASK("GET", "/api/v1/token", NULL);
	assert_answer(401, "\"token_expired\"");
	assert_header(
		"WWW-Authenticate",
		"Bearer error=\"invalid_token\", error_description=\"the token has expired\"");
	ASK("GET", "/api/v1/password", NULL);
	assert_answer(401, "\"invalid_credentials\"");
	assert_header("WWW-Authenticate", "Bearer error=\"invalid_request\", "
					  "error_description=\"email or password is wrong\"");
	ASK("PATCH", "/api/v1/none", NULL);
	assert_answer(405, "\"method_not_allowed\"");
	assert_header("Allow", "GET, HEAD, PUT, DELETE, OPTIONS");
}

static void test_what_never_reaches_a_handler(void **state)
{
	static const struct {
		const char *target;
		int status;
		const char *part;
	} rows[] = {
		{ "/api/v1/nowhere", 404, "\"not_found\"" },
		{ "/api/v1/none/", 404, "\"not_found\"" },
		{ "/api/v1/no%ff", 404, "\"not_found\"" },
		{ "/", 404, "\"not_found\"" },
		{ "", 400, "\"bad_request\"" },
		{ "http://example.org/", 400, "\"bad_request\"" },
	};
	char target[9000] = "/";

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct request *req = ASK("GET", rows[i].target, NULL);
		assert_answer(rows[i].status, rows[i].part);
		assert_string_equal(req->answer.refusal,
				    rows[i].status == 404 ? "not_found" : "bad_request");
	}
	memset(target + 1, 'x', 2048);
	ASK("GET", target, NULL);
	assert_answer(414, "\"uri_too_long\"");
	target[1] = '?';
	memset(target + 2, 'x', 8193);
	ASK("GET", target, NULL);
	assert_answer(414, "\"uri_too_long\"");
	target[8194] = '\0';
	ASK("GET", target, NULL);
	assert_answer(404, "\"not_found\"");
}

static void test_a_request_id_that_is_none(void **state)
{
	static const char *const ids[] = { "HTTP_X_REQUEST_ID=", "HTTP_X_REQUEST_ID=a b",
					   "HTTP_X_REQUEST_ID=\xc3\xa9",
					   "HTTP_X_REQUEST_ID=a\r\nSet-Cookie: x" };

	(void)state;
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		ASK("GET", "/api/v1/none", NULL, ids[i]);
		assert_int_equal(strlen(loopback_header("X-Request-Id")), 36);
		assert_header("Set-Cookie", NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_form),
		cmocka_unit_test(test_the_other_form),
		cmocka_unit_test(test_headers_of_a_status),
		cmocka_unit_test(test_what_never_reaches_a_handler),
		cmocka_unit_test(test_a_request_id_that_is_none),
	};

	loopback_open(&things);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	loopback_close();
	return failed;
}
