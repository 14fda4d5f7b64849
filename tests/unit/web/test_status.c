/* test_status.c -- the reason phrases of what Daybook answers. */
#include "web/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"

static void test_phrases(void **state)
{
	(void)state;
	assert_string_equal(status_phrase(200), "OK");
	assert_string_equal(status_phrase(304), "Not Modified");
	assert_string_equal(status_phrase(401), "Unauthorized");
	assert_string_equal(status_phrase(999), "");
}

static void test_every_error_has_one(void **state)
{
	(void)state;
	for (int err = OK + 1; err < ERR_COUNT; err++)
		assert_string_not_equal(status_phrase(err_info((enum err)err)->status), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phrases),
		cmocka_unit_test(test_every_error_has_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
