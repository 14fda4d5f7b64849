/* test_buf.c -- the growing buffer. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_buf(struct buf *buf, const char *expected)
{
	assert_int_equal(buf->len, strlen(expected));
	assert_memory_equal(buf->data, expected, buf->len);
	buf_clear(buf);
}

static void test_growing(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	for (int i = 0; i < 20000; i++)
		buf_printf(&buf, "%05d", i);
	assert_int_equal(buf.len, 100000);
	assert_memory_equal(buf.data, "0000000001", 10);
	assert_memory_equal(buf.data + 49995, "0999910000", 10);
	assert_memory_equal(buf.data + 99990, "1999819999", 10);
	buf_free(&buf);
	assert_null(buf.data);
	assert_int_equal(buf.len + buf.cap, 0);
}

static void test_put(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	buf_put(&buf, NULL, 0);
	assert_int_equal(buf.len, 0);
	buf_put(&buf, "abc", 2);
	buf_puts(&buf, "cd");
	buf_puts(&buf, "");
	buf_putc(&buf, 'e');
	buf_printf(&buf, "%s-%d", "f", 7);
	assert_buf(&buf, "abcdef-7");
	memcpy(buf_reserve(&buf, 3), "xyz", 3);
	buf.len += 3;
	assert_buf(&buf, "xyz");
	buf_free(&buf);
}

static void test_clear_wipes_and_keeps(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	buf_clear(&buf);
	buf_puts(&buf, "Correct-Horse-7");
	const char *data = buf.data;
	size_t cap = buf.cap;
	buf_clear(&buf);
	for (size_t i = 0; i < 15; i++)
		assert_int_equal(data[i], 0);
	buf_puts(&buf, "again");
	assert_ptr_equal(buf.data, data);
	assert_int_equal(buf.cap, cap);
	buf_free(&buf);
}

static void test_numbers(void **state)
{
	static const struct {
		int64_t value;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 7, "7" },
		{ -1, "-1" },
		{ 1234567890, "1234567890" },
		{ INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};
	struct buf buf = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_put_int(&buf, rows[i].value);
		assert_buf(&buf, rows[i].text);
	}
	buf_free(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growing),
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_clear_wipes_and_keeps),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
