/* test_cors.c -- who may read answers from another origin, and what a preflight is told. */
#include "web/cors.h"

#include "loopback.h"
#include "web/answer.h"

static enum err get_thing(struct request *req)
{
	return answer_empty(req, 204);
}

static const struct route routes[] = {
	{ GET | PATCH, "/things", ANYBODY, HANDLER(get_thing) },
	{ GET, "/mine", USER, HANDLER(get_thing) },
};
static const struct resource things = { .name = "things", ROUTES(routes) };

static void test_exact_origins(void **state)
{
	static const char *const strangers[] = {
		"A=",
		"HTTP_ORIGIN=",
		"HTTP_ORIGIN=null",
		"HTTP_ORIGIN=*",
		"HTTP_ORIGIN=http://app.example",
		"HTTP_ORIGIN=https://app.example/",
		"HTTP_ORIGIN=https://app.example.org",
		"HTTP_ORIGIN=https://app.example, http://localhost:3000",
		"HTTP_ORIGIN=http://localhost",
	};

	(void)state;
	for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
		ASK("GET", "/api/v1/things", NULL, strangers[i]);
		assert_header("Vary", "Origin");
		assert_header("Access-Control-Allow-Origin", NULL);
		assert_header("Access-Control-Allow-Credentials", NULL);
	}
	ASK("GET", "/api/v1/things", NULL, "HTTP_ORIGIN=http://localhost:3000");
	assert_header("Access-Control-Allow-Origin", "http://localhost:3000");
	assert_header("Access-Control-Allow-Credentials", "true");
	assert_header("Vary", "Origin");
	assert_header("Access-Control-Allow-Methods", NULL);
}

/* A page must be able to read why it was refused. */
static void test_refusals_too(void **state)
{
	static const char *const targets[] = { "/api/v1/mine", "/api/v1/nowhere",
					       "/api/v1/things?x=1" };

	(void)state;
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		ASK("GET", targets[i], NULL, "HTTP_ORIGIN=https://app.example");
		assert_header("Access-Control-Allow-Origin", "https://app.example");
	}
}

static void test_preflights(void **state)
{
	(void)state;
	ASK("OPTIONS", "/api/v1/things", NULL, "HTTP_ORIGIN=https://app.example",
	    "HTTP_ACCESS_CONTROL_REQUEST_METHOD=PATCH");
	assert_answer(204, "");
	assert_header("Access-Control-Allow-Methods", "GET, HEAD, PATCH, OPTIONS");
	assert_header("Access-Control-Allow-Headers",
		      "Authorization, Content-Type, If-Match, If-None-Match, "
		      "Idempotency-Key, X-Request-Id");
	assert_header("Access-Control-Max-Age", "7200");
	/* It comes without a token, also where one is needed. */
	ASK("OPTIONS", "/api/v1/mine", NULL, "HTTP_ORIGIN=https://app.example",
	    "HTTP_ACCESS_CONTROL_REQUEST_METHOD=GET");
	assert_answer(204, "");
	assert_header("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
	ASK("OPTIONS", "/api/v1/things", NULL, "HTTP_ORIGIN=https://app.example");
	assert_answer(204, "");
	assert_header("Allow", "GET, HEAD, PATCH, OPTIONS");
	assert_header("Access-Control-Allow-Methods", NULL);
	ASK("OPTIONS", "/api/v1/things", NULL, "HTTP_ORIGIN=https://evil.example",
	    "HTTP_ACCESS_CONTROL_REQUEST_METHOD=PATCH");
	assert_answer(204, "");
	assert_header("Access-Control-Allow-Methods", NULL);
	ASK("OPTIONS", "/api/v1/nowhere", NULL, "HTTP_ORIGIN=https://app.example",
	    "HTTP_ACCESS_CONTROL_REQUEST_METHOD=PATCH");
	assert_answer(404, "\"not_found\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact_origins),
		cmocka_unit_test(test_refusals_too),
		cmocka_unit_test(test_preflights),
	};

	loopback_open(&things);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	loopback_close();
	return failed;
}
