/* test_authenticate.c -- who asks, by the bearer token, and who need not say it. */
#include "web/authenticate.h"

#include "base/uuid.h"
#include "loopback.h"
#include "web/answer.h"

/* Tells whose rows the statements would see. */
static enum err show_user(struct request *req)
{
	char user[UUID_TEXT_BYTES];

	uuid_format(user, req->scope.user.bytes);
	buf_puts(req->answer.body, req->scope.user.set ? user : "nobody");
	answer_start(req, 200);
	return OK;
}

static enum err show_maybe(struct request *req)
{
	(void)authenticate_if_valid(req);
	return show_user(req);
}

static const struct route routes[] = {
	{ GET, "/mine", USER, HANDLER(show_user) },
	{ GET, "/users/{user_id}/things/{id}", USER, HANDLER(show_user) },
	{ GET, "/maybe", MAYBE_USER, HANDLER(show_maybe) },
	{ GET, "/public", ANYBODY, HANDLER(show_user) },
};
static const struct resource things = { .name = "things", ROUTES(routes) };

#define SCHEME "HTTP_AUTHORIZATION=Bearer "

static void test_a_good_token(void **state)
{
	char header[5000];

	(void)state;
	ASK("GET", "/api/v1/mine", NULL, loopback_token(60));
	assert_answer(200, LOOPBACK_USER);
	snprintf(header, sizeof header, "HTTP_AUTHORIZATION=\t bEARER   %s  ",
		 loopback_token(60) + strlen(SCHEME));
	const struct request *req = ASK("GET", "/api/v1/mine", NULL, header);
	assert_answer(200, LOOPBACK_USER);
	assert_true(req->scope.session.set);
	assert_string_equal(req->scope.email, "ann@example.org");
	assert_true(req->token_issued_s > 0);
	ASK("GET", "/api/v1/maybe", NULL, loopback_token(60));
	assert_answer(200, LOOPBACK_USER);
	ASK("GET", "/api/v1/public", NULL, loopback_token(60));
	assert_answer(200, "nobody");
}

static void test_no_good_token(void **state)
{
	char cut[5000], doubled[9000];
	const char *token = loopback_token(60) + strlen(SCHEME);

	snprintf(cut, sizeof cut, SCHEME "%.*s", (int)strlen(token) - 1, token);
	snprintf(doubled, sizeof doubled,
		 SCHEME "%s, "
			"Bearer %s",
		 token, token);
	const char *const headers[] = { "A=",
					"HTTP_AUTHORIZATION=",
					"HTTP_AUTHORIZATION=Bearer",
					SCHEME,
					SCHEME "x.y.z",
					"HTTP_AUTHORIZATION=Basic YTpi",
					cut,
					doubled,
					"HTTP_AUTHORIZATION=Bearerx.y.z" };

	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		const struct request *req = ASK("GET", "/api/v1/mine", NULL, headers[i]);
		assert_answer(401, "\"unauthorized\"");
		assert_false(req->scope.user.set);
		/* Who has no token learns nothing else. */
		ASK("GET", "/api/v1/users/x/things/y?z=1", NULL, headers[i]);
		assert_answer(401, "\"unauthorized\"");
		ASK("GET", "/api/v1/maybe", NULL, headers[i]);
		assert_answer(200, "nobody");
	}
	ASK("GET", "/api/v1/mine", NULL, loopback_token(-60));
	assert_answer(401, "\"token_expired\"");
	ASK("GET", "/api/v1/maybe", NULL, loopback_token(-60));
	assert_answer(200, "nobody");
}

#define THING "/things/028f22e2-79b0-7cc3-98c4-dc0c0c07398f"

static void test_ids_of_the_path(void **state)
{
	(void)state;
	const struct request *req =
		ASK("GET", "/api/v1/users/" LOOPBACK_USER THING, NULL, loopback_token(60));
	assert_answer(200, LOOPBACK_USER);
	assert_true(req->user_scoped && req->id.set);
	ASK("GET", "/api/v1/users/017F22E2-79B0-7CC3-98C4-DC0C0C07398F" THING, NULL,
	    loopback_token(60));
	assert_answer(200, LOOPBACK_USER);
	ASK("GET", "/api/v1/users/" LOOPBACK_SESSION THING, NULL, loopback_token(60));
	assert_answer(403, "\"forbidden\"");
	ASK("GET", "/api/v1/users/me" THING, NULL, loopback_token(60));
	assert_answer(404, "\"not_found\"");
	ASK("GET", "/api/v1/users/" LOOPBACK_USER "/things/7", NULL, loopback_token(60));
	assert_answer(404, "\"not_found\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_good_token),
		cmocka_unit_test(test_no_good_token),
		cmocka_unit_test(test_ids_of_the_path),
	};

	loopback_open(&things);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	loopback_close();
	return failed;
}
