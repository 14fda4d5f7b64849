/* test_id_set.c -- ids that come twice are found, however many there are. */
#include "web/id_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct uuid id_of(uint32_t number)
{
	struct uuid id = { .set = true };

	memcpy(id.bytes, &number, sizeof number);
	return id;
}

static void test_each_is_new_once(void **state)
{
	struct id_set set = { 0 };

	(void)state;
	for (uint32_t round = 0; round < 2; round++) {
		for (uint32_t number = 0; number < 50000; number++) {
			struct uuid id = id_of(number);
			assert_int_equal(id_set_add(&set, &id), round == 0);
		}
	}
	assert_int_equal(set.count, 50000);
	id_set_free(&set);
	struct uuid again = id_of(7);
	assert_true(id_set_add(&set, &again));
	id_set_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_is_new_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
