/* test_json.c -- JSON written into a buffer. */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json_scan.h"

static void assert_buf(struct buf *buf, const char *expected)
{
	assert_int_equal(buf->len, strlen(expected));
	assert_memory_equal(buf->data, expected, buf->len);
	buf_clear(buf);
}

static void test_strings(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	json_put_string(&buf, "", 0);
	assert_buf(&buf, "\"\"");
	json_put_string(&buf, "a\"b\\c/d", 7);
	assert_buf(&buf, "\"a\\\"b\\\\c/d\"");
	json_put_string(&buf, "\b\t\n\f\r", 5);
	assert_buf(&buf, "\"\\b\\t\\n\\f\\r\"");
	json_put_string(&buf, "\0\x01\x1f\x7f", 4);
	assert_buf(&buf, "\"\\u0000\\u0001\\u001f\\u007f\"");
	json_put_string(&buf, "</script>", 9);
	assert_buf(&buf, "\"\\u003c/script>\"");
	json_put_string(&buf, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9);
	assert_buf(&buf, "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
	json_put_text(&buf, NULL);
	assert_buf(&buf, "null");
	json_put_text(&buf, "null");
	assert_buf(&buf, "\"null\"");
	buf_free(&buf);
}

/* Every byte that may stand in a text gives a string that our own strict scan takes. */
static void test_every_ascii_byte(void **state)
{
	struct buf buf = { 0 };
	struct json_fault fault;
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)i;
	json_put_string(&buf, text, sizeof text);
	assert_true(json_scan(buf.data, buf.len, 1, &fault));
	assert_null(memchr(buf.data, '<', buf.len));
	buf_free(&buf);
}

static void test_writer(void **state)
{
	struct buf buf = { 0 };
	struct json json = { &buf };

	(void)state;
	json_open(&json, NULL, '{');
	json_close(&json, '}');
	assert_buf(&buf, "{}");
	json = (struct json){ &buf };
	json_open(&json, NULL, '{');
	json_text(&json, "name", "a\"b");
	json_open(&json, "list", '[');
	json_open(&json, NULL, '[');
	json_close(&json, ']');
	json_integer(&json, NULL, -7);
	json_boolean(&json, NULL, true);
	json_null(&json, NULL);
	json_close(&json, ']');
	json_open(&json, "none", '{');
	json_close(&json, '}');
	json_value(&json, "own");
	buf_put(&buf, "1e3", 3);
	json_raw(&json, "raw", "[2]", 3);
	json_text(&json, "empty", NULL);
	json_boolean(&json, "no", false);
	json_close(&json, '}');
	assert_buf(&buf, "{\"name\":\"a\\\"b\",\"list\":[[],-7,true,null],\"none\":{},\"own\":1e3,"
			 "\"raw\":[2],\"empty\":null,\"no\":false}");
	buf_free(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_every_ascii_byte),
		cmocka_unit_test(test_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
