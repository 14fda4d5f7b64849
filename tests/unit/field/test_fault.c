/* test_fault.c -- faults as an answer tells them: in order, with their limits, and in one sentence.
 */
#include "field/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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

static void expect(const struct faults *faults, const char *expected)
{
	struct buf buf = { 0 };
	struct json json = { &buf };

	fault_put(&json, NULL, faults);
	buf_putc(&buf, '\0');
	assert_string_equal(buf.data, expected);
	buf_free(&buf);
}

static void test_none(void **state)
{
	struct faults faults = { *state };

	expect(&faults, "[]");
}

static void test_sentence(void **state)
{
	struct faults faults = { *state };

	fault_add(&faults, "title", (struct fault){ FAULT_BLANK });
	assert_string_equal(fault_sentence(&faults), "title must not be blank");
	fault_add(&faults, "color", (struct fault){ FAULT_UNKNOWN });
	fault_add(&faults, "score", (struct fault){ FAULT_REQUIRED });
	assert_string_equal(fault_sentence(&faults), "title must not be blank, and 2 more");
	expect(&faults,
	       "[{\"field\":\"title\",\"code\":\"blank\",\"message\":\"must not be blank\"},"
	       "{\"field\":\"color\",\"code\":\"unknown\",\"message\":\"is not known here\"},"
	       "{\"field\":\"score\",\"code\":\"required\",\"message\":\"is required\"}]");
}

static void test_limits(void **state)
{
	static const char *const words[] = { "TODO", "DONE", NULL };
	struct faults faults = { *state };

	fault_add(&faults, "a", (struct fault){ FAULT_LENGTH, "m", .min = "1", .max = "200" });
	fault_add(&faults, "b", (struct fault){ FAULT_ONE_OF, "m", .allowed = words });
	fault_add(&faults, "c", (struct fault){ FAULT_RANGE, "m", .max = "-1" });
	fault_add(&faults, "d", (struct fault){ FAULT_TYPE, "m", .type = "string" });
	fault_add(&faults, "e", (struct fault){ FAULT_FORMAT, "m", .format = "uuid" });
	fault_add(&faults, "f", (struct fault){ FAULT_CONFLICT, "m", .with = "a" });
	expect(&faults,
	       "[{\"field\":\"a\",\"code\":\"length\",\"message\":\"m\",\"min\":1,\"max\":200},"
	       "{\"field\":\"b\",\"code\":\"one_of\",\"message\":\"m\","
	       "\"allowed\":[\"TODO\",\"DONE\"]},"
	       "{\"field\":\"c\",\"code\":\"range\",\"message\":\"m\",\"max\":-1},"
	       "{\"field\":\"d\",\"code\":\"type\",\"message\":\"m\",\"type\":\"string\"},"
	       "{\"field\":\"e\",\"code\":\"format\",\"message\":\"m\",\"format\":\"uuid\"},"
	       "{\"field\":\"f\",\"code\":\"conflict\",\"message\":\"m\",\"with\":\"a\"}]");
}

static void test_prefix(void **state)
{
	struct faults faults = { *state };

	faults.prefix = "updates[3].";
	fault_add(&faults, "title", (struct fault){ FAULT_NULL });
	faults.prefix = NULL;
	fault_add(&faults, "updates", (struct fault){ FAULT_ITEMS });
	assert_string_equal(faults.first->field, "updates[3].title");
	assert_string_equal(faults.last->field, "updates");
	assert_int_equal(faults.count, 2);
}

/* Names of 256 bytes are whole; no character is cut in half. */
static void test_long_names(void **state)
{
	struct faults faults = { *state };
	char name[300];

	memset(name, 'x', sizeof name);
	memcpy(name + 255, "\xc3\xa9", 2);
	name[256 + 1] = '\0';
	fault_add(&faults, name, (struct fault){ FAULT_UNKNOWN });
	assert_int_equal(strlen(faults.first->field), 255);
	name[255] = 'x';
	name[256] = '\0';
	fault_add(&faults, name, (struct fault){ FAULT_UNKNOWN });
	assert_int_equal(strlen(faults.last->field), 256);
}

/* All are counted; not all are written. */
static void test_many(void **state)
{
	struct faults faults = { *state };
	struct buf buf = { 0 };
	struct json json = { &buf };

	for (int i = 0; i < 10000; i++)
		fault_add(&faults, "a name", (struct fault){ FAULT_UNKNOWN });
	fault_put(&json, NULL, &faults);
	assert_true(buf.len > 1 << 17 && buf.len < (1 << 17) + 1000);
	assert_string_equal(fault_sentence(&faults), "a name is not known here, and 9999 more");
	buf_free(&buf);
}

static void test_words(void **state)
{
	(void)state;
	for (int code = FAULT_NONE + 1; code < FAULT_COUNT; code++)
		assert_int_equal(fault_find(fault_word((enum fault_code)code)), code);
	assert_int_equal(fault_find("no such word"), FAULT_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),	   cmocka_unit_test(test_sentence),
		cmocka_unit_test(test_limits),	   cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_long_names), cmocka_unit_test(test_many),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
