/* test_clock.c -- the clocks. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

static void test_clocks(void **state)
{
	int64_t now_us = clock_now_us();
	int64_t start_us = clock_monotonic_us();

	(void)state;
	/* time(2) reads the clock of the last tick, so its second may be the one before. */
	assert_in_range(time(NULL) - now_us / 1000000 + 1, 0, 2);
	for (int i = 0; i < 1000; i++) {
		int64_t next_us = clock_monotonic_us();

		assert_true(next_us >= start_us);
		start_us = next_us;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_clocks) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
